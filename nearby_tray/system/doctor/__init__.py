"""The doctor: checks of what a link needs on this machine, and the report for support."""

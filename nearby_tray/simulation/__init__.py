"""Simulated air: radios, daemons and their faults in one process, on a clock that tests can turn."""

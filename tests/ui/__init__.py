"""The face, drawn without a screen."""

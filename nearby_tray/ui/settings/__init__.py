"""The settings window. One more setting is one more row in `window.py` or `groups.py`."""

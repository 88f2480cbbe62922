"""The face: with `app.py` the only importers of Qt. Everything is drawn from the `Snapshot`."""

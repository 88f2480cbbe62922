"""The painted parts that the windows are made of. Each is told what to draw; none knows the session.

Text that came from the air is drawn as plain text, on one line, cut at the end. A timer runs only in a visible widget with something that
moves: an open panel at rest, and a hidden one always, wakes nobody.
"""

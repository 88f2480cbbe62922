#!/usr/bin/python3 -I
"""Starts the applet of the Debian package, with the libraries that came along, whatever else this user has installed for Python."""

import sys

sys.path.insert(0, "/usr/lib/nearby-tray")

from nearby_tray.cli import main

sys.exit(main())

"""Nearby Tray: link two Linux machines over Wi-Fi Direct, with no network around."""

__version__ = "0.1.0"

# Where the applet is found on the session bus; here, so that a second start can look for the first before anything is loaded.
BUS_NAME = "org.nearbytray.Nearby"
BUS_PATH = "/org/nearbytray/Nearby1"
BUS_INTERFACE = "org.nearbytray.Nearby1"

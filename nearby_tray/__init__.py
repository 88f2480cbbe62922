"""Nearby Tray: link two Linux machines over Wi-Fi Direct, with no network around."""

__version__ = "0.1.0"

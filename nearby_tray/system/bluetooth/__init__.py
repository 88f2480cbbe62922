"""Bluetooth LE through BlueZ: calling and hearing calls, and the conversations that come of both."""

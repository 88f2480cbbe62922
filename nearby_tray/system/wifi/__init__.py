"""Wi-Fi Direct on this machine: NetworkManager, wpa_supplicant, or both of them together; `choice` says which."""

"""The only importers of D-Bus, bleak, netlink and sockets."""

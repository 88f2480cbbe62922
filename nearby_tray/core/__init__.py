"""Values and decisions: no clock, no event loop, no Qt, no D-Bus, no sockets."""

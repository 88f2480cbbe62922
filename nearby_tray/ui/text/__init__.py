"""Every sentence that the program says to its user. No Qt here: command line and notifications say the same words as the windows."""

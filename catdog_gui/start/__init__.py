"""From the command `catdog` to a window that is ready."""

"""The Models page: every model on this computer."""

"""Photos on the screen: loaded, kept in memory, and shown."""

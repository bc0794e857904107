"""The Train page: settings, the run while it goes on, its result."""

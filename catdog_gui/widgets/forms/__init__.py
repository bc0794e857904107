"""Forms for the engine's settings."""

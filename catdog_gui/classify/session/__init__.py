"""The photos of a session: found, classified one after another, and listed with their verdicts."""

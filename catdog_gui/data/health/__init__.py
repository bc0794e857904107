"""The health of the photos: what a check found, and what the user says of it."""

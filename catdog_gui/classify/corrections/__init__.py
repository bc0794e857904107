"""What the user says of verdicts: "this is wrong", "remember this photo", and a model that learns from it."""

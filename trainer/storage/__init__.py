"""What a run leaves behind, and the model file."""

"""The curves behind an evaluation's figures, each with its figures in words."""

"""The Evaluate page: how good a model is."""

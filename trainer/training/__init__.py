"""From settings and photos to a model: preparation, batches, the loop, checkpoints."""

"""From a heap of photos to a dataset: look at them, group them, suggest classes, and take what a person says."""

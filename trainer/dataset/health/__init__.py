"""What may be wrong with a dataset: copies, poor photos, classes told apart by something else, doubtful labels."""

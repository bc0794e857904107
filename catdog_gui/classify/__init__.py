"""The Classify page: photos in, verdicts out."""

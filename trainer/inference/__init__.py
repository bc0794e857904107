"""From a model to verdicts and evaluations."""

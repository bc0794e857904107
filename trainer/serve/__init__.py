"""A model as a service on HTTP: photos in, verdicts out, for programs on this computer or near it."""

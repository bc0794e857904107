"""What pages share: settings, the run, the model in use, the session's errors."""

"""Where photos lie: a folder or a zip, listed and read alike."""

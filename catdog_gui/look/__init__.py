"""Theme, style sheet, icons and words."""

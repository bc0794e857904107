"""Label photos of untidy folders: a mode of the Data page."""

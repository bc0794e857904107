"""The report of a run: one HTML file that needs nothing else, to read, hand on and print."""

"""The pages of the window, one a file. No page imports another."""

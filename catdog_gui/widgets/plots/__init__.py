"""Plots of runs, live on the Train page and again in the history of runs."""

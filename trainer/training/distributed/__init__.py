"""Several processes, on one machine or several, that work on one run: started by torchrun, spoken to through `Team`."""

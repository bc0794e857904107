"""Settings, recipes, events, results and advice: plain records and pure functions, loaded in milliseconds."""

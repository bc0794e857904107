"""Photos are put into folders by their verdicts, put back, and sorted as they arrive."""

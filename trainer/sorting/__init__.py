"""Put photos into folders by their verdicts, so that nothing is lost and everything can be taken back."""

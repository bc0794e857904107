"""The practice photos: cartoon cats and dogs, drawn on the spot."""

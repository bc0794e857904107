"""CatDog's window. All machine learning is the engine's (`trainer`)."""

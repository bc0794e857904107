"""The Data page: choose photos and see what is in them."""

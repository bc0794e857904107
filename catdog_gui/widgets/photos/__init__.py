"""Photos as small pictures, wherever they lie."""

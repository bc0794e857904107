"""How a model stands photos that are blurred, dark, turned or small."""

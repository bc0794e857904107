"""From a dataset to batches of tensors: splits, augmentation, features, and the random numbers behind them."""

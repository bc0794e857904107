"""Keeps three shares together at 100 %."""

LEAST = 5  # percent; with less there is too little to learn from or to test on

Shares = tuple[int, int, int]


def move(shares: Shares, which: int, value: int) -> Shares:
    """Return the shares (train, validation, test, in percent) after one of them was set.

    Validation and test take from train and give to it; train takes from the other two in their proportion. None falls
    under 5 %.
    """
    value = max(LEAST, min(value, 100 - 2 * LEAST))
    train, validation, test = shares
    if which == 0:
        rest = 100 - value
        validation = round(rest * validation / (validation + test))
        validation = max(LEAST, min(validation, rest - LEAST))
        return value, validation, rest - validation
    other = test if which == 1 else validation
    train = 100 - value - other
    if train < LEAST:
        train, other = LEAST, 100 - value - LEAST
    return (train, value, other) if which == 1 else (train, other, value)

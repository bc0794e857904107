"""Why a verdict: a heat map over the photo, and the training photos that it is like."""

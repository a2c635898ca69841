"""Which trials there are: what is left, what comes next, and what it amounts to."""

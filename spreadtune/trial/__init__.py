"""One trial from its spec to its outcome, its references, its replay and what a notebook takes from it."""

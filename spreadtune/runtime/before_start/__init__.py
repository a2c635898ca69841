"""Before anything starts: which run is meant, what would refuse it, what it would cost."""

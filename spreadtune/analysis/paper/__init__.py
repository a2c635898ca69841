"""A run set against the paper: what it measured beside what was published, and what differs in the setting."""

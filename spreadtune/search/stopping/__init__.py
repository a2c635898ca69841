"""Early stopping: what is reported, and what decides from it."""

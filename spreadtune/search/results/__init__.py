"""What came of it: outcomes, tables, means over seeds, the best, and how far a run is."""

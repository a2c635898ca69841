"""What a run found, from its tables alone: results, statistics, figures, the answer and the report."""

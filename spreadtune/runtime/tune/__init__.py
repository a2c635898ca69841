"""What Tune is given and what it is spared: searcher, scheduler, lost workers, the request to stop."""

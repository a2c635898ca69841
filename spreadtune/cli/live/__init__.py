"""What a person sees while something runs: the live view, lines, bars and plots in characters."""

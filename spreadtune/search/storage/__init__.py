"""The run's one database: opening it, a variant's trials in it, and what happens while it is away."""

"""What a trial draws: spaces and settings, samplers, and drawing before anything is stored."""

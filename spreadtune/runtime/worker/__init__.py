"""What runs in a worker: the actor, an attempt, its context, device and memory."""

"""The loop: epochs, checkpoints, random streams, precision. Plain PyTorch over a ``Context``, no Ray."""

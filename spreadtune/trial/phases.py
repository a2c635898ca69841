"""What a reference does, one after the other, as its context is told."""

RAW_PIXELS = "raw pixels"
UNTRAINED_ENCODER = "untrained encoder"
CEILING = "ceiling"

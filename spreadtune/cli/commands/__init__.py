"""The verbs of ``spreadtune``, a file each."""

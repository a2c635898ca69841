"""What ``spreadtune doctor`` looks at: whether a study can run here, and what is in its way.

A check is a small function from facts to a :class:`Check`; reading the facts is another.
Nothing is installed, repaired or ended. Printing is the command's.
"""

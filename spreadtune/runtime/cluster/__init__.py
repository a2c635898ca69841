"""The cluster under a run: starting or joining it, what it offers, who gets what, what it leaves behind."""

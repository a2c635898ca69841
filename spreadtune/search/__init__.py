"""What to try and what to stop: Optuna decides, the run's database remembers. No Ray here.

:mod:`~spreadtune.search.ledger` is the face that the runtime talks to, :mod:`~spreadtune.search.export` turns database
and folders into tables, :mod:`~spreadtune.search.state` says how far a run is. Nothing is imported here, so that
reading tables (:mod:`~spreadtune.search.selection`) does not wait for Optuna.
"""

"""What to try and what to stop: Optuna decides, the run's database remembers. No Ray here.

:mod:`~spreadtune.search.ledger` is the face that the runtime talks to, and what it hands out is an
:mod:`~spreadtune.search.assignment`. Behind it :mod:`~spreadtune.search.plans` say which trials there are,
:mod:`~spreadtune.search.sampling` draws them, :mod:`~spreadtune.search.stopping` ends them early,
:mod:`~spreadtune.search.storage` remembers them, and :mod:`~spreadtune.search.results` says what came of them.
Nothing is imported here, so that reading tables does not wait for Optuna.
"""

"""Ray executes. :mod:`~spreadtune.runtime.driver` is the face; :mod:`~spreadtune.runtime.doctor` looks at a machine."""

"""Searches on a recorded table: what would a sampler and a pruner have found, and for how much?"""

from spreadtune.simulation.judge import Judge
from spreadtune.simulation.of_run import record
from spreadtune.simulation.recorded import Recorded, RecordedTrial
from spreadtune.simulation.rotation import Rotation, rotations
from spreadtune.simulation.simulate import Simulated, simulate
from spreadtune.simulation.strategy import Reached, Strategy, grid_epochs, reached, run_searches

__all__ = [
    "Judge",
    "Reached",
    "Recorded",
    "RecordedTrial",
    "Rotation",
    "Simulated",
    "Strategy",
    "grid_epochs",
    "reached",
    "record",
    "rotations",
    "run_searches",
    "simulate",
]

"""Data sets, their splits, and batches of views.

What is exported here is free of torch; ``batches``, ``device``, ``views`` and ``grey`` are the tensor side.
"""

from spreadtune.data.dataset import Dataset, SealedSplitError, Split, load_dataset
from spreadtune.data.image_set import ImageSet

__all__ = ["Dataset", "ImageSet", "SealedSplitError", "Split", "load_dataset"]

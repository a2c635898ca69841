"""What training minimizes: losses as plain functions of embeddings and labels, objectives as modules.

The functions need torch alone::

    from spreadtune.objectives import spread_loss

    loss = spread_loss(embeddings, labels, alpha=0.6, temperature=0.5)  # embeddings: (views, batch, dim)
"""

from spreadtune.objectives.ccinfonce import class_conditional_infonce_loss
from spreadtune.objectives.free_curve import free_embedding_curve
from spreadtune.objectives.free_minimum import free_embeddings
from spreadtune.objectives.infonce import infonce_loss
from spreadtune.objectives.objective import Batch, Objective
from spreadtune.objectives.spread import spread_loss
from spreadtune.objectives.supcon import supcon_loss
from spreadtune.objectives.unit_rows import unit_rows

__all__ = [
    "Batch",
    "Objective",
    "class_conditional_infonce_loss",
    "free_embedding_curve",
    "free_embeddings",
    "infonce_loss",
    "spread_loss",
    "supcon_loss",
    "unit_rows",
]

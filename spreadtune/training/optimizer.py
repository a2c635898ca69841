"""AdamW on everything that is learned."""

from collections.abc import Iterable

import torch
from torch import nn

from spreadtune.spec.training import TrainingConfig


def build_optimizer(parameters: Iterable[nn.Parameter], training: TrainingConfig) -> torch.optim.AdamW:
    """AdamW (Loshchilov and Hutter, ICLR 2019, arXiv 1711.05101) with torch's defaults beside rate and decay.

    A step of rate r takes r * ``training.weight_decay`` of every parameter: weights, and gains and biases of norms and
    layers too. Some recipes spare the latter. Here they decay, because the reference code of the method (Chen et al.
    2022, arXiv 2204.07596) hands all parameters to AdamW, as is torch's default, and numbers stay comparable with it
    and with recorded runs.

    Args:
        parameters: of encoder, head and objective (its decoder or classifier).
        training: the trial's section of that name.
    """
    return torch.optim.AdamW(parameters, lr=training.learning_rate, weight_decay=training.weight_decay, fused=True)

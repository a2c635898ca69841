"""The ``training``, ``evaluation`` and ``resources`` sections."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from spreadtune.spec.config import Config


class TrainingConfig(Config):
    """AdamW with a linear warm-up and a cosine to zero."""

    epochs: int = Field(ge=1)
    optimizer: Literal["adamw"] = "adamw"
    learning_rate: float = Field(3.0e-4, gt=0)
    weight_decay: float = Field(1.0e-2, ge=0)
    warmup_epochs: int = Field(0, ge=0)
    precision: Literal["auto", "float32", "bfloat16"] = Field(
        "auto", description="auto: bfloat16 autocast on CUDA devices that support it, float32 elsewhere"
    )
    checkpoint_every: int = Field(1, ge=1, description="epochs between checkpoints; the last is always kept")


class EvaluationConfig(Config):
    """The protocol's choices."""

    transfer: Literal["linear_probe"] = "linear_probe"
    knn_every: int = Field(5, ge=1, description="epochs between kNN evaluations, which early stopping looks at")


def _whole_or_share(gpus: float) -> float:
    if gpus > 1 and not gpus.is_integer():
        raise ValueError(f"{gpus:g} GPUs: above 1 a whole number is needed")
    return gpus


class ResourcesConfig(Config):
    """What a trial may use. Not part of a study's hash."""

    gpus_per_worker: Literal["auto"] | Annotated[float, Field(ge=0), AfterValidator(_whole_or_share)] = Field(
        "auto", description="auto: one where the cluster has any; a fraction shares a GPU; 0 stays on the CPU"
    )
    cpus_per_worker: int = Field(1, ge=1, description="also the number of threads of a trial")
    max_concurrent_trials: Literal["auto"] | Annotated[int, Field(ge=1)] = "auto"
    retries: int = Field(3, ge=0, description="how often a trial whose worker vanished is taken up again")

"""The ``training``, ``evaluation`` and ``resources`` sections."""

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    Field,
    SerializerFunctionWrapHandler,
    StrictBool,
    StrictFloat,
    StrictInt,
    model_serializer,
    model_validator,
)

from spreadtune.spec.config import Config, one_value
from spreadtune.spec.data import AnyOtherDataset, NoDataset
from spreadtune.spec.parts import is_none
from spreadtune.spec.quantities import Duration, Size
from spreadtune.spec.validation_errors import error_at


class TrainingConfig(Config):
    """AdamW with a linear warm-up and a cosine to zero."""

    epochs: StrictInt = Field(ge=1, description="passes over the training images")
    optimizer: Literal["adamw"] = one_value("adamw")
    learning_rate: StrictFloat = Field(3.0e-4, gt=0, description="the largest, after warm-up")
    weight_decay: StrictFloat = Field(1.0e-2, ge=0, description="of AdamW, decoupled; norms and biases decay too")
    warmup: StrictFloat = Field(
        0.0, ge=0, lt=1, description="share of the epochs in which the learning rate rises linearly"
    )
    warmup_epochs: StrictInt | None = Field(None, ge=0, description="the same as a number of epochs, instead of warmup")
    precision: Literal["auto", "float32", "bfloat16"] = Field(
        "auto", description="auto: bfloat16 autocast on CUDA devices that support it, float32 elsewhere"
    )
    compile: StrictBool = Field(
        False, description="compile the encoder with torch.compile; trials share what was compiled"
    )
    checkpoint_every: StrictInt = Field(1, ge=1, description="epochs between checkpoints; the last is always kept")
    checkpoints: Literal["last", "best", "all"] = Field(
        "last", description="which stay when a trial has ended: the last, that and the best epoch's, or all"
    )
    time_limit: Duration | None = Field(
        None, description="seconds, or text such as 90s, 30min or 2h; a trial whose epochs took longer ends as pruned"
    )

    @model_validator(mode="before")
    @classmethod
    def _one_warmup(cls, values: Any) -> Any:
        """Which of the two says it; no warm-up at all is written one way, so that it is one setting."""
        if not isinstance(values, dict) or values.get("warmup_epochs") is None:
            return values
        if values.get("warmup") is not None:
            raise error_at("warmup_epochs", "stands beside warmup, which says the same as a share; keep one of them")
        none = values["warmup_epochs"] == 0 and not isinstance(values["warmup_epochs"], bool)
        return {key: value for key, value in values.items() if key != "warmup_epochs"} if none else values

    @model_serializer(mode="wrap")
    def _only_the_warmup_that_holds(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        other = "warmup_epochs" if self.warmup_epochs is None else "warmup"
        return {key: value for key, value in handler(self).items() if key != other}


class EvaluationConfig(Config):
    """The protocol's choices."""

    transfer: Literal["linear_probe"] = one_value("linear_probe")
    knn_every: StrictInt = Field(5, ge=1, description="epochs between kNN evaluations, which early stopping looks at")
    transfer_to: AnyOtherDataset = Field(
        NoDataset(),
        exclude_if=is_none,
        description="another data set, whose labels are probed on the frozen encoder's h",
    )


def _whole_or_share(gpus: float) -> float:
    if gpus > 1 and not gpus.is_integer():
        raise ValueError(f"{gpus:g} GPUs: above 1 a whole number is needed")
    return gpus


class ResourcesConfig(Config):
    """What a trial may use. Not part of a study's hash."""

    workers: StrictInt = Field(1, ge=1, description="processes of a trial, which share each batch")
    gpus_per_worker: Literal["auto"] | Annotated[StrictFloat, Field(ge=0), AfterValidator(_whole_or_share)] = Field(
        "auto", description="auto: one where the cluster has any; a fraction shares a GPU; 0 stays on the CPU"
    )
    cpus_per_worker: StrictInt = Field(1, ge=1, description="also the number of threads of a worker")
    memory_per_worker: Size | None = Field(
        None, description="bytes, or text such as 4GiB, that a worker's process may use; above it, it is ended"
    )
    max_concurrent_trials: Literal["auto"] | Annotated[StrictInt, Field(ge=1)] = Field(
        "auto", description="auto: as many as fit"
    )
    retries: StrictInt = Field(3, ge=0, description="how often a trial whose worker vanished is taken up again")

    @model_validator(mode="after")
    def _a_gpu_for_each_of_several_workers(self) -> "ResourcesConfig":
        gpus = self.gpus_per_worker
        if self.workers > 1 and gpus != "auto" and 0 < gpus < 1:
            raise error_at(
                "gpus_per_worker",
                f"{gpus:g} of a GPU for each of {self.workers} workers: NCCL wants a GPU for each; "
                "write a whole number, 0 (CPUs), or workers: 1",
            )
        return self

"""What a setting is to be compared in with the paper's, as words."""

from collections.abc import Iterator

from spreadtune.analysis.words import number
from spreadtune.spec.data import TinyImagenetDataset
from spreadtune.spec.model import ViTEncoder
from spreadtune.spec.objective import SpreadObjective
from spreadtune.spec.parts import NamedPart
from spreadtune.spec.trial import TrialSpec


def traits(encoder: TrialSpec) -> dict[str, str]:
    """By name, of one encoder; without those that its loss does not have."""
    return dict([*_of_data(encoder), *_of_model(encoder), *_of_objective(encoder), *_of_training(encoder)])


def _of_data(encoder: TrialSpec) -> Iterator[tuple[str, str]]:
    data = encoder.data
    if isinstance(data.dataset, TinyImagenetDataset):
        yield "superclasses", data.dataset.superclasses or "the paper's"
    yield "training images", "all but validation" if data.train_size is None else f"{data.train_size}"
    yield "size of images", "as they are" if data.size is None else f"resized to {data.size}"
    yield "augmentation", _part(data.augmentation)
    yield "views", f"{data.views}"
    yield "batch", f"{data.batch_size}"


def _of_model(encoder: TrialSpec) -> Iterator[tuple[str, str]]:
    made = encoder.model.encoder
    yield "encoder", _transformer(made) if isinstance(made, ViTEncoder) else _part(made)
    yield "head", encoder.model.head


def _of_objective(encoder: TrialSpec) -> Iterator[tuple[str, str]]:
    objective = encoder.objective
    if isinstance(objective, SpreadObjective):
        clamp = objective.positive_logit_clamp
        yield "temperature", number(objective.temperature)
        yield "pairs", objective.pairs
        yield "denominator", objective.denominator
        yield "positive logits clamped at", "none" if clamp is None else number(clamp)
        if objective.alpha > 0:
            yield "alpha", number(objective.alpha)
    if objective.autoencoder_weight > 0:
        yield "autoencoder weight", number(objective.autoencoder_weight)
        condition = encoder.model.decoder_condition
        yield "decoder sees", "h alone" if condition == "none" else f"h and the {condition}"


def _of_training(encoder: TrialSpec) -> Iterator[tuple[str, str]]:
    training = encoder.training
    yield "epochs", f"{training.epochs}"
    yield "learning rate", number(training.learning_rate)
    epochs, share = training.warmup_epochs, training.warmup
    yield "warm-up", f"{epochs} epochs" if epochs else f"{share:.0%} of the epochs" if share else "none"
    yield "weight decay", number(training.weight_decay)


def _transformer(encoder: ViTEncoder) -> str:
    patch = f"{encoder.patch}x{encoder.patch}"
    return f"{encoder.depth}-layer transformer on {patch} patches, width {encoder.width}"


def _part(part: NamedPart) -> str:
    """``convnet (width 32, stride 2)``: its name, and its values other than the defaults."""
    values = part.model_dump(exclude_defaults=True, exclude={"name"})
    told = ", ".join(f"{key.replace('_', ' ')} {_value(value)}" for key, value in values.items())
    return f"{part.name} ({told})" if told else part.name


def _value(value: object) -> str:
    """One's own parts may have any values."""
    return number(value) if isinstance(value, bool | int | float | str) else str(value)

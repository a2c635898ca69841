"""Builds what a trial trains, from its spec and its data set."""

from torch import nn

from spreadtune.data.dataset import Dataset
from spreadtune.errors import UserError
from spreadtune.models import build_decoder, build_encoder, build_head
from spreadtune.objectives.objective import Objective
from spreadtune.objectives.reconstruction import CLASS_EMBEDDING_DIM, with_reconstruction
from spreadtune.spec.objective import OBJECTIVES
from spreadtune.spec.trial import TrialSpec
from spreadtune.training.model import Model
from spreadtune.training.streams import seeded


def build_model(spec: TrialSpec, dataset: Dataset, class_count: int) -> Model:
    """Encoder, head and objective, initialized from the trial's streams.

    Each part has a stream of its own: a decoder more or less leaves the encoder's initialization as it is.

    Args:
        spec: the trial.
        dataset: gives the shape of the images.
        class_count: number of labels that the objective tells apart.
    """
    with seeded(spec.seed, "initialization/encoder"):
        encoder = build_encoder(spec.model.encoder, dataset.image_shape)
    width: int = encoder.embedding_dim
    with seeded(spec.seed, "initialization/head"):
        head = build_head(spec.model.head, width, spec.model.head_dim)
    with seeded(spec.seed, "initialization/objective"):
        objective = _contrast(spec, width, class_count)
    if spec.objective.autoencoder_weight > 0:
        with seeded(spec.seed, "initialization/decoder"):
            objective = _with_decoder(objective, spec, width, dataset, class_count)
    return Model(encoder, head, objective)


def _contrast(spec: TrialSpec, width: int, class_count: int) -> Objective:
    """The objective that the trial names, before any reconstruction term."""
    objective = OBJECTIVES.build(spec.objective, width, class_count)
    if not isinstance(objective, Objective):
        kind = type(objective).__name__
        raise UserError(
            f"objective: {spec.objective.name!r} returned {kind}; return a spreadtune.objectives.objective.Objective"
        )
    return objective


def _with_decoder(objective: Objective, spec: TrialSpec, width: int, dataset: Dataset, class_count: int) -> Objective:
    """Add the autoencoder term, its decoder told the class where the trial says so."""
    told = nn.Embedding(class_count, CLASS_EMBEDDING_DIM) if spec.model.decoder_condition == "class" else None
    decoder = build_decoder(spec.model.decoder, width + (told.embedding_dim if told else 0), dataset.image_shape)
    return with_reconstruction(objective, decoder, spec.objective.autoencoder_weight, class_embedding=told)

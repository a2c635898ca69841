"""Several encoders in one trial: trained one after another, read side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from spreadtune.data.dataset import Dataset
from spreadtune.evaluation.protocol import FinalMetrics, epoch_metrics
from spreadtune.evaluation.representations import Representations
from spreadtune.evaluation.side_by_side import SideBySide
from spreadtune.run_folder.trial import OF_WHOLE
from spreadtune.spec.metrics import METRICS
from spreadtune.spec.trial import TrialSpec
from spreadtune.training.context import Context
from spreadtune.training.divergence import DivergenceError
from spreadtune.training.loop import Trained
from spreadtune.trial.learner import TEST, Learner, Seen, named_by_part, other_metrics
from spreadtune.trial.member_context import MemberContext
from spreadtune.trial.parts import Parts
from spreadtune.trial.shared_members import mark_trained, member_key


class Ensemble:
    """What a trial with members trains and evaluates, as a :class:`~spreadtune.trial.learner.Learner` does one encoder.

    Each member is trained by the same loop, with its own streams, history and checkpoints, so what an earlier attempt
    left of it is taken up.

    Args:
        spec: the trial.
        dataset: its data set.
        context: its device, folders and reports.
    """

    def __init__(self, spec: TrialSpec, dataset: Dataset, context: Context) -> None:
        self.spec, self.dataset, self.context = spec, dataset, context
        self._parts = Parts(spec, dataset, context)
        self._learners: dict[str, Learner] = {}

    def train(self) -> Trained:
        """Train every member to its end, or to where it was asked to stop or its time was up.

        The epochs are those of all members together, the class counts those of the main one's batches.

        Raises:
            DivergenceError: of a member; the epoch is the trial's.
        """
        epochs, class_counts = 0, list[float]()
        for place, (name, spec) in enumerate(self.spec.encoders.items()):
            trained = self._train(place, name, spec, epochs)
            epochs += trained.epoch
            if name == self.spec.main:
                class_counts = trained.batch_class_counts
            if trained.ended != "last epoch":
                return replace(trained, epoch=epochs)
        return Trained(epochs, class_counts, "last epoch")

    def final_metrics(self) -> dict[str, float]:
        """Everything the protocol measures: accuracies of what all members together tell, geometry of the main one,
        and under ``NAME.`` what is measured of a member by itself, without the few-shot probes."""
        seen = {name: learner.seen() for name, learner in self._learners.items()}

        def measured() -> dict[str, float]:
            alone = {name: self._learners[name].measured(of_one, few_shot=False) for name, of_one in seen.items()}
            of_main = {name: value for name, value in alone[self.spec.main].items() if _is_per_encoder(name)}
            by_member = {_of_member(member, name): alone[member][name] for member in alone for name in alone[member]}
            return self._together(seen) | of_main | by_member

        return self.context.workers.led(measured)

    def _train(self, place: int, name: str, spec: TrialSpec, before: int) -> Trained:
        key = member_key(spec, self.dataset, self.context)
        context = MemberContext.of(self.context, place, name, before).taking(key, spec.training.epochs)
        beside = self._neighbors if place + 1 == len(self.spec.members) else None
        learner = Learner(spec, self.dataset, context, parts=self._parts, beside=beside)
        self._learners[name] = learner
        try:
            trained = learner.train()
        except DivergenceError as divergence:
            divergence.epoch += before
            raise
        if context.workers.leads:
            context.attempt.sync()
            if trained.ended == "last epoch":
                mark_trained(context.folder, key)
        return trained

    @cached_property
    def _finished(self) -> list[tuple[Representations, Representations]]:
        """The training and validation images as the members before the last have them, which no longer change; every
        worker asks for it, while the last one is trained."""
        *finished, _ = self._learners.values()
        return [learner.both_parts() for learner in finished]

    def _neighbors(self, last_train: Representations, last_validation: Representations) -> dict[str, float]:
        """Of all members together, from what the last one makes of the images while it is trained."""
        before = self._finished

        def measured() -> dict[str, float]:
            train = [*(of_member for of_member, _ in before), last_train]
            validation = [*(of_member for _, of_member in before), last_validation]
            together = SideBySide(train)
            found = epoch_metrics(
                together(train), together(validation), has_subclasses=self.dataset.has_subclasses, per_encoder=False
            )
            return {f"{OF_WHOLE}{name}": value for name, value in found.items()}

        return self.context.workers.led(measured)

    def _together(self, seen: Mapping[str, Seen]) -> dict[str, float]:
        """What is read from the features of all members."""
        own = _side_by_side([*seen.values()])
        fitted = FinalMetrics(
            own.train, seed=self.spec.seed, has_subclasses=self.dataset.has_subclasses, per_encoder=False
        )
        found = named_by_part({part: fitted.of(of_part) for part, of_part in own.kept_apart.items()})
        others = [of_one.other for of_one in seen.values() if of_one.other]
        return found | (other_metrics(_side_by_side(others), self.spec) if others else {})


def _side_by_side(seen: Sequence[Seen]) -> Seen:
    """What all members make of the same images, as one encoder would."""
    together = SideBySide([of_one.train for of_one in seen])
    return Seen(
        train=together([of_one.train for of_one in seen]),
        kept_apart={part: together([of_one.kept_apart[part] for of_one in seen]) for part in seen[0].kept_apart},
    )


def _is_per_encoder(name: str) -> bool:
    return METRICS[name.removeprefix(TEST)].per_encoder


def _of_member(member: str, name: str) -> str:
    """``contrast.spread``, ``test.contrast.spread``."""
    rest = name.removeprefix(TEST)
    return f"{TEST if rest != name else ''}{member}.{rest}"

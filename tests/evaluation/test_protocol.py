from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits

from spreadtune.data.labels import Labels
from spreadtune.evaluation import subclass_measures
from spreadtune.evaluation.chance import beyond_chance
from spreadtune.evaluation.few_shot import FewShotProbes
from spreadtune.evaluation.geometry import class_uniformity, spread, tolerance, uniformity
from spreadtune.evaluation.knn import nearest_neighbors
from spreadtune.evaluation.neural_collapse import cdnv, class_separation, collapse, nc1, nc2
from spreadtune.evaluation.probe import fit_probe
from spreadtune.evaluation.protocol import FinalMetrics, ProbeMetrics, epoch_metrics
from spreadtune.evaluation.rank import effective_rank, rankme
from spreadtune.evaluation.representations import Representations, raw_pixels
from spreadtune.evaluation.stratified import at_most
from spreadtune.evaluation.subclasses import class_rows, cluster_agreement, silhouette, subclass_share
from spreadtune.spec.metrics import METRICS, during_training, need_subclasses
from spreadtune.spec.seed import Seed

SEED = Seed(study=0)
HELD_OUT = SEED.stream("evaluation/probe")


@pytest.fixture(scope="module")
def splits():
    """Digits as pixels, with a head that only sees every other pixel."""
    images, digits = load_digits(return_X_y=True)
    pixels = torch.from_numpy(images[:500] * 15).to(torch.uint8).reshape(-1, 1, 8, 8)
    labels = torch.from_numpy(digits[:500]).long()

    def part(rows: slice) -> Representations:
        whole = raw_pixels(pixels[rows], Labels(labels[rows] // 5, labels[rows]))
        return replace(whole, embeddings=whole.features[:, ::2] - 0.3)

    return part(slice(300)), part(slice(300, 500))


@pytest.fixture(scope="module")
def final(splits):
    train, validation = splits
    return measured(FinalMetrics(train, seed=SEED), validation)


def measured(fitted, part):
    return fitted.of_train() | fitted.of(part)


def test_each_metric_is_measured_on_its_own_data(splits, final):
    train, validation = splits
    neighbors = nearest_neighbors(train.embeddings, validation.embeddings, k=20)
    z, validation_z = F.normalize(train.embeddings, dim=1), F.normalize(validation.embeddings, dim=1)

    def probe(features, labels):
        return fit_probe(features, labels, seed=HELD_OUT)

    few_shot = FewShotProbes(train.features, train.labels.subclasses, SEED).accuracies(
        validation.features, validation.labels.subclasses
    )
    geometry = (spread, tolerance, class_uniformity, collapse, class_separation, nc1, cdnv)
    assert final == {
        **{each.__name__: each(validation.embeddings, validation.labels.classes) for each in geometry},
        "train_spread": spread(train.embeddings, train.labels.classes),
        "uniformity": uniformity(validation.embeddings),
        "effective_rank": effective_rank(validation.embeddings),
        "rankme": rankme(validation.features),
        "knn_class_accuracy": neighbors.accuracy(train.labels.classes, validation.labels.classes),
        "knn_transfer_accuracy": neighbors.accuracy(train.labels.subclasses, validation.labels.subclasses),
        "class_accuracy": probe(train.features, train.labels.classes).accuracy(
            validation.features, validation.labels.classes
        ),
        "transfer_accuracy": probe(train.features, train.labels.subclasses).accuracy(
            validation.features, validation.labels.subclasses
        ),
        "transfer_accuracy_z": probe(z, train.labels.subclasses).accuracy(validation_z, validation.labels.subclasses),
        "transfer_accuracy_1_shot": few_shot[1],
        "transfer_accuracy_5_shot": few_shot[5],
        "transfer_accuracy_10_shot": few_shot[10],
        **of_subclasses(train, validation),
    }


def of_subclasses(train, validation):
    """Each from its own stream of the trial."""
    rows = class_rows(validation.embeddings, validation.labels)
    agreement = cluster_agreement(rows, seed=SEED.stream("evaluation/clusters"))
    predicted = fit_probe(train.features, train.labels.subclasses, seed=HELD_OUT).predict(validation.features)
    chance = beyond_chance(predicted, validation.labels, seed=SEED.stream("evaluation/permutations"))
    return {
        "subclass_share": subclass_share(validation.embeddings, validation.labels),
        "subclass_ari": agreement.ari,
        "subclass_nmi": agreement.nmi,
        "subclass_nmi_chance": agreement.nmi_chance,
        "subclass_silhouette": silhouette(rows),
        "transfer_accuracy_chance": chance.accuracy,
        "transfer_p_value": chance.p_value,
    }


def test_of_many_images_clusters_and_silhouettes_see_a_sample(splits, monkeypatch):
    train, validation = splits
    monkeypatch.setattr(subclass_measures, "MOST_IMAGES", 100)
    found = FinalMetrics(train, seed=SEED, few_shot=False).of(validation)
    some = at_most(validation.labels.subclasses, 100, seed=SEED.stream("evaluation/sample"))
    rows = class_rows(validation.embeddings[some], validation.labels.take(some))
    assert found["subclass_silhouette"] == silhouette(rows)
    assert found["subclass_ari"] == cluster_agreement(rows, seed=SEED.stream("evaluation/clusters")).ari
    assert found["subclass_share"] == subclass_share(validation.embeddings, validation.labels)


def test_raw_pixels_of_digits_are_easy(final):
    assert final["transfer_accuracy"] > 0.8
    assert final["class_accuracy"] > 0.75


def test_more_shots_help(final):
    assert final["transfer_accuracy_1_shot"] < final["transfer_accuracy_10_shot"]


def test_final_metrics_are_all_but_those_that_need_views_or_a_decoder_or_a_third_class(final):
    of_representations = {
        name for name, of in METRICS.items() if not (of.needs_term or of.needs_other or of.needs_groups)
    }
    assert final.keys() == of_representations - {"alignment", "reconstruction_error", "nc2"}


def test_of_three_classes_it_is_told_how_their_means_lie(splits):
    train, validation = (replace(of, labels=Labels(of.labels.subclasses % 3, of.labels.subclasses)) for of in splits)
    found = FinalMetrics(train, seed=SEED, few_shot=False).of(validation)
    assert found["nc2"] == nc2(validation.embeddings, validation.labels.classes) > 0


def test_epoch_and_probe_metrics_are_part_of_the_final_ones(splits, final):
    assert epoch_metrics(*splits).items() <= final.items()
    train, validation = splits
    assert ProbeMetrics(train, seed=HELD_OUT).of(validation).items() <= final.items()


def test_early_stopping_looks_at_what_is_measured_while_training(splits):
    assert epoch_metrics(*splits).keys() == {metric.name for metric in during_training() if not metric.needs_groups}


def test_every_part_is_measured_by_the_same_probes(splits, final):
    train, validation = splits
    fitted = FinalMetrics(train, seed=SEED)
    assert fitted.of(train)["transfer_accuracy"] > final["transfer_accuracy"]
    assert measured(fitted, validation) == final


def test_few_shot_probes_are_left_out_where_they_are_not_wanted(splits, final):
    train, validation = splits
    found = measured(FinalMetrics(train, seed=SEED, few_shot=False), validation)
    assert found == {name: value for name, value in final.items() if "shot" not in name}


def test_without_subclasses_transfer_is_left_out(splits, final):
    train, validation = splits
    found = measured(FinalMetrics(train, seed=SEED, has_subclasses=False), validation)
    assert found == {name: value for name, value in final.items() if not METRICS[name].needs_subclasses}


def test_the_metrics_that_need_subclasses_are_those_that_change_with_them(splits, final):
    def shuffled(of):
        order = torch.randperm(len(of.labels), generator=torch.Generator().manual_seed(0))
        return replace(of, labels=replace(of.labels, subclasses=of.labels.subclasses[order]))

    train, validation = map(shuffled, splits)
    found = measured(FinalMetrics(train, seed=SEED), validation)
    assert {name for name in final if found[name] != final[name]} == {*need_subclasses(final)}


def test_geometry_is_that_of_the_normalized_embeddings(splits):
    train, validation = splits
    longer = epoch_metrics(
        replace(train, embeddings=train.embeddings * 4), replace(validation, embeddings=validation.embeddings / 8)
    )
    assert longer == pytest.approx(epoch_metrics(train, validation))

"""The exact words for what a user can get wrong in one value; rules between values are tested with the rules."""

from pathlib import Path

import pytest

from spreadtune.errors import UserError
from spreadtune.spec.load import load_study, load_trial

MISTAKES = [
    ("objective.temprature=1", "objective.temprature: unknown key, did you mean objective.temperature?"),
    ("objective.temperature=0", "objective.temperature: 0 is not above 0"),
    ("training.epochs=0", "training.epochs: 0 is below 1"),
    ("training.epochs=abc", "training.epochs: expected a whole number, got 'abc'"),
    ("training.epochs=1.5", "training.epochs: expected a whole number, got 1.5"),
    ("training.epochs=1_28", "training.epochs: expected a whole number, got '1_28', write 128"),
    ("training.epochs='3'", "training.epochs: expected a whole number, got '3', write 3"),
    ("training.epochs=1e2", "training.epochs: expected a whole number, got 100.0, write 100"),
    ("training.epochs=true", "training.epochs: expected a whole number, got true"),
    ("training.compile=yes", "training.compile: expected true or false, got 'yes', write true"),
    ("training.compile=1", "training.compile: expected true or false, got 1"),
    ("training.time_limit=true", "training.time_limit: expected a number, got true"),
    ("objective.temperature='.5'", "objective.temperature: expected a number, got '.5', write 0.5"),
    (
        "resources.memory_per_worker=4.5e9",
        "resources.memory_per_worker: expected a whole number, got 4500000000.0, write 4500000000",
    ),
    (
        "search.space.training.epochs={int: [1_0, 20]}",
        "search.space.training.epochs.int[0]: expected a whole number, got '1_0', write 10",
    ),
    (
        "search.space.training.epochs={grid: [1_0, 20]}",
        "search.space.training.epochs: expected a whole number, got '1_0', write 10",
    ),
    ("training.learning_rate=fast", "training.learning_rate: expected a number, got 'fast'"),
    ("training.learning_rate=.inf", "training.learning_rate: expected a finite number, got inf"),
    ("training=3", "training: expected a mapping, got 3"),
    ("training={}", "training.epochs: missing"),
    ("trianing={epochs: 3}", "trianing: unknown key, did you mean training?"),
    ("model.encoder.width=6", "model.encoder.width: 6 is no multiple of 4"),
    ("model.encoder.widht=8", "model.encoder.widht: unknown key, did you mean model.encoder.width?"),
    ("model.encoder=convnt", "model.encoder: unknown encoder 'convnt', did you mean convnet?"),
    ("model.encoder={width: 8}", "model.encoder: names no encoder; known: convnet, resnet18, resnet50, vit, lipschitz"),
    ("data.dataset=cifr10", "data.dataset: unknown data set 'cifr10', did you mean cifar10?"),
    ("data.placement=hos", "data.placement: expected auto, device or host, got 'hos', did you mean host?"),
    ("data.augmentation={name: grey, crop: 2}", "data.augmentation.crop: 2 is above 1"),
    ("data.augmentation={name: grey, scale: 1}", "data.augmentation.scale: 1 is not below 1"),
    (
        "resources={workers: 2, gpus_per_worker: 0.5}",
        "resources.gpus_per_worker: 0.5 of a GPU for each of 2 workers: NCCL wants a GPU for each; "
        "write a whole number, 0 (CPUs), or workers: 1",
    ),
    ("resources.gpus_per_worker=-1", "resources.gpus_per_worker: -1 is below 0"),
    ("resources.gpus_per_worker=1.5", "resources.gpus_per_worker: 1.5 GPUs: above 1 a whole number is needed"),
    ("resources.gpus_per_worker=x", "resources.gpus_per_worker: expected auto or a number, got 'x'"),
    ("search.sampler=cma", "search.sampler: expected grid, random, qmc, tpe, gp or nsga2, got 'cma'"),
    (
        "search.early_stopping=halving",
        "search.early_stopping: unknown early stopping 'halving'; known: none, median, successive_halving, hyperband",
    ),
    (
        "search={confirm: {seeds: 2}, optimize: {train_spread: minimize}}",
        "search.confirm: train_spread is that of training images, so there is no test of it; optimize spread",
    ),
    (
        "search.confirm={seeds: 5, sedes: 5}",
        "search.confirm.sedes: unknown key, did you mean search.confirm.seeds?",
    ),
    (
        "search.space.objective.alpha={unifrom: [0, 1]}",
        "search.space.objective.alpha: unknown domain 'unifrom', did you mean uniform?",
    ),
    (
        "search.space.objective.alpha=[0, 1]",
        "search.space.objective.alpha: expected a domain, for example {grid: [0, 1]}, got [0, 1]; "
        "known: uniform, log_uniform, int, choice, grid, window",
    ),
    ("search.space.objective.alpha={grid: []}", "search.space.objective.alpha.grid: is empty, give at least one value"),
    (
        "search.space.objective.alpha={grid: [[1]]}",
        "search.space.objective.alpha.grid[0]: expected true or false, a whole number, a number or text, got [1]",
    ),
    (
        "search.space.objective.alpha={uniform: [1, 0]}",
        "search.space.objective.alpha.uniform: [1, 0] is reversed, write [0, 1]",
    ),
    (
        "search.space.objective.alpha={uniform: [0]}",
        "search.space.objective.alpha.uniform: expected two values, [low, high], got [0]",
    ),
    (
        "search.space.objective.alpha={uniform: [0, 1, 2]}",
        "search.space.objective.alpha.uniform: expected two values, [low, high], got [0, 1, 2]",
    ),
    (
        "search.space.objective.alpha={log_uniform: [0, 1]}",
        "search.space.objective.alpha.log_uniform[0]: 0 is not above 0",
    ),
    ("search.space.objective.alpha={window: [0, 2]}", "search.space.objective.alpha.window[1]: 2 is above 1"),
    (
        "search.variants.a b={}",
        "search.variants.a b: 'a b' cannot be a name: use letters, digits, '.', '_' and '-', "
        "starting with a letter or digit",
    ),
    ("format=0", "format: expected 1, got 0"),
]


@pytest.mark.parametrize(("override", "message"), MISTAKES)
def test_a_mistake_is_told_with_its_place_and_what_is_valid(load, override: str, message: str) -> None:
    with pytest.raises(UserError) as error:
        load(override)
    assert str(error.value) in (f"--set {override}: {message}", f"--set '{override}': {message}")


def test_every_mistake_has_its_own_line(load) -> None:
    with pytest.raises(UserError) as error:
        load("objective.alpha=1.2", "objective.temprature=1", "data.views=1", search="")
    assert str(error.value).splitlines() == [
        "--set data.views=1: data.views: 1 is below 2",
        "--set objective.alpha=1.2: objective.alpha: 1.2 is above 1",
        "--set objective.temprature=1: objective.temprature: unknown key, did you mean objective.temperature?",
    ]


def test_missing_sections_are_named(write) -> None:
    with pytest.raises(UserError) as error:
        load_study(write("", body="data: {dataset: digits}\n"))
    assert str(error.value).splitlines() == [
        "s.yaml: data.augmentation: missing",
        "s.yaml: model: missing",
        "s.yaml: objective: missing",
        "s.yaml: training: missing",
    ]


def test_a_trial_file_is_told_the_same_way(write) -> None:
    path: Path = write("seed: {study: -1}\n")
    with pytest.raises(UserError) as error:
        load_trial(path)
    assert str(error.value) == "s.yaml: seed.study: -1 is below 0"

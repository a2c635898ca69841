"""Whatever the loader takes the schema takes, and the mistakes that one value alone shows it finds."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from spreadtune.spec.json_schema import study_schema
from spreadtune.spec.load import dump_study, load_study
from spreadtune.spec.metrics import METRICS
from spreadtune.spec.overrides import from_profile
from spreadtune.spec.paths import fill
from spreadtune.spec.yaml_text import parse
from tests.workplace import TINY

ROOT = Path(__file__).parents[2]
SHIPPED = {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / "studies").glob("*.yaml"))}
SHOWN = {
    f"{path.name}-{place}": block
    for path in (ROOT / "README.md", ROOT / "docs" / "study-file.md")
    for place, block in enumerate(
        re.findall(r"^```yaml\n(.*?)^```$", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    )
}
STUDIES = {name: text for name, text in (SHIPPED | SHOWN).items() if "format: 1" in text}


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = study_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def mistakes(validator: Draft202012Validator, study: Any) -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(study)]


def changed(changes: Mapping[str, Any]) -> dict[str, Any]:
    return fill(TINY, changes)


@pytest.mark.parametrize("name", STUDIES)
def test_studies_as_written_under_each_profile_and_resolved(
    validator: Draft202012Validator, name: str, tmp_path: Path
) -> None:
    raw = parse(STUDIES[name], name)
    assert mistakes(validator, raw) == []
    path = tmp_path / "study.yaml"
    path.write_text(STUDIES[name])
    for profile in raw.get("profiles", {}):
        assert mistakes(validator, from_profile(raw, profile, name).applied_to(raw)) == []
        assert mistakes(validator, parse(dump_study(load_study(path, profile=profile)), name)) == []
    assert mistakes(validator, parse(dump_study(load_study(path)), name)) == []


MEMBERS = {"a": {"set": {"objective.alpha": 0.5}}, "b": {"same_as": "a"}}
OWN = {"model.encoder": {"name": "my.module:Encoder", "depth_of_mine": 3}}


@pytest.mark.parametrize(
    "changes",
    [
        {"data.dataset": {"name": "image_folder", "root": "photos"}},
        {"data.dataset": "cifar100u"},
        {"data.dataset": {"name": "tiny_imagenet", "superclasses": "mine.csv"}},
        {"data.dataset": "mine:load", "data.augmentation": "none", "model.encoder": "resnet50", "objective": "infonce"},
        {"objective": {"name": "mine:Loss", "margin": 0.5}, "search.space": {"objective.margin": {"grid": [0, 1]}}},
        {**OWN, "search.space": {"model.encoder.depth_of_mine": {"grid": [1, 2]}}},
        {**OWN, "profiles": {"quick": {"model.encoder.depth_of_mine": 1}}},
        {"profiles": {"own": {"objective": "mine:Loss", "objective.margin": 1}}},
        {"search.variants": {"own": {"set": {"objective.name": "mine:Loss", "objective.margin": 1}}}},
        {"search.space": {"model.encoder": {"grid": ["convnet", "vit"]}, "objective.name": {"grid": ["spread"]}}},
        {"search.space": {"objective.alpha": {"grid": [0, 1], "when": {"objective.pairs": ["all", "cross_view"]}}}},
        {"search.variants": {"a": {}, "b": {"set": {"training": {"epochs": 2}}, "space": None}}},
        {"search.optimize": {"spread": "maximize", "alignment": "minimize", "class_accuracy": "maximize"}},
        {"search.subject_to": {"class_accuracy": " >=.9 ", "spread": "< 2e-1"}, "search.select_on": "spread"},
        {"search.select_on": {"spread": "minimize"}},
        {"search.early_stopping": "median"},
        {"search.confirm": {"seeds": 5}, "profiles": {"p": {"search.confirm.seeds": 1}}},
        {"search.early_stopping": {"name": "successive_halving", "reduction": 2}},
        {
            "profiles": {
                "p": {"search.space": {}, "search.variants.a.set": {}, "search.space.objective.alpha.grid": [1]}
            }
        },
        {"profiles": {"p": {"search.optimize": {"spread": "minimize"}, "resources.gpus_per_worker": 0.5}}},
        {"profiles": {"p": {"data": {"dataset": "mnist", "augmentation": "none"}, "description": "other"}}},
        {"members": MEMBERS, "search.space": {"members.a.set.objective.alpha": {"grid": [0, 1]}}},
        {"members": MEMBERS, "search.early_stopping": {"name": "median", "member": "a"}},
        {"search.variants": {"x": {"set": {"members": MEMBERS, "members.a.set.model.head": "mlp"}}}},
        {"members": MEMBERS, "profiles": {"p": {"members.a.set.training.epochs": 1}}},
        {"data.train_size": None, "resources.gpus_per_worker": "auto", "training.learning_rate": 1},
    ],
)
def test_what_may_be_written(validator: Draft202012Validator, changes: Mapping[str, Any]) -> None:
    assert mistakes(validator, changed(changes)) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"trainig": {}},
        {"objective.temprature": 0.5},
        {"training.epochs": "many"},
        {"training.epochs": 0},
        {"training.learning_rate": True},
        {"data.batches": "sorted"},
        {"format": 2},
        {"data.dataset": "digit"},
        {"data.dataset": "image_folder"},
        {"data.dataset": {"name": "tiny_imagenet", "superclasses": 3}},
        {"data.dataset": {"root": "photos"}},
        {"model.encoder": {"name": "convet"}},
        {"model.encoder": {"name": "convnet", "widht": 8}},
        {"model.encoder": "mine.Encoder"},
        {"search.early_stopping": "mine:Stopping"},
        {"search.sampler": "gird"},
        {"search.confirm": {"seeds": 0}},
        {"search.confirm": {}},
        {"search.space": {"objective.alhpa": {"grid": [0]}}},
        {"search.space": {"objective.alpha": [0, 1]}},
        {"search.space": {"objective.alpha": {"gird": [0]}}},
        {"search.space": {"objective.alpha": {"uniform": [0]}}},
        {"search.space": {"objective.alpha": {"uniform": [0, 1], "grid": [0, 1]}}},
        {"search.space": {"objective.alpha": {"grid": [0], "when": {"modle.decoder": "conv"}}}},
        {"search.space": {"resources.workers": {"grid": [1]}}},
        {"search.optimize": {"transfer": "maximize"}},
        {"search.optimize": {"spread": "maximize", "alignment": "minimize", "loss": "minimize"}},
        {"search.subject_to": {"class_accuracy": "about 0.9"}},
        {"search.subject_to": {"class_acuracy": ">= 0.9"}},
        {"search.select_on": "spred"},
        {"search.select_on": {"spread": "minimize", "alignment": "minimize"}},
        {"search.early_stopping": {"name": "median", "metric": "alignment"}},
        {"search.variants": {"a/b": {}}},
        {"search.variants": {"a": {"sets": {}}}},
        {"search.variants": {"a": {"set": {"objective.alhpa": 0}}}},
        {"profiles": {"p": {"training.epoch": 2}}},
        {"profiles": {"p": {"training.epochs": "two"}}},
        {"profiles": {"p": {"model.encoder": "convet"}}},
        {"profiles": {"p": 3}},
        {"members": {"a": {"set": {"objective.alpha": 0}}}},
        {"members": {**MEMBERS, "c": {}}},
        {"members": {**MEMBERS, "c": {"same_as": "a", "set": {"objective.alpha": 0}}}},
        {"members": {**MEMBERS, "c": {"set": {}}}},
        {"members": {**MEMBERS, "c": {"set": {"data.batch_size": 8}}}},
        {"members": {**MEMBERS, "c": {"set": {"objective.alhpa": 0}}}},
        {"members": {**MEMBERS, "c.d": {"same_as": "a"}}},
        {"members": MEMBERS, "search.space": {"members.a.objective.alpha": {"grid": [0, 1]}}},
    ],
)
def test_mistakes_are_found(validator: Draft202012Validator, changes: Mapping[str, Any]) -> None:
    assert mistakes(validator, changed(changes))


def test_a_section_that_is_missing_is_told(validator: Draft202012Validator) -> None:
    assert mistakes(validator, {key: value for key, value in TINY.items() if key != "data"})


def test_an_editor_learns_names_values_and_descriptions() -> None:
    definitions = study_schema()["$defs"]
    encoder = definitions["ModelConfig"]["properties"]["encoder"]
    assert {"convnet", "resnet18", "resnet50", "vit", "lipschitz"} == {
        member["const"] for member in encoder["anyOf"] if "const" in member
    }
    assert "objective.alpha" in definitions["Space"]["properties"]
    assert "data.dataset.name" in definitions["TrialValues"]["properties"]
    assert definitions["Space"]["properties"]["data.train_size"]["description"].startswith("use this many")
    assert definitions["TrainingConfig"]["properties"]["weight_decay"]["default"] == 0.01
    assert list(definitions["SearchConfig"]["properties"]["optimize"]["properties"]) == list(METRICS)

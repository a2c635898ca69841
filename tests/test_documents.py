"""The texts say what the program does: lines to copy, commands, options, examples, tables and links."""

import re
import shlex
from dataclasses import fields
from pathlib import Path

import click
import pytest
import torch

from spreadtune.cli.main import cli
from spreadtune.data import ImageSet
from spreadtune.data.views import Views
from spreadtune.models import build_encoder
from spreadtune.objectives import Batch
from spreadtune.runtime.cluster.environment import RAY_ENVIRONMENT
from spreadtune.spec import load_study
from spreadtune.spec.domain import DOMAINS
from spreadtune.spec.metrics import METRICS
from spreadtune.spec.study import Study

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
OWN_ENCODER = (ROOT / "docs" / "own-encoder.md").read_text(encoding="utf-8")
STUDY_FILE = (ROOT / "docs" / "study-file.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}(?: title=[^\n]*)?\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def long_options(command: click.Command) -> set[str]:
    return {name for parameter in command.params for name in parameter.opts if name.startswith("--")}


OPTIONS = {verb: long_options(command) for verb, command in cli.commands.items()}


def test_the_readme_has_two_lines_to_copy():
    study, tests = (block.splitlines() for block in blocks(README, "sh")[:2])
    assert len(study) == len(tests) == 1
    assert all(
        line.startswith("python3 -m venv .venv && .venv/bin/pip install -c constraints.txt ") for line in study + tests
    )
    assert study[0].endswith("&& .venv/bin/python -m spreadtune.study digits_alpha_sweep")
    assert tests[0].endswith('&& .venv/bin/pytest -m "not slow"')


def test_commands_in_the_readme_exist_with_their_options():
    lines = [line for block in blocks(README, "sh")[2:] for line in block.splitlines()]
    assert lines
    for line in lines:
        program, verb, *words = line.partition("#")[0].split()
        assert program == "spreadtune"
        assert {word for word in words if word.startswith("--")} <= OPTIONS[verb], line


def test_every_option_of_run_has_its_row_and_none_is_invented():
    rows = re.findall(r"^\| (`--.*?) \|", README, re.MULTILINE)
    assert set(re.findall(r"--[a-z-]+", " ".join(rows))) == OPTIONS["run"]


@pytest.mark.parametrize("text", [README, STUDY_FILE], ids=["README", "study-file"])
def test_options_in_running_text_exist(text):
    mentioned = set(re.findall(r"`(--[a-z-]+)", text))
    assert mentioned
    assert mentioned <= set().union(*OPTIONS.values()) | {"--help"}


@pytest.mark.parametrize("text", [README, STUDY_FILE], ids=["README", "study-file"])
def test_studies_shown_load_under_every_profile(text, tmp_path):
    (shown,) = blocks(text, "yaml")
    path = tmp_path / "my_study.yaml"
    path.write_text(shown)
    for profile in (None, *load_study(path).profiles):
        load_study(path, profile=profile)


def test_the_grammar_names_every_key_domain_and_metric():
    top = {name for name in Study.model_fields if name not in ("format", "description", "search", "profiles")}
    for section in top:
        assert f"`{section}" in STUDY_FILE
    sections = (
        Study.model_fields[name].annotation
        for name in ("data", "model", "training", "evaluation", "resources", "search")
    )
    for section in sections:
        for key in section.model_fields:
            assert key in STUDY_FILE, key
    for domain in DOMAINS:
        assert f"`{domain}: [" in STUDY_FILE
    for metric in METRICS:
        assert f"| `{metric}` |" in STUDY_FILE, metric


def test_the_own_encoder_shown_runs_and_the_command_beside_it_names_it(tmp_path, monkeypatch):
    (module, _), (commands,) = blocks(OWN_ENCODER, "python"), blocks(OWN_ENCODER, "sh")
    (tmp_path / "my_encoder.py").write_text(module)
    monkeypatch.syspath_prepend(tmp_path)
    _, verb, name, *options = shlex.split(commands.splitlines()[-1])
    arguments = cli.commands[verb].make_context(verb, [name, *options]).params
    study = load_study(name, profile=arguments["profile"], overrides=arguments["overrides"])
    encoder = build_encoder(study.model.encoder, (3, 8, 6))
    assert encoder.embedding_dim == 32
    assert encoder(torch.rand(5, 3, 8, 6)).shape == (5, 32)


@pytest.mark.parametrize("record", [ImageSet, Views, Batch], ids=lambda record: record.__name__)
def test_every_field_that_own_parts_meet_is_described(record):
    own_parts = STUDY_FILE.partition("### Own parts")[2].partition("\n### ")[0]
    for field in fields(record):
        assert f"`{field.name}`" in own_parts, field.name


def test_the_readme_s_python_gives_the_numbers_beside_it():
    torch.manual_seed(0)
    example = next(block for block in blocks(README, "python") if "spread_loss" in block)
    names: dict[str, object] = {}
    exec(example, names)
    claims = re.findall(r"^(\w+\(.*\))  # (\d+\.\d+)", example, re.MULTILINE)
    assert len(claims) == 3
    for expression, number in claims:
        assert eval(expression, names) == pytest.approx(float(number), abs=5e-4)


def test_the_table_of_ray_s_environment_is_the_one_that_is_set():
    assert dict(re.findall(r"^\| `((?:RAY|TUNE)_\w+)` \| ([\d.]+) \|", ARCHITECTURE, re.MULTILINE)) == dict(
        RAY_ENVIRONMENT
    )


def table_rows(text: str, heading: str) -> list[list[str]]:
    """The cells under the table's heading that begins so."""
    table = text.partition(f"\n{heading}")[2].partition("\n\n")[0]
    return [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]


def test_the_best_settings_in_the_readme_are_those_of_the_files_of_results():
    rows = table_rows(README, "| study |")
    assert rows
    for study, *cells in rows:
        [file] = (ROOT / "benchmarks" / "results").glob(f"*-{study.replace(chr(92), '')}.md")
        assert f"| {' | '.join(cells)} |" in file.read_text(encoding="utf-8")


def test_the_numbers_of_the_digits_in_the_readme_are_those_of_their_file():
    [file] = (ROOT / "benchmarks" / "results").glob("*-digits_alpha_sweep.md")
    lines = file.read_text(encoding="utf-8").partition("## Every setting")[2].splitlines()
    rows = table_rows(README, "| temperature | alpha |")
    assert rows
    for temperature, alpha, *cells in rows:
        [line] = (line for line in lines if line.startswith(f"| spread | {alpha} | {temperature} |"))
        assert set(cells) <= set(line.strip("| ").split(" | ")), line


def test_the_claims_in_the_readme_are_those_of_the_files_of_results():
    rows = table_rows(README, "| study | SupCon |")
    assert rows
    for study, *cells in rows:
        [file] = (ROOT / "benchmarks" / "results").glob(f"*-{study}.md")
        measured = file.read_text(encoding="utf-8").partition("## Against the paper")[2].partition("\n## ")[0]
        assert set(cells) <= {cell for line in measured.splitlines() for cell in line.strip("| ").split(" | ")}, study


def test_the_mechanisms_in_the_readme_are_those_of_their_file():
    [file] = (ROOT / "benchmarks" / "results").glob("*-mechanisms_digits.md")
    text = file.read_text(encoding="utf-8").replace("\\_", "_")
    rows = table_rows(README, "| mechanism |")
    assert rows
    for _, variants, difference in rows:
        [line] = (line for line in text.splitlines() if line.startswith(f"| {variants} |"))
        assert difference in line.split(" | "), line


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)]+)\)", path.read_text(encoding="utf-8")):
        if "://" not in target:
            file, _, heading = target.partition("#")
            linked = path.parent / file if file else path
            assert linked.is_file(), target
            headings = re.findall(r"^#+ (.+)$", linked.read_text(encoding="utf-8"), re.MULTILINE)
            assert not heading or heading in {
                re.sub(r"[^\w -]", "", text.lower()).replace(" ", "-") for text in headings
            }

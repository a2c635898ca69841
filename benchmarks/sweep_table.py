"""A run as a Markdown file of results, or the best settings of several runs as one table.

    python -m spreadtune.study digits_alpha_sweep --profile full
    python benchmarks/sweep_table.py digits_alpha_sweep --note "Two shared virtual CPUs." > benchmarks/results/NAME.md
    python benchmarks/sweep_table.py --best digits_alpha_sweep mnist_alpha_sweep

Everything but the note comes from the run's folder: command, versions, commit, times, the answer, the tables of an
export. A row of the table of the best is chosen by the study's own rule, and shows what it costs in class accuracy.
"""

import math
import os
import platform
import shlex
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pandas as pd

from spreadtune.analysis.answer import answer
from spreadtune.analysis.best_table import MOST_GROUPS, best_columns, best_settings
from spreadtune.analysis.columns import Column
from spreadtune.analysis.export.contents import sheets
from spreadtune.analysis.export.markdown import markdown
from spreadtune.analysis.export.sheet import sheet
from spreadtune.analysis.frame import Frame, build_frame
from spreadtune.analysis.results import Results
from spreadtune.analysis.scheme import Scheme
from spreadtune.api import peek_results
from spreadtune.spec.yaml_text import inline

TITLES = {
    "confirmation": "Confirmed on the test split",
    "comparisons": "Compared on the test split",
    "contrasts": "Variant against variant",
    "paper": "Against the paper",
    "paper_order": "The paper's order",
    "best": "The best settings",
    "settings": "Every setting",
    "references": "Floors and ceiling",
}
PACKAGES = ("python", "torch", "ray", "optuna", "scikit-learn", "numpy", "spreadtune")


def main() -> None:
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="+", metavar="RUN", help="a run folder, NAME or NAME/ID")
    parser.add_argument("--best", action="store_true", help="the best settings of all these runs in one table")
    parser.add_argument("--note", default="", help="what the run's folder does not know, such as other work beside it")
    parser.add_argument("--results", type=Path, default=Path("results"), help="folder of all runs")
    arguments = parser.parse_args()
    found = [peek_results(run, results=arguments.results) for run in arguments.runs]
    if arguments.best:
        print("\n".join(best_of_runs(found)))
    else:
        print("\n".join(line for results in found for line in result_file(results, arguments.note)))


def best_of_runs(runs: list[Results]) -> Iterator[str]:
    """The best settings of each run, a row each under one heading."""
    for place, results in enumerate(runs):
        frame = build_frame(results)
        table = best_settings(frame)
        study = Column("study", pd.Series([results.run.name] * len(table)))
        shown = sheet("best", "", [study, *best_columns(frame, table)])
        head, rule, *rows = markdown(shown).strip().splitlines()
        yield from rows if place else (head, rule, *rows)


def result_file(results: Results, note: str) -> Iterator[str]:
    """The whole file, line by line."""
    frame, started = build_frame(results), _time(results.manifest["attempts"][0]["start"])
    profile = f", profile {results.manifest['profile']}" if results.manifest.get("profile") else ""
    yield f"# {results.run.name}{profile}, {started:%Y-%m-%d}\n\n{results.study.description}\n"
    yield f"    {_command(results)}\n    python benchmarks/sweep_table.py {results.run.name}\n"
    yield f"{_circumstances(results)}{note and f' {note}'}\n"
    yield f"{_trained(results)}\n\n{_windows(frame)}".rstrip() + "\n"
    yield "## Answer\n"
    yield from (f"- {line}" for line in answer(frame))
    for each in sheets(results, frame):
        if each.name in TITLES:
            yield f"\n## {TITLES[each.name]}\n\n{markdown(each)}".rstrip()


def _command(results: Results) -> str:
    """The command that would do all of it at once, without what only says where: folders and the dashboard."""
    words, kept = list(results.manifest["command"]), list[str]()
    while words:
        word = words.pop(0)
        if word in ("--results", "--data-root"):
            words.pop(0)
        elif word == "--resume":
            words = words[1:] if words and not words[0].startswith("--") else words
        elif word != "--no-dashboard":
            kept.append(Path(word).name if not kept else word)
    return shlex.join(kept)


def _circumstances(results: Results) -> str:
    manifest, versions = results.manifest, results.manifest["versions"]
    minutes = results.trials["seconds"].sum() / 60  # not the driver's, which may have been killed and waited for
    cpus, gpus = (sum(node[kind] for node in manifest["nodes"]) for kind in ("cpus", "gpus"))
    named = ", ".join(f"{package} {versions[package]}" for package in PACKAGES if package in versions)
    git = manifest.get("git")
    commit = f" (commit {git['commit'][:12]}{' with uncommitted changes' if git['dirty'] else ''})" if git else ""
    return (
        f"{cpus:g} CPUs ({_processor()}), {f'{gpus:g} GPUs' if gpus else 'no GPU'}; {named}{commit}. "
        f"{len(results.trials)} trials of {minutes:.0f} min together, {manifest['slots']['count']} at a time, "
        f"and {len(results.references)} references."
    )


def _processor() -> str:
    """This machine's, which is that of the run when the file is made where the run was."""
    for line in Path("/proc/cpuinfo").read_text().splitlines() if os.path.exists("/proc/cpuinfo") else ():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _trained(results: Results) -> str:
    """The sections of the study file that say so, every value filled in, as a block of YAML."""
    values = results.study.model_dump(mode="json", include={"data", "model", "objective", "training"})
    return "\n".join(f"    {section}: {inline(value)}" for section, value in values.items())


def _windows(frame: Frame) -> str:
    """The predicted window of each scheme; nothing where they are drawn, and so many."""
    listed = sorted(frame.schemes) if len(frame.schemes) <= MOST_GROUPS else []
    found = [_window(scheme, frame) for scheme in listed]
    return f"Predicted: {'; '.join(found)}." if found else ""


def _window(scheme: Scheme, frame: Frame) -> str:
    recorded = frame.schemes[scheme]
    low, high = recorded.alpha_c, recorded.alpha_m
    ends = f"collapse up to alpha {low:.3f}" if math.isnan(high) else f"window of alpha ({low:.3f}, {high:.3f})"
    return (
        f"temperature {scheme.temperature:g}, batch {scheme.batch_size}, pairs {scheme.pairs}, denominator "
        f"{scheme.denominator}: {ends}"
    )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


if __name__ == "__main__":
    main()

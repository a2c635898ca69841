"""What holds for the whole repository: quick commands, shipped studies, nothing of the machine it was written on."""

import ast
import re
import subprocess
import sys
import tomllib
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from spreadtune.spec import find_study, list_studies, load_study
from spreadtune.version import __version__

ROOT = Path(__file__).parents[1]
HEAVY = ("torch", "ray", "optuna", "pandas", "plotly", "sklearn")


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["run", "--list"]], ids=" ".join)
def test_asking_what_there_is_imports_nothing_heavy(arguments):
    code = (
        "import sys\n"
        "from spreadtune.cli import main\n"
        "try:\n"
        f"    main({arguments})\n"
        "except SystemExit as end:\n"
        f"    loaded = [name for name in {HEAVY} if name in sys.modules]\n"
        "    sys.exit(f'code {end.code}, loaded {loaded}' if end.code or loaded else 0)\n"
    )
    asked = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert asked.returncode == 0, asked.stderr
    assert asked.stdout


def test_both_ways_of_starting_list_the_studies():
    listings = [
        subprocess.run([sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for words in (["spreadtune.study", "--list"], ["spreadtune", "run", "--list"])
    ]
    assert listings[0] == listings[1]
    names = [line.split()[0] for line in listings[0].splitlines()]
    assert names == sorted(path.stem for path in (ROOT / "studies").glob("*.yaml"))


@pytest.mark.parametrize("path", sorted((ROOT / "studies").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_study_loads_under_every_profile(path):
    study = load_study(path)
    assert study.description
    for profile in study.profiles:
        load_study(path, profile=profile)


def test_shipped_studies_are_found_from_another_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for study in list_studies():
        assert find_study(study.name) == study.path


def test_no_file_names_this_machine_or_a_package_registry():
    git = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    # In two pieces, so that this file does not name them either.
    unwanted = [a + b for a, b in (("/wo", "rk/"), ("/ro", "ot/"), ("pypi", ".org"), ("python", "hosted.org"))]
    files = [ROOT / name for name in listed.stdout.splitlines()]
    texts = {path: path.read_text(encoding="utf-8", errors="ignore") for path in files if path.is_file()}
    assert texts
    found = [f"{path.relative_to(ROOT)}: {word}" for path, text in texts.items() for word in unwanted if word in text]
    assert not found


def test_no_module_imports_itself_in_a_circle():
    """Imports inside functions and for types alone count: they hide a circle, they do not break it."""
    graph = grimp.build_graph("spreadtune", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert "spreadtune.analysis.compare.report" in imports["spreadtune.analysis.compare.comparison"], "in a function"
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        pytest.fail(" is imported by ".join(error.args[1]))


INTERNALS = {"search/optuna_internals.py", "runtime/ray_internals.py"}


def private_names_of_others(path: Path) -> list[str]:
    """Imports of private modules and names of libraries, and private attributes that the file itself does not make."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    fields = [node.target for node in ast.walk(tree) if isinstance(node, ast.AnnAssign)]
    methods = [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    own = {node.attr for node in attributes if ast.unparse(node.value) == "self"} | set(methods)
    own |= {target.id for target in fields if isinstance(target, ast.Name)} | {"_exit"}  # os._exit has no other name
    imported = [
        f"{module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for module in [getattr(node, "module", None) or ""]
        for alias in node.names
        if not module.startswith("spreadtune")
    ]
    private = [name for name in imported if re.search(r"\._(?!_)", f".{name}")]
    return private + [node.attr for node in attributes if re.match(r"_(?!_)", node.attr) and node.attr not in own]


def test_what_is_private_in_a_library_stands_in_one_module_of_a_room():
    package = ROOT / "spreadtune"
    found = {path.relative_to(package).as_posix(): private_names_of_others(path) for path in package.rglob("*.py")}
    assert {name for name, names in found.items() if names} == INTERNALS, {k: v for k, v in found.items() if v}


def test_the_constraints_pin_every_direct_dependency_once():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(line.count("==") == 1 for line in pins)
    pinned = [canonicalize_name(line.partition("==")[0]) for line in pins]
    assert len(pinned) == len(set(pinned))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    direct = [
        *project["dependencies"],
        *(name for extra in project["optional-dependencies"].values() for name in extra),
    ]
    assert {canonicalize_name(Requirement(requirement).name) for requirement in direct} <= set(pinned)


def test_the_citation_is_of_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["version"] == __version__
    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text()

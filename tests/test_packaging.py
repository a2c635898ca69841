"""sdist and wheel: what they hold, and that an installed wheel works from any folder."""

import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]


def run(*command, cwd: Path) -> str:
    ended = subprocess.run([str(word) for word in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """A folder with the sdist, and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, cwd=ROOT)
    return folder


@pytest.fixture(scope="module")
def installed(built, tmp_path_factory) -> Path:
    """The commands of an environment that holds the wheel, and this environment's libraries behind it."""
    environment = tmp_path_factory.mktemp("environment")
    venv.create(environment, with_pip=False)
    (wheel,) = built.glob("*.whl")
    python = environment / "bin" / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel, cwd=environment)
    # Lines of a .pth file are only appended to the path: the .pth of an editable install there is not followed.
    (own,) = environment.glob("lib/python*/site-packages")
    (own / "libraries.pth").write_text(sysconfig.get_path("purelib"))
    return environment / "bin"


def test_the_sdist_holds_what_a_packager_needs(built):
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {Path(*Path(name).parts[1:]).as_posix() for name in archive.getnames()}
    wanted = {"README.md", "LICENSE", "CHANGELOG.md", "constraints.txt", "docs/architecture.md", "tests/conftest.py"}
    assert wanted | {f"studies/{path.name}" for path in (ROOT / "studies").glob("*.yaml")} <= names
    assert not [name for name in names if name.startswith((".venv", ".git/", "results"))]


def test_the_wheel_holds_studies_assets_and_types(built):
    (wheel,) = built.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assets = {
        f"spreadtune/{path.relative_to(ROOT / 'spreadtune')}"
        for path in (ROOT / "spreadtune/analysis/templates").iterdir()
    }
    studies = {f"spreadtune/_studies/{path.name}" for path in (ROOT / "studies").glob("*.yaml")}
    assert {"spreadtune/analysis/templates/report.html", "spreadtune/py.typed"} | assets | studies <= names
    assert not [name for name in names if name.startswith("tests/")]


def test_the_wheel_s_own_package_is_the_one_that_is_tested(installed, tmp_path):
    code = "import spreadtune; print(spreadtune.__file__)"
    assert Path(run(installed / "python", "-c", code, cwd=tmp_path).strip()).is_relative_to(installed.parent)


def test_studies_are_found_by_name_from_another_folder(installed, tmp_path):
    listed = run(installed / "python", "-m", "spreadtune.study", "--list", cwd=tmp_path)
    assert [line.split()[0] for line in listed.splitlines()] == sorted(
        path.stem for path in (ROOT / "studies").glob("*.yaml")
    )
    code = "import spreadtune; print(spreadtune.load_study('digits_alpha_sweep').name)"
    assert run(installed / "python", "-c", code, cwd=tmp_path).strip() == "digits_alpha_sweep"


def test_an_installed_report_has_its_templates(installed, tmp_path):
    code = "from spreadtune.analysis.page import page; print(page('compare.html', **{words}))"
    words = dict.fromkeys(("title", "names", "command", "runs", "best", "differences", "pairs", "figures"), "")
    shown = run(installed / "python", "-c", code.format(words=words | {"answer": ["found"]}), cwd=tmp_path)
    assert '<p class="lead">found</p>' in shown


def test_the_contracts_come_with_it(installed, tmp_path):
    (tmp_path / "test_it.py").write_text(
        "from spreadtune.testing import ObjectiveContract\n\n\n"
        "class TestInfoNCE(ObjectiveContract):\n"
        "    part = {'name': 'infonce', 'temperature': 0.2}\n"
    )
    told = run(installed / "python", "-m", "pytest", "-q", "-p", "no:xdist", "test_it.py", cwd=tmp_path)
    assert " passed in " in told


def test_the_console_script_works(installed, tmp_path):
    assert "spreadtune [OPTIONS] COMMAND" in run(installed / "spreadtune", "--help", cwd=tmp_path)

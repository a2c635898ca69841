"""The site builds without a warning, fetches nothing, and its references name everything there is."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from spreadtune.cli.main import cli
from spreadtune.spec.domain import DOMAINS
from spreadtune.spec.metrics import METRICS
from spreadtune.spec.study import Study
from tests.docs.pages import ROOT


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The site, built strictly: a page that is in no menu, a dead link or a dead anchor ends it."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT)}
    built = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


def text_of(page: Path) -> str:
    """A page's text without its tags."""
    return re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8"))


@pytest.mark.slow
def test_no_page_or_style_fetches_anything(site):
    pages, styles = list(site.rglob("*.html")), list(site.rglob("*.css"))
    assert pages
    assert styles
    fetching = re.compile(
        r'<(?:script|img|iframe|source)\b[^>]*\bsrc="?(?:https?:)?//|<link\b[^>]*\bhref="?(?:https?:)?//'
    )
    assert not [page.name for page in pages if fetching.search(page.read_text(encoding="utf-8"))]
    assert not [
        style.name for style in styles if re.search(r"url\(.?(?:https?:)?//", style.read_text(encoding="utf-8"))
    ]


def test_the_menu_has_every_page():
    nav = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
    named = re.findall(r"[\w/-]+\.md", str(nav))
    assert sorted(named) == sorted(path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md"))


def test_the_command_reference_names_every_option(site):
    text = text_of(site / "reference" / "commands.html")
    for verb, command in cli.commands.items():
        assert f"spreadtune {verb}" in text
        for parameter in command.params:
            assert parameter.param_type_name == "argument" or parameter.opts[0] in text, (verb, parameter.opts)


def test_the_configuration_reference_names_every_key_and_value(site):
    text = text_of(site / "reference" / "configuration.html")
    schema = Study.model_json_schema()
    for config in (schema, *schema["$defs"].values()):
        for key, value in config["properties"].items():
            assert key in text, key
            for word in (*value.get("enum", ()), value.get("const", key)):
                assert str(word) in text, (key, word)
    assert all(f"search.space.NAME: {domain}" in text for domain in DOMAINS)
    assert all(metric in text for metric in METRICS)


def test_docstrings_roles_are_links(site):
    page = (site / "reference" / "python.html").read_text(encoding="utf-8")
    assert 'href="#spreadtune.objectives.supcon.supcon_loss"' in page
    assert not re.search(r":(?:func|class|mod):", text_of(site / "reference" / "python.html"))

"""What ships for tests needs no pytest, and its documentation names every attribute that a contract has."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from spreadtune import testing
from spreadtune.testing import Contract, NetworkContract

PAGE = (Path(__file__).parents[2] / "docs" / "adding" / "index.md").read_text(encoding="utf-8")
CONTRACTS = {
    contract
    for name in testing.__all__
    if issubclass(contract := getattr(testing, name), Contract) and contract not in (Contract, NetworkContract)
}


def attributes(contract: type[Contract]) -> set[str]:
    """What a subclass may set: values of the class and its bases, but for the part and its family."""
    values = {name for base in contract.__mro__ for name in getattr(base, "__annotations__", {})}
    return values - {"part", "family"}


@pytest.mark.slow
def test_contracts_need_no_pytest():
    code = (
        "import sys, spreadtune.testing; print(*[m for m in ('pytest', '_pytest', 'hypothesis') if m in sys.modules])"
    )
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert loaded.stdout.split() == []


def test_every_family_of_own_parts_has_a_contract():
    families = {contract.family.kind for contract in CONTRACTS}
    assert families == {"objective", "encoder", "decoder", "data set", "augmentation", "corruption"}


def test_the_table_of_attributes_is_that_of_the_contracts():
    table = PAGE.partition("| attribute | of | says |")[2].partition("\n\n")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]
    told = {
        (name, kind) for names, kinds, _ in rows for name in re.findall(r"`(\w+)`", names) for kind in kinds.split(", ")
    }
    assert told == {(name, contract.family.kind) for contract in CONTRACTS for name in attributes(contract)}


def test_the_table_of_families_names_each_contract():
    for contract in CONTRACTS:
        assert re.search(rf"^\| \[{contract.family.kind}\].*`{contract.__name__}` \|$", PAGE, re.MULTILINE)

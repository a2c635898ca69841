"""What a contract says of a broken part."""

from spreadtune.testing import Contract


def claims(contract: type[Contract]) -> set[str]:
    """The names of a contract's tests."""
    return {name for name in dir(contract) if name.startswith("test_")}


def failures(contract: Contract) -> dict[str, str]:
    """The claims that do not hold, each with its message."""
    found = {}
    for name in sorted(claims(type(contract))):
        try:
            getattr(contract, name)()
        except AssertionError as error:
            found[name] = str(error)
    return found

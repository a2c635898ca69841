"""``spreadtune run --list``: what can be run by name."""

from spreadtune.cli.streams import say
from spreadtune.spec.find import list_studies


def list_command() -> int:
    """One line a study: its name and what it asks."""
    studies = list_studies()
    width = max((len(study.name) for study in studies), default=0)
    for study in studies:
        say(f"{study.name:{width}}  {' '.join(study.description.split())}")
    return 0

"""spreadtune: studies of how far supervised contrastive learning should spread a class.

``run``, ``load_study``, ``load_results`` and ``compare`` are imported at their first use, so that
``import spreadtune`` is instant.
"""

from typing import TYPE_CHECKING, Any

from spreadtune.version import __version__

if TYPE_CHECKING:
    from spreadtune.api import compare, load_results, load_study, run

__all__ = ["__version__", "compare", "load_results", "load_study", "run"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from spreadtune import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

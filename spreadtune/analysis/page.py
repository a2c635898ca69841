"""Pages from the templates in ``templates/``: one file each, which needs neither other files nor a network.

Jinja2 escapes whatever a template shows. What is HTML already is ``safe`` there, and all of it comes from here: style
and script of our own, Plotly's library, and drawings, in which Plotly escapes names.
"""

from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from plotly.offline import get_plotlyjs

from spreadtune.analysis.columns import Column, number_columns
from spreadtune.analysis.figures.figure import ReportFigure

_PLOT_CONFIG = {"responsive": True, "displaylogo": False, "displayModeBar": False}


def page(template: str, **values: object) -> str:
    """A page from a template and what it shows; a name that the template asks for and does not get is an error."""
    return _environment().get_template(template).render(values)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("spreadtune.analysis"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"typeset": _typeset, "drawing": _drawing, "figure_numbers": _figure_numbers}
    made.globals |= {"asset": _asset, "plotly_script": get_plotlyjs, "zip": zip}
    return made


def _typeset(text: str) -> str:
    """A sentence with a proper sign where plain text has ``+-``."""
    return text.replace("+-", "±")


def _figure_numbers(figure: ReportFigure) -> list[Column]:
    """What is drawn, without the columns that only say which line a point is on."""
    drawn = figure.numbers.drop(columns=["scheme", "group", "line"], errors="ignore")
    return number_columns(drawn)


def _drawing(figure: ReportFigure) -> str:
    name = f"plot-{figure.name}"
    return str(figure.plot.to_html(full_html=False, include_plotlyjs=False, div_id=name, config=_PLOT_CONFIG))


def _asset(name: str) -> str:
    return (resources.files("spreadtune.analysis") / "templates" / name).read_text(encoding="utf-8")

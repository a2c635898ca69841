"""Tables in LaTeX, for the packages ``booktabs`` and, where they are long, ``longtable``."""

from spreadtune.analysis.export.sheet import Sheet

_ESCAPED = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "–": "--",
    "−": "$-$",
    "±": r"$\pm$",
    **{character: f"\\{character}" for character in "&%$#_{}"},
}


def latex(sheet: Sheet) -> str:
    """A ``tabular`` to be put into a ``table`` of one's own; a ``longtable`` where the sheet is a long one."""
    columns = "".join("r" if numeric else "l" for numeric in sheet.numeric)
    packages = r"\usepackage{booktabs}" + (r" \usepackage{longtable}" if sheet.long else "")
    environment = "longtable" if sheet.long else "tabular"
    head = [r"\toprule", _row(sheet.headings), r"\midrule", *([r"\endhead"] if sheet.long else [])]
    return "\n".join(
        [
            f"% {_one_line(sheet.caption)}",
            f"% {packages}",
            f"\\begin{{{environment}}}{{{columns}}}",
            *head,
            *(_row(row) for row in sheet.rows),
            r"\bottomrule",
            f"\\end{{{environment}}}",
            "",
        ]
    )


def escaped(text: str) -> str:
    """Text that LaTeX sets as it reads; ``+-`` becomes its sign, and line breaks become spaces."""
    return "".join(_ESCAPED.get(character, character) for character in _one_line(text).replace("+-", "±"))


def _row(cells: tuple[str, ...]) -> str:
    return " & ".join(map(escaped, cells)) + r" \\"


def _one_line(text: str) -> str:
    return " ".join(text.split())

"""The report's section, cell by cell."""

import pytest

from spreadtune.analysis.columns import Column
from spreadtune.analysis.export.contents import sheets
from spreadtune.analysis.frame import build_frame
from spreadtune.analysis.paper.claims import order_line
from spreadtune.analysis.paper.published import DATASETS
from spreadtune.analysis.paper.section import AgainstPaper, against_paper
from spreadtune.analysis.results import Results
from tests.analysis.conftest import NewRun
from tests.analysis.paper_runs import VALIDATION, paper_run


def cells(columns: list[Column]) -> dict[str, list[str]]:
    return {column.heading: [cell.text for cell in column] for column in columns}


def section(results: Results) -> AgainstPaper:
    found = against_paper(build_frame(results))
    assert found
    return found


def test_measured_stands_beside_published(new_run: NewRun) -> None:
    # By hand: t(0.975, 2) = 4.3027, so +- 2.5 where three values are one point apart; spread on test +- 4.3.
    found = section(paper_run(new_run).write())
    assert cells(found.methods) == {
        "method": [
            "SupCon",
            "SupCon + class-conditional InfoNCE",
            "autoencoder with cross-entropy",
            "autoencoder with SupCon",
            "SupCon twice",
            "Thanos",
        ],
        "setting": [
            "supcon (alpha 0)",
            "spread (alpha 0.5)",
            "autoencoder",
            "supcon_autoencoder (alpha 0)",
            "supcon_x2 (alpha 0)",
            "thanos (alpha 0.5)",
        ],
        "published, %": ["51.8", "77.1", "71.7", "71.7", "not published", "79.1"],
        "measured, %": ["50.0 ± 2.5", "61.0 ± 4.3", "51.0 ± 0.0", "46.0 ± 2.5", "60.0 ± 2.5", "71.0 ± 2.5"],
        "seeds": ["3"] * 6,
        "images": ["test", "test", "validation", "validation", "validation", "test"],
        "gain, published": ["–", "+25.3", "+19.9", "+19.9", "–", "+27.3"],
        "gain, measured": ["–", "+11.0 ± 2.5", "+0.0 ± 2.5", "-5.0 ± 0.0", "+9.0 ± 2.5", "+21.0 ± 2.5"],
        "over SupCon twice": ["–"] * 5 + ["+15.0 ± 0.0 on validation"],
    }
    assert cells(found.order)["published"] == ["+25.3", "+19.9", "+19.9", "+27.3", "+2.0", "+7.4", "+7.4"]


def test_without_a_confirmation_all_is_of_validation(new_run: NewRun) -> None:
    table = cells(section(paper_run(new_run, test={}).write()).methods)
    assert set(table["images"]) == {"validation"}
    assert table["measured, %"][-1] == "75.0 ± 2.5"
    assert table["over SupCon twice"][-1] == "+15.0 ± 0.0"


@pytest.mark.parametrize("dataset", [name for name in DATASETS if name != "cifar10"])
def test_of_other_data_sets_the_mean_gain_alone_is_known(new_run: NewRun, dataset: str) -> None:
    found = section(paper_run(new_run, dataset=dataset).write())
    table = cells(found.methods)
    assert "published, %" not in table
    assert table["gain, published"] == ["–"] * 5 + ["+11.1 (mean)"]
    assert "published" not in cells(found.order)
    assert found.notes[1].startswith(f"Nothing else that was published of {DATASETS[dataset]} is known here")


def test_report_and_export_have_it(new_run: NewRun) -> None:
    results = paper_run(new_run).write()
    page = results.write_report().read_text()
    places = [page.index(f'<h2 id="{name}">') for name in ("confirmation", "paper", "figures")]
    assert places == sorted(places)
    assert "<li>batch: " not in page
    assert "<li>epochs: published 600, here 12</li>" in page
    assert "The code trains a cross-entropy on the class beside every loss." in page
    names = [each.name for each in sheets(results, build_frame(results))]
    assert {"paper", "paper_order"} <= set(names)


def test_elsewhere_there_is_none(new_run: NewRun, sweep: Results) -> None:
    twice = {("supcon_x2", 0): VALIDATION["supcon_x2", 0], ("joint", 0): VALIDATION["joint", 0]}
    for results in (
        sweep,
        paper_run(new_run, dataset="digits").write(),
        paper_run(new_run, dataset="fashion_mnist").write(),
        paper_run(new_run, validation=twice, test={}).write(),
    ):
        frame = build_frame(results)
        assert against_paper(frame) is None
        assert order_line(frame) == ""
    assert not [each for each in sheets(sweep, build_frame(sweep)) if each.name.startswith("paper")]

"""What the workbook promises."""

import datetime as dt

import openpyxl
import pytest
from from_gold import assessments
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_results import odd_results

from checker.codebook import WHAT_THE_TOOL_DOES_NOT_DO
from checker.record import Failure, Unreadable
from checker.report import xlsx

SCAN = Unreadable(source="scan.pdf", error=Failure(kind="no-text", message="scan.pdf has no text."))
RESULTS = (*assessments()[:10], SCAN, *assessments()[10:20])


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    path = tmp_path_factory.mktemp("xlsx") / "report.xlsx"
    xlsx.write(RESULTS, path)
    return openpyxl.load_workbook(path)


def rows(sheet) -> list[dict]:
    head, *body = sheet.iter_rows(values_only=True)
    return [dict(zip(head, cells, strict=True)) for cells in body]


def words(book) -> str:
    return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)


def test_there_is_a_summary_a_record_and_an_action_sheet(book):
    assert book.sheetnames == ["Summary", "Records", "Actions", "About"]


def test_every_record_has_a_row_with_its_place_worst_first(book):
    records = rows(book["Records"])
    assert [row["Record"] for row in records] == [a.id for a in assessments()[:20]]
    ranked = sorted(records, key=lambda row: row["Worst first"])
    assert [row["Worst first"] for row in ranked] == list(range(1, 21))
    weak = [row["Weak"] for row in ranked]
    assert weak == sorted(weak, reverse=True) and set(weak) == {"weak", "not weak"}


def test_every_action_has_a_row_in_its_own_words(book):
    units = [unit for assessment in assessments()[:20] for unit in assessment.units if unit.action]
    actions = rows(book["Actions"])
    assert [row["Words"] for row in actions] == [unit.text for unit in units]
    assert [row["Who"] for row in actions] == [
        ("missing", "partly", "present")[unit.action.who] for unit in units
    ]


def test_dates_are_dates(book):
    assert rows(book["Records"])[0]["Date"] == dt.datetime(2024, 5, 16)


def test_heads_stay_in_view_and_columns_can_be_filtered(book):
    for name in ("Records", "Actions"):
        assert book[name].freeze_panes == "A2"
        assert book[name].auto_filter.ref == book[name].dimensions


def test_what_could_not_be_read_is_in_the_summary(book):
    assert ("scan.pdf", "scan.pdf has no text.") in [row[:2] for row in book["Summary"].values]


def test_the_workbook_says_which_model_spoke_and_what_the_tool_does_not_do(book):
    said = [cell for row in book["About"].values for cell in row if cell]
    assert f"Model gold 1, SHA-256 {'0' * 64}" in said
    assert set(WHAT_THE_TOOL_DOES_NOT_DO) <= set(said)


def test_without_text_nothing_quotes_a_note(tmp_path):
    xlsx.write(RESULTS, tmp_path / "bare.xlsx", text=False)
    said = words(openpyxl.load_workbook(tmp_path / "bare.xlsx"))
    assert "By when?" in said
    assert not [u.text for a in assessments()[:20] for u in a.units if len(u.text) > 25 and u.text in said]


def test_the_same_results_give_the_same_file(tmp_path):
    xlsx.write(RESULTS, tmp_path / "one.xlsx")
    xlsx.write(RESULTS, tmp_path / "two.xlsx")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_a_sheet_that_is_full_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(xlsx, "ROWS", 5)
    xlsx.write(RESULTS, tmp_path / "full.xlsx")
    last = list(openpyxl.load_workbook(tmp_path / "full.xlsx")["Records"].values)[-1]
    assert last[0] == xlsx.FULL


def test_a_run_that_breaks_off_leaves_the_old_workbook_and_nothing_else(tmp_path):
    path = tmp_path / "report.xlsx"
    path.write_text("the old workbook")

    class Broken(list):
        passes = 0

        def __iter__(self):
            self.passes += 1
            yield from super().__iter__()
            if self.passes == 2:
                raise OSError("the disk went away")

    with pytest.raises(OSError, match="went away"):
        xlsx.write(Broken(RESULTS), path)
    assert path.read_text() == "the old workbook"
    assert list(tmp_path.iterdir()) == [path]


@settings(max_examples=25, deadline=None)
@given(st.lists(odd_results, max_size=3), st.booleans())
def test_whatever_the_text_the_workbook_opens_and_holds_no_formula_or_link(tmp_path_factory, results, text):
    path = tmp_path_factory.mktemp("odd") / "odd.xlsx"
    xlsx.write(results, path, text)
    for sheet in openpyxl.load_workbook(path):
        for row in sheet.iter_rows():
            assert not [cell for cell in row if cell.data_type == "f" or cell.hyperlink]

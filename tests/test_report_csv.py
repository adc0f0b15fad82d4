"""What the CSV rows promise."""

import csv
import io

from from_gold import assessments
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace
from odd_results import odd_results

from checker.codebook import WHAT_THE_TOOL_DOES_NOT_DO
from checker.record import Failure, Unreadable
from checker.report import csv_rows

SCAN = Unreadable(source="scan.pdf", error=Failure(kind="no-text", message="scan.pdf has no text."))


def read(*rows: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((csv_rows.HEADER + b"".join(rows)).decode("utf-8"), newline="")))


@given(odd_results, st.booleans())
def test_a_result_is_one_physical_line_with_every_column(result, text):
    written = csv_rows.row(result, text).decode("utf-8")
    assert written.endswith("\n") and len(written.splitlines()) == 1
    (cells,) = csv.reader([written])
    assert len(cells) == len(csv_rows.COLUMNS)


@given(odd_results)
@example(replace(assessments()[0], id="=HYPERLINK(A1)", source=" +1"))
def test_no_cell_begins_a_formula(result):
    (cells,) = csv.reader([csv_rows.row(result).decode("utf-8")])
    assert not [cell for cell in cells if cell.lstrip()[:1] in tuple("=+-@＝＋－＠")]


def test_a_row_says_what_the_assessment_says():
    whole = assessments()[0]
    (row,) = read(csv_rows.row(whole))
    assert (row["id"], row["date"], row["reflection"]) == (whole.id, "2024-05-16", whole.reflection.band)
    assert float(row["reflection_explaining"]) == whole.reflection.probabilities["explaining"]
    assert float(row["share_fact"]) == whole.reflection.share["fact"]
    assert int(row["actions"]) == whole.plan.actions
    assert row["rules"].split() == list(dict.fromkeys(finding.rule for finding in whole.findings))


def test_every_row_carries_the_model_and_what_the_tool_does_not_do():
    (row,) = read(csv_rows.row(assessments()[0]))
    assert (row["model"], row["model_version"]) == ("gold", "1")
    assert all(sentence in row["about"] for sentence in WHAT_THE_TOOL_DOES_NOT_DO)


def test_an_input_that_could_not_be_read_has_its_own_row():
    (row,) = read(csv_rows.row(SCAN))
    assert (row["source"], row["error"]) == ("scan.pdf", "scan.pdf has no text.")
    assert row["weak"] == ""


def test_without_text_a_row_has_the_question_but_not_the_words_it_is_about():
    whole = assessments()[0]
    quoted, bare = read(csv_rows.row(whole), csv_rows.row(whole, text=False))
    words = "Chinedu's invitation"
    assert words in quoted["questions"] and words not in "".join(bare.values())
    assert "By when?" in bare["questions"]

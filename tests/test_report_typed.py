"""What the typed columns promise, before any Spark: the contract, and nothing lost."""

import pyarrow
import pytest
from from_gold import assessments
from hypothesis import given
from odd_results import odd_results

from checker.record import Failure, Unreadable
from checker.report import jsonl, typed


def through_arrow(result, text=True):
    batch = pyarrow.RecordBatch.from_pylist([typed.row(result, text)], typed.schema())
    return typed.result(batch.to_pylist()[0])


@given(odd_results)
def test_a_row_is_read_back_exactly(result):
    assert typed.result(typed.row(result)) == result


def test_every_note_of_the_corpus_comes_back_through_arrow_to_the_same_line():
    for assessment in assessments():
        assert jsonl.line(through_arrow(assessment)) == jsonl.line(assessment)


def test_an_error_row_comes_back_with_its_source_and_sentence():
    result = Unreadable(source="a.csv#row 2", error=Failure(kind="empty", message="No words in it."))
    assert through_arrow(result) == result


def test_without_text_no_unit_holds_a_word():
    assert jsonl.line(through_arrow(assessments()[0], text=False)) == jsonl.line(assessments()[0], text=False)


def test_bands_are_flat_columns_and_units_and_findings_nested_ones():
    schema = typed.schema()
    assert schema.field("reflection_band").type == schema.field("plan_band").type == pyarrow.string()
    assert schema.field("plan_specific").type == pyarrow.int64()
    assert schema.field("date").type == pyarrow.date32()
    unit = schema.field("units").type.value_type
    assert {unit.field("flags").type, unit.field("action").type.field("who").type} == {
        pyarrow.list_(pyarrow.string()),
        pyarrow.int64(),
    }


def test_a_row_of_something_else_is_refused():
    with pytest.raises(ValueError):
        typed.result({"id": "1", "text": "Seen at school."})

"""What the JSON lines promise."""

import json

import msgspec
import pytest
from from_gold import assessments
from hypothesis import given
from odd_results import odd_results

from checker.report import jsonl


@given(odd_results)
def test_what_is_written_is_read_back_exactly(result):
    assert jsonl.decode(jsonl.line(result)) == result


@given(odd_results)
def test_one_result_is_one_line_of_utf_8(result):
    written = jsonl.line(result)
    assert written.endswith(b"\n") and written.count(b"\n") == 1
    json.loads(written.decode("utf-8"))


def test_every_note_of_the_corpus_comes_back_exactly():
    for assessment in assessments():
        assert jsonl.decode(jsonl.line(assessment)) == assessment


def test_an_assessment_is_written_as_the_contract_says():
    written = json.loads(jsonl.line(assessments()[0]))
    assert written["schema"] == 1
    assert {"id", "source", "record_type", "model", "reflection", "plan", "weak", "weak_probability"} <= set(
        written
    )
    assert all(("action" in unit) == (unit["label"] == "action") for unit in written["units"])


def test_without_text_spans_and_labels_stay_and_words_go():
    whole = assessments()[0]
    bare = jsonl.decode(jsonl.line(whole, text=False))
    assert {unit.text for unit in bare.units} == {""}
    assert [(u.start, u.end, u.line, u.label) for u in bare.units] == [
        (u.start, u.end, u.line, u.label) for u in whole.units
    ]
    assert bare.findings == whole.findings


@pytest.mark.parametrize("line", [b"", b"[]", b"{}", b'{"error": 1}', b'{"schema": 1', b"\xff", b"null"])
def test_a_line_that_holds_no_result_is_refused(line):
    with pytest.raises(ValueError):
        jsonl.decode(line)


def test_a_line_from_a_later_version_with_more_keys_is_read():
    later = msgspec.json.decode(jsonl.line(assessments()[0])) | {"new": 1}
    assert jsonl.decode(msgspec.json.encode(later)) == assessments()[0]

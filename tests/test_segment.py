"""Text to units (codebook section 1)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.segment import segment
from training.corpus import read

lines = st.lists(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
    | st.sampled_from(
        ["- SW to ring GP.", "What | Who | When", "1.2 Seen at home. Happy.", "\t", "…", "e.g. S.47"]
    ),
    max_size=8,
)
texts = st.builds(lambda parts, end: end.join(parts), lines, st.sampled_from(["\n", "\r\n", "\r", "\u2028"]))


def cut(text: str) -> list[str]:
    return [unit.text for unit in segment(text)]


def test_units_are_those_of_the_labelled_corpus():
    right = found = wanted = 0
    for record in read():
        reference = {(unit.start, unit.end) for unit in record.units}
        ours = {(unit.start, unit.end) for unit in segment(record.text)}
        right, found, wanted = right + len(reference & ours), found + len(ours), wanted + len(reference)
    f1 = 2 * right / (found + wanted)
    assert f1 >= 0.98


@given(texts)
def test_spans_are_ordered_disjoint_exact_and_cover_every_word(text):
    units = segment(text)
    end = 0
    covered = set()
    for unit in units:
        assert end <= unit.start < unit.end
        assert text[unit.start : unit.end] == unit.text == unit.text.strip()
        end = unit.end
        covered.update(range(unit.start, unit.end))
    assert all(match.start() in covered for match in re.finditer(r"\w", text))


@given(texts)
def test_units_stand_on_the_line_that_they_name(text):
    rows = text.splitlines()
    for unit in segment(text):
        assert unit.text in rows[unit.line]


@pytest.mark.parametrize(
    "whole",
    [
        "Strategy meeting under S.47 held.",
        "Food, e.g. toast, is on the table.",
        "Seen on 14.03.25 at school.",
        "Lives at No. 12 with Mr. Shah.",
        "Mother (K. Price) rang.",
        "Ring GP | SW | 14 March. Done.",
        "Ring GP\tSW\tASAP. Urgent.",
        "3. Actions",
        "SW view - he is settled.",
    ],
)
def test_one_unit_stays_whole(whole):
    assert cut(whole) == [whole]


def test_a_line_is_cut_after_each_sentence():
    assert cut("Seen at home. Happy! Is he safe? Yes.") == ["Seen at home.", "Happy!", "Is he safe?", "Yes."]


def test_a_closing_quotation_mark_stays_with_its_sentence():
    assert cut("She said “I want to go home.” Mum cried.") == ["She said “I want to go home.”", "Mum cried."]


def test_headings_and_bullets_on_their_own_lines_are_units():
    assert cut("Reflection:\n\n- Ring GP\n• Ring school") == ["Reflection:", "- Ring GP", "• Ring school"]


def test_an_empty_text_has_no_unit():
    assert segment("") == segment(" \n\t\n … \n") == []


def test_a_long_line_without_stops_is_cut_before_the_words_that_open_a_sentence():
    assert cut(
        "SW visited Amy at Hope Primary on Monday with Mum and she was quiet Because nobody had told her "
        "What does she make of it Everyone's worried She's asked to see Dad in May"
    ) == [
        "SW visited Amy at Hope Primary on Monday with Mum and she was quiet",
        "Because nobody had told her",
        "What does she make of it",
        "Everyone's worried",
        "She's asked to see Dad in May",
    ]

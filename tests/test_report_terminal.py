"""What the terminal promises."""

import io
import re

from from_gold import assessments
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from odd_results import odd_assessments, odd_results
from rich.cells import cell_len
from rich.console import Console

from checker.codebook import PLAN_SENTENCES, REFLECTION_SENTENCES, WHAT_THE_TOOL_DOES_NOT_DO
from checker.record import Failure, Unreadable
from checker.report import terminal
from checker.rules import first_questions

NOTE = assessments()[0]
SCAN = Unreadable(source="scan.pdf", error=Failure(kind="no-text", message="scan.pdf has no text."))


def one(assessment=NOTE, all=False, text=True, **console) -> str:
    out = io.StringIO()
    first = first_questions(assessment.findings)
    terminal.one(assessment, first, Console(file=out, width=80, **console), all, text)
    return out.getvalue()


def many(results, **console) -> str:
    out = io.StringIO()
    terminal.many(results, Console(file=out, width=80, **console))
    return out.getvalue()


def unwrapped(printed: str) -> str:
    return " ".join(printed.split())


def test_both_bands_are_said_in_a_plain_sentence():
    said = re.sub(r"\s+", " ", one())
    # A sentence beside its band wraps in a column of its own, so its first words tell it.
    assert REFLECTION_SENTENCES[NOTE.reflection.band][:40] in said
    assert PLAN_SENTENCES[NOTE.plan.band][:40] in said
    assert "not weak" in said


def test_no_line_is_wider_than_the_terminal():
    for assessment in assessments()[:30]:
        printed = one(assessment, all=True) + many(assessments()[:30])
        assert max(map(cell_len, printed.splitlines())) <= 80


def test_piped_there_are_no_colours_and_on_a_terminal_there_are():
    assert "\x1b" not in one()
    assert "\x1b" in one(force_terminal=True)


def test_at_most_five_questions_come_first_and_all_shows_the_rest():
    first = one().split("The note ──")[0]
    assert "\n5. " in first and "\n6. " not in first and "--all" in first
    everything = one(all=True)
    assert "--all" not in everything
    assert all(finding.question in everything for finding in NOTE.findings)


def test_the_note_is_shown_whole_with_a_tag_before_each_unit():
    said = unwrapped(one())
    for unit in NOTE.units:
        tag = "" if unit.label == "admin" else f"[{unit.label}] "
        assert tag + unwrapped(unit.text) in said


def test_without_text_nothing_of_the_note_is_shown():
    said = unwrapped(one(all=True, text=False))
    assert "By when?" in said and "[fact]" not in said
    assert not [unit.text for unit in NOTE.units if len(unit.text) > 10 and unit.text in said]


def test_markup_in_a_note_is_shown_and_not_obeyed():
    units = (replace(NOTE.units[0], text="[bold]Plan[/bold] :smile:", label="fact"),)
    assert "[bold]Plan[/bold] :smile:" in one(replace(NOTE, units=units, findings=()))


@settings(max_examples=30, deadline=None)
@given(odd_assessments(), st.booleans())
def test_no_note_can_drive_the_terminal(assessment, text):
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", one(assessment, all=True, text=text))


@settings(max_examples=20, deadline=None)
@given(st.lists(odd_results, max_size=4))
def test_no_table_of_notes_can_drive_the_terminal(results):
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", many(results))


def test_many_records_are_listed_worst_first_with_a_summary():
    results = [*assessments()[:20], SCAN]
    printed = many(results)
    listed = re.findall(r"^(t01-\d\d)", printed, re.MULTILINE)
    weak = {a.id: a.weak for a in assessments()[:20]}
    assert sorted(listed) == sorted(weak)
    assert [weak[id] for id in listed] == sorted(weak.values(), reverse=True)
    assert f"{sum(weak.values())} of 20 records weak." in printed
    assert "scan.pdf: scan.pdf has no text." in printed


def test_the_likelier_weak_come_first_and_then_the_lower_bands():
    weak = next(a for a in assessments() if a.weak and a.reflection.band == "listing")
    better = next(a for a in assessments() if a.weak and a.reflection.band == "exploring")
    results = [
        replace(better, id="likely", weak_probability=0.9),
        replace(better, id="exploring", weak_probability=0.6),
        replace(weak, id="listing", weak_probability=0.6),
        replace(NOTE, id="sound", weak_probability=0.95),
    ]
    listed = re.findall("^(likely|exploring|listing|sound) ", many(results), re.MULTILINE)
    assert listed == ["likely", "listing", "exploring", "sound"]


def test_on_a_screen_the_worst_are_not_scrolled_away_and_piped_none_is_left_out():
    results = assessments()[:60]
    on_a_screen, piped = many(results, force_terminal=True, no_color=True), many(results)
    assert "and 10 records more" in on_a_screen and "records more" not in piped
    assert all(assessment.id in piped for assessment in results)


def test_nothing_is_said_of_teams_and_workers():
    named = replace(NOTE, worker="Worker Wilson", team="Team Tulip", supervisor="Sue Visor", person="P-1")
    assert not re.search("Wilson|Tulip|Visor|P-1", one(named, all=True) + many([named]))


def test_every_report_says_which_model_spoke_and_what_the_tool_does_not_do():
    for said in (unwrapped(one()), unwrapped(many([NOTE]))):
        assert "Model gold 1" in said
        assert all(sentence in said for sentence in WHAT_THE_TOOL_DOES_NOT_DO)


def test_no_records_at_all_is_said_and_not_a_mistake():
    assert "0 of 0 records weak." in many([]) and "Specific actions" not in many([])

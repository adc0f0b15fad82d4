"""What checking one note on the page promises."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from page_client import NOTES, Visitor, checker, marked, tree, words

from checker.page.changes import changes, outcome, written
from checker.page.lengths import LONGEST_NOTE, MOST_UNITS
from checker.page.upwards import plan_upwards, reflection_upwards
from checker.report.words import plain

NOTE = (NOTES[0].parent / "neglect-four-weekly.txt").read_text(encoding="utf-8")
VAGUE = "Seen at school. Happy. No concerns. Placement going well. SW to continue to monitor."
BETTER = (
    "Seen at school on 3 March; Ella said she misses her sister and hides at break. That matters because she has "
    "stopped eating lunch since contact was cut. We could be wrong that school is the cause: it may be the move. "
    "I wonder whether she is protecting mum; we do not know who collects her on Fridays. Agreed to restore contact, "
    "because she asked for it. SW to arrange a visit to her sister by 14 March 2025 so that Ella sees her weekly; "
    "TM to check with Ella on 21 March 2025, and if it has not begun TM to take it to the IRO."
)


@pytest.fixture(scope="module")
def visitor():
    return Visitor()


def shown_bands(answer) -> list[str]:
    return [words(item.find("strong")) for item in marked(tree(answer), "dl", class_="bands")[0].iter("dd")]


def expected(assessment) -> list[str]:
    return [
        "weak" if assessment.weak else "not weak",
        plain(assessment.reflection.band),
        plain(assessment.plan.band),
    ]


@pytest.mark.parametrize("path", NOTES, ids=lambda path: path.name)
def test_a_file_is_judged_as_checker_check_judges_it(visitor, path):
    answer = visitor.sends("/note", (path.name, path.read_bytes()))
    (assessment,) = checker().check_files([path])
    assert answer.status_code == 200
    assert shown_bands(answer) == expected(assessment)


def test_a_pasted_note_is_judged_as_checker_check_judges_it(visitor):
    assert shown_bands(visitor.sends("/note", note=NOTE)) == expected(checker().check(NOTE))


def test_the_kind_of_record_chosen_is_the_kind_that_is_judged(visitor):
    note = "Agreed not to apply for an order now, because both parents keep to the plan."
    kind = "management_oversight"
    shown = shown_bands(visitor.sends("/note", note=note, kind=kind))
    assert shown == expected(checker().check(note, kind)) and shown[0] == "not weak"


def test_each_unit_is_tagged_and_explains_itself_without_a_script(visitor):
    page = tree(visitor.sends("/note", note=NOTE))
    tags = [button for button in page.iter("button") if button.get("popovertarget", "").startswith("why")]
    tags = [button for button in tags if button.get("popovertargetaction") is None]
    explained = {
        element.get("id"): element for element in page.iter("div") if element.get("popover") is not None
    }
    units = checker().check(NOTE).units
    assert len(tags) == len(units)
    for button, unit in zip(tags, units, strict=True):
        assert words(button).startswith(unit.label)
        assert unit.label in words(explained[button.get("popovertarget")])


def test_at_most_five_questions_come_first(visitor):
    page = tree(visitor.sends("/note", note=VAGUE))
    section = next(e for e in page.iter("section") if e.get("aria-labelledby") == "questions")
    assert 1 <= len(section.find("ol").findall("li")) <= 5


def test_the_note_stands_in_the_form_as_it_was_sent(visitor):
    answer = visitor.sends("/note", note=f"\n\n{NOTE}")
    (box,) = marked(tree(answer), "textarea", name="note")
    assert box.text == f"\n\n{NOTE}"


def test_checking_again_says_what_changed(visitor):
    first = visitor.sends("/note", note=VAGUE)
    (before,) = marked(tree(first), "input", name="before")
    again = visitor.sends("/note", note=BETTER, before=before.get("value"))
    section = next(e for e in tree(again).iter("section") if e.get("aria-labelledby") == "changes")
    told = words(section)
    assert "Plan: from weak to strong" in told
    assert "Answered: " in told
    assert "No question is answered yet" not in told


def test_a_mistake_in_between_does_not_lose_what_there_is_to_compare_with(visitor):
    (before,) = marked(tree(visitor.sends("/note", note=VAGUE)), "input", name="before")
    mistake = visitor.sends("/note", note="", before=before.get("value"))
    (kept,) = marked(tree(mistake), "input", name="before")
    assert mistake.status_code == 400 and kept.get("value") == before.get("value")


def test_checking_the_same_again_answers_nothing(visitor):
    (before,) = marked(tree(visitor.sends("/note", note=VAGUE)), "input", name="before")
    section = next(
        e
        for e in tree(visitor.sends("/note", note=VAGUE, before=before.get("value"))).iter("section")
        if e.get("aria-labelledby") == "changes"
    )
    assert "Plan: weak, as before" in words(section) and "No question is answered yet" in words(section)


def test_what_a_form_carries_along_holds_no_word_of_the_note():
    secret = "Zebediah Quillfeather"
    carried = written(outcome(checker().check(f"{secret} was seen at school. {VAGUE}")))
    assert "Zebediah" not in carried and "Quillfeather" not in carried


@given(st.text())
@settings(max_examples=200)
def test_an_invented_outcome_is_passed_over(field):
    assert changes(field, ASSESSED) is None


ASSESSED = checker().check(VAGUE)


def test_what_would_move_a_band_up_does_move_it_up():
    assert plan_upwards(ASSESSED).startswith("Let the action say who does what by when")
    assert "what it means for this person" in reflection_upwards(checker().check(f"{VAGUE} " * 4))
    assert plan_upwards(checker().check(BETTER)) == "There is no band above this one."


def test_a_note_downloads_as_the_report_that_checker_check_writes(visitor):
    answer = visitor.sends("/note/report", note=NOTE, name="ella 3/4")
    assert answer.headers["content-disposition"] == 'attachment; filename="checked-ella-3-4.html"'
    assert "<style>" in answer.text and "Worst first" in answer.text


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (("notes.xlsx", b"PK"), "notes.xlsx is a table"),
        (("note.pages", b"x"), "note.pages cannot be read"),
        (("note.doc", b"x"), "note.doc cannot be read; save the note as Word (.docx)"),
        (("note.docx", b"not a zip"), "note.docx"),
        (("note.pdf", b"%PDF-1.4 broken"), "note.pdf is damaged"),
        (("note.txt", b"   "), "note.txt"),
        (None, "Paste a note, or choose a file."),
    ],
)
def test_what_cannot_be_checked_is_said_in_a_sentence_above_the_form(visitor, file, sentence):
    answer = visitor.sends("/note", file, note="")
    page = tree(answer)
    assert answer.status_code == 400
    assert sentence in words(marked(page, "div", class_="govuk-error-summary")[0])
    assert marked(page, "textarea", name="note")


@pytest.mark.parametrize("note", ["Seen at school. " * (LONGEST_NOTE // 15), "a\n" * (MOST_UNITS + 1)])
def test_a_note_longer_than_anybody_writes_is_refused(visitor, note):
    answer = visitor.sends("/note", note=note)
    assert answer.status_code == 400 and "too long for one note" in answer.text


@given(st.text(max_size=400))
@settings(max_examples=60)
def test_any_text_is_answered_and_comes_back_as_it_was(text):
    visitor = Visitor()
    answer = visitor.sends("/note", note=text)
    assert answer.status_code in (200, 400)
    if answer.status_code == 200 and text.isprintable():
        assert marked(tree(answer), "textarea", name="note")[0].text == text

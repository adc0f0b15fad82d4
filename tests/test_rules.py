"""What each rule asks of a record, and what it leaves alone.

Most promises are made on notes whose units are labelled by hand here, so that a rule is tried on its
own. At the end every rule's own examples go through the whole checker.
"""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker import Checker, rules
from checker.codebook import ActionKind, Element, Flag, Label, RecordType, action_band
from checker.judge import judge
from checker.record import (
    UNSET,
    Action,
    Assessment,
    BandTemperatures,
    LabelledUnit,
    Labelling,
    Model,
    Record,
    Severity,
    Unit,
)
from checker.rules.rule import WHOLE_RECORD
from checker.segment import segment
from checker.settings import Settings

ALL = rules.all_rules()
MO, PERSONAL, GROUP = RecordType.MANAGEMENT_OVERSIGHT, RecordType.PERSONAL, RecordType.GROUP

LONG_ENOUGH = (
    "SW visited on 3 March and saw both children. School attendance is 84% and the dentist was seen. "
    "The core group met on 14 March with the health visitor, the school nurse and the tenancy officer. "
    "Dad moved to Leeds in January and works nights.",
    "fact",
)
"""Enough words to be scorable, all of them fact."""


def note(*lines: tuple[str, str], record_type: RecordType = RecordType.CASE) -> Assessment:
    """Judge a note labelled by hand: lines of text, each with its label and then flags, an action's six
    elements as digits, and its kind where it is process. Sentences on one line share these."""
    text = "\n".join(line for line, _ in lines)
    units = tuple(marked(unit, lines[unit.line][1].split()) for unit in segment(text))
    labels = list(Label)
    labelling = Labelling(
        units,
        np.eye(len(labels))[[labels.index(unit.label) for unit in units]].reshape(-1, len(labels)),
        np.array([[float(flag in unit.flags) for flag in Flag] for unit in units]).reshape(-1, len(Flag)),
        np.full((len(units), len(Element), 3), 1 / 3),
    )
    record = Record(text=text, id="note", source="note.txt", record_type=record_type)
    return judge(record, labelling, Model("by hand", "0", ""), BandTemperatures())


def marked(unit: Unit, marks: list[str]) -> LabelledUnit:
    label, *rest = marks
    scores = next((mark for mark in rest if mark.isdigit()), "220000")
    elements = dict(zip(Element, map(int, scores), strict=True))
    kind = ActionKind.PROCESS if "process" in rest else ActionKind.CHANGE
    action = Action(**{e.value: n for e, n in elements.items()}, band=action_band(elements), kind=kind)
    return LabelledUnit(
        start=unit.start,
        end=unit.end,
        text=unit.text,
        line=unit.line,
        label=Label(label),
        probability=1.0,
        flags=tuple(flag for flag in Flag if flag.value in rest),
        action=action if label == Label.ACTION else UNSET,
    )


def asked(rule: str, assessment: Assessment) -> list[str]:
    """What a rule asks about: the words quoted, or an empty string for the whole record."""
    words = {(unit.start, unit.end): unit.text for unit in assessment.units}
    findings = rules.ask(assessment).findings
    return [words.get((f.start, f.end), "") for f in findings if f.rule == rule]


# Reflection


def test_a_list_of_facts_is_asked_what_it_means():
    assert asked("no-reflection", note(LONG_ENOUGH)) == [""]


def test_one_reason_is_enough_for_the_note_not_to_be_a_list():
    assert not asked("no-reflection", note(LONG_ENOUGH, ("He is late because the bus was cut.", "reasoned")))


def test_a_short_note_is_asked_for_more_and_not_for_reflection():
    short = note(("Visited. All fine.", "fact"))
    assert asked("too-short", short) == [""]
    assert not asked("no-reflection", short) and not asked("no-voice", short)


def test_a_judgement_without_reason_is_quoted():
    assert asked("judgement-without-evidence", note(LONG_ENOUGH, ("Mum engaging well.", "judgement"))) == [
        "Mum engaging well."
    ]


PLATITUDE = "It is important that we keep on holding the lived experience firmly in mind."


def test_a_fluent_sentence_about_nobody_is_asked_whom_it_is_about_and_nothing_else():
    fluent = note(LONG_ENOUGH, (PLATITUDE, "judgement"))
    assert asked("fluent-but-general", fluent) == [PLATITUDE]
    assert not asked("judgement-without-evidence", fluent)


@pytest.mark.parametrize(
    "specific",
    [
        "It is important that we keep on holding how Amira lives firmly in mind.",
        "It is important that we keep on holding what mum has said firmly in mind.",
        "It is important that we keep on holding 3 March firmly in mind at all times.",
        "It is important that we keep on holding “leave me alone” firmly in mind.",
    ],
)
def test_a_name_a_relative_a_date_or_words_quoted_make_a_sentence_specific(specific):
    assert not asked("fluent-but-general", note(LONG_ENOUGH, (specific, "judgement")))


@pytest.mark.parametrize(
    "lines",
    [
        [("Reflection", "admin"), ("Actions", "admin"), ("SW to ring.", "action")],
        [("3. Analysis:", "admin"), ("N/A", "admin"), ("Actions", "admin")],
        [("Reflective discussion", "admin"), ("As above", "fact"), ("Actions", "admin")],
        [("Q4 Hypotheses", "admin"), ("(what are we wondering about?)", "admin"), ("Plan", "admin")],
        [("What does this mean for the child?", "admin")],
        [("Reflection: N/A this time", "admin"), ("Visited on 3 May.", "fact")],
        [("Analysis: –", "admin"), ("Visited on 3 May.", "fact")],
    ],
)
def test_an_empty_reflective_heading_is_quoted(lines):
    assert asked("empty-reflection", note(*lines)) == [lines[0][0]]


@pytest.mark.parametrize(
    "lines",
    [
        [("Reflection", "admin"), ("He may be tired.", "exploratory")],
        [("Reflection: he may be tired.", "exploratory"), ("Actions", "admin")],
        [("Analysis", "admin"), ("Nothing adds up so far.", "exploratory")],
        [("Reflective group supervision", "admin"), ("Actions", "admin")],
        [("Update", "admin"), ("Actions", "admin")],
        [
            ("Analysis", "admin"),
            ("Hypothesis 1", "admin"),
            ("He may be tired.", "exploratory"),
            ("Plan", "admin"),
        ],
    ],
)
def test_a_reflective_heading_with_words_under_it_and_a_title_are_left_alone(lines):
    assert not asked("empty-reflection", note(*lines))


# Decisions


def test_a_decision_without_its_reason_is_quoted_once_for_a_row_of_decisions():
    row = note(("Close on Friday.", "decision"), ("Package ends.", "decision"), ("Seen.", "fact"))
    assert asked("decision-without-reason", row) == ["Close on Friday."]


@pytest.mark.parametrize("marks", ["decision rationale", "decision"])
def test_a_decision_with_its_reason_in_it_or_beside_it_is_left_alone(marks):
    reason = ("He has had no falls since May.", "fact" if "rationale" in marks else "reasoned")
    assert not asked("decision-without-reason", note(("Close on Friday.", marks), reason))


def test_a_case_record_that_settles_nothing_is_asked_what_was_decided():
    assert asked("no-decision", note(LONG_ENOUGH)) == [""]
    assert not asked("no-decision", note(LONG_ENOUGH, ("Stays on plan.", "decision")))


def test_an_oversight_note_is_asked_for_its_decision_and_reason_only():
    bare = note(
        ("Doing well.", "judgement"), ("I agree.", "decision"), ("Chase.", "action 000000"), record_type=MO
    )
    assert {f.rule for f in rules.ask(bare).findings} == {
        "oversight-without-reason",
        "decision-without-reason",
    }


def test_an_oversight_note_of_one_reasoned_decision_is_asked_nothing():
    assert rules.ask(note(("I agree, as he is safe.", "decision rationale"), record_type=MO)).findings == ()


# Actions


@pytest.mark.parametrize(
    ("rule", "asks", "does_not"),
    [
        ("vague-action", "022000", "122000"),
        ("no-owner", "202000", "212000"),
        ("shared-owner", "212000", "222000"),
        ("no-deadline", "220000", "221000"),
        ("no-date", "221000", "222000"),
        ("no-purpose", "222000", "222100"),
        ("no-check", "222200", "222201"),
        ("no-check", "222200", "222210"),
    ],
)
def test_an_action_is_asked_for_the_element_it_lacks(rule, asks, does_not):
    assert asked(rule, note(("SW to ring.", f"action {asks}"))) == ["SW to ring."]
    assert not asked(rule, note(("SW to ring.", f"action {does_not}")))


def test_an_action_of_two_sentences_is_asked_once_and_two_bullets_twice():
    assert len(asked("no-deadline", note(("SW to ring. If not, TM to ring.", "action 220002")))) == 1
    assert len(asked("no-deadline", note(("SW to ring.", "action"), ("SW to visit.", "action")))) == 2


@pytest.mark.parametrize("rule", ["no-purpose", "no-check"])
def test_a_form_to_be_sent_is_not_asked_what_it_should_change(rule):
    assert not asked(rule, note(("SW to send form.", "action 222000 process")))


def test_a_weak_plan_is_shown_by_its_vaguest_action():
    plan = note(
        ("SW to ring school.", "action 121000"), ("Monitor.", "action 000000"), ("Chase.", "action 000000")
    )
    assert asked("few-specific-actions", plan) == ["Monitor."]


def test_a_note_without_actions_is_asked_who_does_what():
    assert asked("no-actions", note(LONG_ENOUGH)) == [""]


def test_a_plan_of_forms_alone_is_asked_what_will_change():
    forms = [("Update chronology.", "action process"), ("Book meeting.", "action process")]
    assert asked("only-process-actions", note(*forms)) == ["Update chronology."]
    assert not asked("only-process-actions", note(*forms, ("See Amy alone.", "action")))


def test_the_eleventh_action_is_asked_about_and_ten_are_not_too_many():
    plan = [(f"SW to ring number {n}.", "action") for n in range(1, 12)]
    assert asked("too-many-actions", note(*plan)) == ["SW to ring number 11."]
    assert not asked("too-many-actions", note(*plan[:10]))


@pytest.mark.parametrize(
    "mention",
    [
        "Status: CP (neglect), since 3 March.",
        "Tom is on a child protection plan.",
        "RCPC on 4 June.",
        "PLO letter sent.",
        "s.47 enquiry opened.",
        "Section 42 enquiry open.",
        "S42 opened.",
        "The placement is at risk.",
        "Carers have given notice on the placement.",
    ],
)
def test_a_high_stakes_record_without_a_plan_for_failure_is_asked_for_one(mention):
    assert asked("no-contingency", note((mention, "fact"))) == [mention]
    assert not asked("no-contingency", note((mention, "fact"), ("If not, legal.", "decision contingency")))
    assert not asked("no-contingency", note((mention, "fact"), ("SW to ring.", "action 220001")))


@pytest.mark.parametrize(
    "mention",
    [
        "No longer subject to a child protection plan.",
        "CP plan ended on 3 May.",
        "The family stepped down from CP in June.",
        "Previously on a child protection plan for neglect.",
        "Threshold for s47 not met.",
        "Not going to PLO.",
        "Child protection training booked.",
        "ICO granted on 4 May.",
        "The ICO has been told of the data breach.",
        "He has quadriplegic CP and uses a frame.",
        "Caseload: 8 CP, 9 CIN.",
        "Placement going well.",
    ],
)
def test_what_is_over_never_was_or_is_something_else_is_not_high_stakes(mention):
    assert not asked("no-contingency", note((mention, "fact")))


# The person, and what went before


def test_a_note_in_which_nobody_is_heard_is_asked_for_the_person_or_in_a_personal_record_the_worker():
    assert asked("no-voice", note(LONG_ENOUGH)) == [""]
    assert not asked("no-voice", note(LONG_ENOUGH, ("“I like it here.”", "fact voice")))
    personal = rules.ask(note(LONG_ENOUGH, record_type=PERSONAL)).findings
    assert "What does the worker say about this?" in {finding.question for finding in personal}


def test_a_note_without_anything_that_matters_to_the_person_is_asked_for_it():
    assert asked("nothing-that-matters", note(LONG_ENOUGH)) == [""]
    assert not asked("nothing-that-matters", note(LONG_ENOUGH, ("Feeds his rabbit.", "fact matters")))
    assert not asked("nothing-that-matters", note(LONG_ENOUGH, record_type=PERSONAL))


def test_earlier_actions_are_asked_after_but_not_in_a_first_supervision_or_a_group():
    assert asked("earlier-actions", note(LONG_ENOUGH)) == [""]
    assert not asked("earlier-actions", note(LONG_ENOUGH, ("Form sent.", "fact previous_action")))
    assert not asked("earlier-actions", note(LONG_ENOUGH, ("First supervision.", "admin")))
    assert not asked("earlier-actions", note(LONG_ENOUGH, record_type=GROUP))


# Pasted text

PASSAGE = "Tia is in a long-term foster home and sees her brother on Saturdays."


def test_a_passage_that_stands_twice_is_quoted_the_second_time():
    twice = note((PASSAGE, "fact"), ("Seen in May.", "fact"), ("Again: " + PASSAGE, "fact"))
    assert asked("pasted-text", twice) == ["Again: " + PASSAGE]


@pytest.mark.parametrize("label", ["admin", "action"])
def test_headings_and_plans_may_repeat_themselves(label):
    assert not asked("pasted-text", note((PASSAGE, label), ("Seen.", "fact"), (PASSAGE, label)))


HEADERS = [("From: A Khan", "admin"), ("Sent: 3 May 2025", "admin"), ("To: B Lee", "admin")]


def test_an_email_is_pasted_whichever_of_its_headers_comes_first():
    within = note(("Update", "admin"), ("Seen.", "fact"), *HEADERS[::-1])
    assert asked("pasted-text", within) == ["To: B Lee"]


def test_an_email_within_a_note_is_pasted_and_a_note_sent_as_one_is_not():
    assert asked("pasted-text", note(("Update", "admin"), ("Seen.", "fact"), *HEADERS)) == ["From: A Khan"]
    assert not asked("pasted-text", note(*HEADERS, ("Seen on 3 May.", "fact")))


@pytest.mark.parametrize(
    "words", ["Copied from previous supervision:", "(pasted from email, 27 Feb)", "Cut and pasted from May."]
)
def test_a_note_that_says_it_was_copied_is_quoted(words):
    assert asked("pasted-text", note((words, "admin"), LONG_ENOUGH)) == [words]


def test_sending_a_copy_to_somebody_is_not_pasting():
    assert not asked("pasted-text", note(("Letter copied to the GP on 3 May.", "fact")))


# Settings, order and the first questions

MARKS = st.builds(
    lambda label, flags, scores, kind: " ".join([label, *flags, scores, kind]),
    st.sampled_from(list(Label)),
    st.lists(st.sampled_from(list(Flag)), max_size=2),
    st.text("012", min_size=6, max_size=6),
    st.sampled_from(list(ActionKind)),
)
TEXTS = st.one_of(
    st.sampled_from(
        ["Reflection", "N/A", "Actions", "Status: CP", "From: A", "Sent: B", PLATITUDE, PASSAGE, LONG_ENOUGH[0]]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")),
)  # fmt: skip
NOTES = st.builds(
    lambda lines, record_type: note(*lines, record_type=record_type),
    st.lists(st.tuples(TEXTS, MARKS), max_size=14),
    st.sampled_from(list(RecordType)),
)


@given(NOTES)
def test_every_finding_stands_on_a_unit_or_on_the_whole_record(assessment):
    edges = {(unit.start, unit.end) for unit in assessment.units} | {WHOLE_RECORD[:2]}
    assert all((finding.start, finding.end) in edges for finding in rules.ask(assessment).findings)


@given(NOTES)
def test_a_record_is_weak_exactly_when_an_error_says_why(assessment):
    errors = [f for f in rules.ask(assessment).findings if f.severity == Severity.ERROR]
    assert bool(errors) == assessment.weak


@given(NOTES, st.sampled_from(rules.TELLING))
def test_switching_a_rule_off_removes_its_findings_and_no_others(assessment, name):
    left = rules.ask(assessment, Settings(rules={name: "off"})).findings
    assert left == tuple(f for f in rules.ask(assessment).findings if f.rule != name)


@given(NOTES, st.sampled_from(rules.TELLING), st.sampled_from(list(Severity)))
def test_a_new_level_changes_a_rules_severity_and_nothing_else(assessment, name, level):
    plain = {(f.rule, f.start, f.severity) for f in rules.ask(assessment).findings}
    louder = {
        (f.rule, f.start, f.severity)
        for f in rules.ask(assessment, Settings(rules={name: level.value})).findings
    }
    assert louder == {(rule, start, level if rule == name else old) for rule, start, old in plain}  # fmt: skip


@given(NOTES, st.integers(0, 9))
def test_no_rule_asks_again_among_the_first_questions_before_every_rule_has_asked(assessment, n):
    findings = rules.ask(assessment).findings
    first = rules.first_questions(findings, n)
    assert len(first) == min(n, len(findings))
    different = {finding.rule for finding in findings}
    assert len({finding.rule for finding in first}) == min(n, len(different))


def test_errors_are_told_before_warnings_and_warnings_before_hints():
    told = [f.severity for f in rules.ask(note(LONG_ENOUGH, ("Monitor.", "action 010000"))).findings]
    assert told == sorted(told, key=list(Severity).index)
    assert set(told) == set(Severity)


def test_a_rule_that_does_not_exist_is_named_with_the_closest_that_does():
    with pytest.raises(ValueError, match="“no-deadlin” that does not exist; did you mean “no-deadline”"):
        rules.check_known(Settings(rules={"no-deadline": "off", "no-deadlin": "off"}))
    with pytest.raises(ValueError, match="There is no rule “xyzzy”; `checker rules` lists"):
        rules.rule_called("xyzzy")


# Every rule


def test_every_file_of_rules_is_in_the_order_of_telling():
    files = {path.stem for path in Path(rules.__file__).parent.glob("*.py")} - {"__init__", "rule"}
    assert {name.replace("-", "_") for name in rules.TELLING} == files
    assert tuple(rule.id for rule in ALL) == rules.TELLING


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.id)
def test_every_rule_asks_a_question_and_says_why_and_of_which_records(rule):
    assert rule.question.endswith("?")
    assert "codebook §" in rule.why and rule.why.rstrip().endswith((".", ")."))
    assert rule.finds.endswith(".") and rule.record_types_why.endswith(".") and rule.record_types
    assert rule.failing != rule.passing


@pytest.fixture(scope="module")
def checker():
    return Checker()


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.id)
def test_each_rule_asks_in_its_failing_example_and_not_in_its_passing_one(checker, rule):
    for text, asks in ((rule.failing, True), (rule.passing, False)):
        assessment = checker.check(text, record_type=rule.example_type)
        assert (rule.id in {finding.rule for finding in assessment.findings}) == asks

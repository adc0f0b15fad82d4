"""What the history of a person promises, on the corpus's monthly series and edits of them."""

import datetime as dt
from functools import cache

import msgspec
import pytest
from from_gold import CORPUS, assessment
from hypothesis import given
from hypothesis import settings as searching
from hypothesis import strategies as st

from checker.codebook import Label, ReflectionBand
from checker.history import histories
from checker.history.copied import from_others, from_own, pasted_share, prints
from checker.history.likeness import ALIKE
from checker.history.note import Line
from checker.history.said import said
from checker.history.timeline import Missing, Outcome
from checker.record import Assessment, Failure, Unreadable
from checker.report import jsonl
from checker.settings import Policy, ServicePolicy, Settings, load
from training.carried_over import best_threshold, compared, fuzzy, marks
from training.corpus import read

replace = msgspec.structs.replace


@cache
def all_series() -> tuple[Assessment, ...]:
    notes = (msgspec.json.decode(line) for line in CORPUS.open("rb"))
    return tuple(
        replace(assessment(note), person=note["person"], service=note["service"])
        for note in notes
        if note.get("person")
    )


def series(person: str) -> list[Assessment]:
    return [one for one in all_series() if one.person == person]


def timeline(notes, policy=None):
    (found,) = histories(notes, policy or Policy()).timelines()
    return found


def reworded(one: Assessment, old: str, new: str) -> Assessment:
    """The same note with words of one unit changed."""
    (at,) = [place for place, unit in enumerate(one.units) if old in unit.text]
    units = list(one.units)
    units[at] = replace(units[at], text=units[at].text.replace(old, new))
    if units[at].action:  # the new words give a date
        units[at] = replace(units[at], action=replace(units[at].action, when=2))
    return replace(one, units=tuple(units))


def sentences(found) -> list[str]:
    return [thing.sentence for heading in said(found) for thing in heading.things]


def test_an_action_that_stands_in_four_notes_running_is_carried_over_three_times():
    found = timeline(series("C-40817"))
    task = next(task for task in found.carried_over if "Monitor home" in task.quotes[0].words)
    assert (task.times, task.since) == (3, dt.date(2023, 9, 12))
    assert [quote.words for quote in task.quotes][0::3] == [
        "5 | Monitor home conditions | All professionals | ongoing",
        "5 | Monitor home conditions and lates | All professionals | ongoing",
    ]
    assert any(line.startswith("Carried over 3 times since 12/09/2023.") for line in sentences(found))


def test_the_threshold_is_the_one_that_the_pairs_marked_by_hand_choose():
    records = {record.id: record for record in read()}
    assert best_threshold(compared(records, fuzzy)) == ALIKE


def test_every_pair_marked_by_hand_is_of_two_actions_of_one_person():
    records = {record.id: record for record in read()}
    for pair in marks():
        earlier, later = records[pair.earlier], records[pair.later]
        assert earlier.person == later.person and earlier.date < later.date
        assert all(earlier.units[a].action and later.units[b].action for a, b in pair.carried)


def test_a_due_date_that_rolls_forward_is_shown_moving():
    found = timeline(series("ASC-118306"))
    task = next(task for task in found.carried_over if "MCA on where" in task.quotes[0].words)
    assert task.due == (dt.date(2022, 11, 4), dt.date(2023, 1, 20), None, dt.date(2023, 7, 14))
    assert any("moved from 04/11/2022 to 20/01/2023 to 14/07/2023" in line for line in sentences(found))


def test_an_action_reported_done_by_its_number_is_closed_with_that_line_quoted():
    found = timeline(series("C-41266"))
    task = next(task for task in found.tasks if "gas debt" in task.quotes[0].words)
    assert task.outcome is Outcome.DONE
    assert task.word.words == "1. CLOSED."


def test_an_action_reported_as_not_done_is_not_called_done():
    found = timeline(series("CLA 4872"))
    task = next(task for task in found.tasks if "grandmother" in task.quotes[0].words)
    assert task.outcome is Outcome.NOT_DONE
    assert task.word.words == "Grandmother never contacted by us."


def test_an_action_that_a_later_note_withdraws_is_superseded():
    notes = series("ASC-204417")
    notes[1] = reworded(notes[1], "Alarm: fitted 2 October.", "Smoke alarm: no longer needed.")
    task = next(t for t in timeline(notes).tasks if "smoke alarm" in t.quotes[0].words)
    assert task.outcome is Outcome.SUPERSEDED


def test_a_due_date_that_passes_with_no_word_of_the_action_is_drift():
    notes = series("ASC-118306")
    notes[0] = reworded(
        notes[0], "thyroid bloods – day centre to chase", "PL to post the blue badge application by 28/10/22"
    )
    found = timeline(notes)
    task = next(task for task in found.tasks if "blue badge" in task.quotes[0].words)
    assert (task.outcome, task.passed) == (Outcome.SILENT, dt.date(2022, 10, 28))
    assert "Due 28/10/2022, which has passed. No later note speaks of it." in sentences(found)


def test_nothing_is_called_forgotten_that_a_later_note_may_speak_of():
    found = timeline(series("CLA 5530"))
    kayleigh = next(task for task in found.tasks if "ring Kayleigh" in task.quotes[0].words)
    assert kayleigh.outcome is Outcome.UNCLEAR  # "Kayleigh rung 11 March"


def test_actions_of_the_latest_note_are_open():
    found = timeline(series("C-41266")[:1])
    assert {task.outcome for task in found.tasks} == {Outcome.OPEN}
    assert not found.gaps and not found.silences and found.notes[0].pasted == 0


def test_a_note_mostly_pasted_from_an_earlier_one_is_not_scorable_and_its_passages_are_shown():
    rows = timeline(series("CLA 5530")).notes
    assert rows[2].pasted >= 0.8 and rows[2].reflection is ReflectionBand.NOT_SCORABLE
    assert all(row.reflection is not ReflectionBand.NOT_SCORABLE for row in rows[:2])
    passage = rows[2].passages[0]
    assert passage.source == "t11-14" and not passage.of_another
    assert passage.quote.words.startswith("Jaden was made subject to an Interim Care Order")


def test_text_shared_with_a_sister_is_found_in_the_later_note_only():
    found = {t.person: t for t in histories(all_series(), Policy()).timelines()}
    brother, sister = found["P-77120"], found["P-77121"]
    assert sister.notes[0].pasted > 0.8 and sister.notes[0].passages[0].of_another
    assert brother.notes[0].pasted == 0


def test_a_name_and_a_pronoun_left_behind_by_copying_are_pointed_at():
    found = {t.person: t for t in histories(all_series(), Policy()).timelines()}
    left = [(one.wrong, one.quote.words) for row in found["P-77121"].notes for one in row.left_behind]
    assert ("Zayn", "Zayn said he put his headphones on.") in left
    assert ("he", "He was seen at school on 5 February.") in left
    others = [row for person, t in found.items() if person != "P-77121" for row in t.notes]
    assert not any(row.left_behind for row in others)


def test_words_that_a_whole_team_shares_are_the_forms_own():
    notes = [replace(series("C-40817")[0], person=f"P-{n}", id=f"n{n}") for n in range(12)]
    assert all(t.notes[0].pasted == 0 for t in histories(notes, Policy()).timelines())
    assert any(t.notes[0].pasted == 1 for t in histories(notes[:3], Policy()).timelines())


def test_gaps_are_held_against_the_policy_of_the_service():
    notes = series("ASC-118306")
    assert [gap.weeks for gap in timeline(notes).gaps] == [10, 11, 14]
    own = Policy(services={"adults -  LEARNING disability": ServicePolicy(weeks_between=12)})
    assert [gap.weeks for gap in timeline(notes, own).gaps] == [14]


def test_a_note_recorded_late_is_counted_in_working_days():
    notes = [replace(series("C-40817")[0], date=dt.date(2025, 3, 14), recorded=dt.date(2025, 3, 24))]
    (late,) = timeline(notes).late
    assert (late.days, late.most) == (6, 5)
    assert not timeline(notes, Policy(days_to_record=6)).late


def test_what_is_missing_from_three_notes_running_is_said_and_from_two_is_not():
    notes = series("C-40817")
    missing = {silence.missing for silence in timeline(notes).silences}
    assert {Missing.MATTERS, Missing.DECISION, Missing.FLAT} <= missing
    assert not timeline(notes[:2]).silences


def test_reflection_that_falls_over_three_notes_is_said():
    low, middle, high = series("CLA 4872")[2], series("CLA 4872")[0], series("C-41266")[0]
    days = [dt.date(2024, month, 1) for month in (1, 2, 3)]
    notes = [replace(n, person="P", date=day) for n, day in zip((high, middle, low), days, strict=True)]
    assert Missing.FALLING in {silence.missing for silence in timeline(notes).silences}
    assert Missing.FALLING not in {s.missing for s in timeline(notes[::-1][:2]).silences}


@pytest.mark.parametrize(
    "lost, lacks",
    [
        ({"person": None}, "No person:"),
        ({"date": None}, "No date:"),
        ({"person": " ", "date": None}, "No person and no date:"),
    ],
)
def test_a_note_without_person_or_date_is_listed_apart_with_a_sentence(lost, lacks):
    notes = series("C-40817")
    found = histories([replace(notes[0], **lost), *notes[1:]], Policy())
    (apart,) = found.apart
    assert apart.id == "t11-01" and lacks in apart.reason
    assert [len(t.notes) for t in found.timelines()] == [3]


def test_a_note_checked_without_its_words_is_listed_apart_and_never_called_unscorable():
    notes = series("C-40817")
    bare = jsonl.decode(jsonl.line(notes[0], text=False))
    found = histories([bare, *notes[1:]], Policy())
    (apart,) = found.apart
    assert "No words" in apart.reason and "--no-text" in apart.reason
    assert [len(t.notes) for t in found.timelines()] == [3]


def test_two_people_under_one_id_are_remarked_on_with_their_headings_quoted():
    notes = [replace(one, person="P-77120") for one in series("P-77120")[:2] + series("P-77121")[2:]]
    (about,) = [heading for heading in said(timeline(notes)) if heading.title == "About the notes"]
    (remark,) = about.things
    assert "name different people" in remark.sentence
    assert ["Zayn" in quote.words for quote in remark.quotes] == [True, False]
    assert "Samira" in remark.quotes[1].words


def test_the_same_note_twice_is_counted_once_and_said():
    notes = series("C-40817")
    twice = timeline([*notes, replace(notes[1], id="again", source="copy.txt")])
    (remark,) = twice.remarks
    assert "again (copy.txt) is t11-02" in remark
    assert replace(twice, remarks=()) == timeline(notes)


@searching(max_examples=15)
@given(st.permutations(range(4)), st.sampled_from(["C-40817", "ASC-118306", "CLA 5530", "YP/2291"]))
def test_the_order_of_the_inputs_does_not_matter(order, person):
    notes = series(person)
    assert timeline([notes[place] for place in order]) == timeline(notes)


def test_one_person_is_one_however_the_id_is_typed():
    notes = series("C-40817")
    notes[1] = replace(notes[1], person=" c-40817 ")
    assert len(timeline(notes).notes) == 4


def test_what_could_not_be_read_is_kept_apart():
    broken = Unreadable(source="scan.pdf", error=Failure(kind="no-text", message="scan.pdf has no text."))
    assert histories([broken, *series("C-40817")], Policy()).unreadable == (broken,)


words = st.lists(st.sampled_from("visit school mum dad said home happy tired late bed".split()), max_size=40)


@given(st.lists(words, min_size=1, max_size=5))
def test_a_share_is_a_share_and_a_repeated_note_is_wholly_copied(notes):
    lines = [(Line(" ".join(note), 1, Label.FACT, ()),) for note in notes]
    found = [prints(note) for note in lines]
    for origin in from_own(found) + from_others(found, [str(n) for n in range(len(found))]):
        assert 0 <= pasted_share(origin) <= 1
    *_, last = from_own([*found, found[-1]])
    assert pasted_share(last) == (1 if len(notes[-1]) >= 8 else 0)


def test_a_policy_in_checker_toml_is_read_and_a_slip_in_it_is_explained(tmp_path):
    path = tmp_path / "checker.toml"
    path.write_text('[history]\nweeks_between = 4\n[history.services."CLA"]\nweeks_between = 12\n')
    policy = load(path).history
    assert policy.for_service("cla") == Policy(weeks_between=12, days_to_record=5)
    assert policy.for_service("CIN").weeks_between == 4
    assert Settings().history == Policy()
    for slip, said_of_it in (
        ("[history]\nweeks_betwen = 4", "did you mean “weeks_between”?"),
        ("[history]\ndays_to_record = 0", "whole numbers from 1 on"),
        ('[history]\nweeks_between = "four"', "must be a whole number"),
        ('[history.services."CLA"]\nweks = 1', "in [history.services] for “CLA”"),
    ):
        path.write_text(slip)
        with pytest.raises(ValueError, match=r"checker\.toml") as raised:
            load(path)
        assert said_of_it in str(raised.value)

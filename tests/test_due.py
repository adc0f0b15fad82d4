"""What the reading of due dates promises."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker import Checker
from checker.due import due
from checker.record import Record
from checker.report.action_table import action_rows

# Actions of the corpus as they stand, the date of their supervision, and the day that a person reads.
READ = (
    ("Maryam to send the school Elis's five May dates by 18 July.", "2025-07-16", "2025-07-18"),
    ("2 | Email the updated chronology and genogram to LP | Dane | 09/02/24", "2024-01-16", "2024-02-09"),
    ("1. PL complete MCA on where H lives by 04/11/22", "2022-10-04", "2022-11-04"),
    (
        "Ildi to sit with Bethan and send in the housing register form by the 28th of February.",
        "2025-02-13",
        "2025-02-28",
    ),
    ("OMcA to open record 13/06, if not there she writes it herself", "2023-06-06", "2023-06-13"),
    ("* Core group 29/1 – Kez chair, Priyanka to back me up", "2025-01-15", "2025-01-29"),
    (
        "5.2 \t Mr Qadir: written explanation to V. Escott by noon 08.12.2023.",
        "2023-12-06",
        "2023-12-08",
    ),
    ("4 \t Falls clinic referral form to GP \t D. Marsh \t 22-Mar-23 \t receipt", "2023-03-21", "2023-03-22"),
    ("Bus pass photo again / Kez + Bereket / next week / /", "2025-06-26", "2025-07-04"),
    ("Outcome to me within two days.", "2025-03-06", "2025-03-08"),
    (
        "We’d hope for something back by the end of June; if there’s nothing I’ll raise it.",
        "2025-05-08",
        "2025-06-30",
    ),
    (
        "2) Marek – ring Rojin's mum today and get her full address on system before you go home",
        "2024-01-30",
        "2024-01-30",
    ),
    ("1. Noreen to book the paediatric examination for tomorrow by 10am", "2025-10-30", "2025-10-31"),
    ("Callum corrects the CIN plan wording, circulated by the twentieth.", "2026-02-03", "2026-02-20"),
    (
        "• Ceri and Mrs Baptiste to open ten envelopes a week, Thursdays, 29 January to 26 March",
        "2026-01-21",
        "2026-03-26",
    ),
    (
        "- Kofi to ring Sgt Bell by 28 February and ask for a DVPN to be considered before bail ends on 4 March",
        "2025-02-25",
        "2025-02-28",
    ),
)

# Actions with a date in them that is not when they are due, or that can be read in two ways.
NOT_READ = (
    ("If no answer by 26 September, Ceri to try through Pastor Lewin, with her consent.", "2025-09-10"),
    ("No drop → rethink 12/12.", "2025-11-05"),
    ("Sunrise to confirm the 8.45 call from 2 September.", "2024-09-18"),
    ("8. Txts to C-L: no plans/addresses in txt from today, all of us.", "2025-11-05"),
    (
        "c) Granny – log wet/dry nights, 4 weeks to 3/10. Fewer than 2 wet a week = settle.",
        "2024-09-05",
    ),
    ("Gráinne say to take it, and not to carry again in next month like I did in May.", "2024-06-18"),
    ("3 | Chase GP re dental and hearing | SW | ASAP", "2023-09-12"),
    ("Weekly visits to continue", "2023-05-23"),
)


def day(written: str) -> dt.date:
    return dt.date.fromisoformat(written)


@pytest.mark.parametrize("words, written, expected", READ)
def test_a_deadline_that_an_action_states_is_read_as_a_person_reads_it(words, written, expected):
    assert due(words, day(written)) == day(expected)


@pytest.mark.parametrize("words, written", NOT_READ)
def test_a_date_that_is_not_plainly_the_deadline_is_not_read(words, written):
    assert due(words, day(written)) is None


WEDNESDAY = dt.date(2025, 3, 12)


@pytest.mark.parametrize(
    "words, expected",
    [
        ("SW to ring mum by Friday", "2025-03-14"),
        ("SW to ring mum by Wednesday", None),  # today, or in a week
        ("SW to ring mum next Friday", None),  # this week's, or next week's
        ("SW to visit next week", "2025-03-21"),
        ("TM to write within 10 working days", "2025-03-26"),
        ("TM to write within 10 working days of the meeting", None),
        ("SW to send the form by 31/3", "2025-03-31"),
        ("SW to send the form by 3/2", None),  # gone by
        ("SW attends 6/8 sessions", None),
        ("SW to see him by 14 March 2024", None),  # gone by
        ("SW to see him by Monday 14 March", None),  # a Friday
        ("SW to see him by 31 June", None),
        ("SW to keep 24/7 cover", None),
    ],
)
def test_relative_days_are_reckoned_from_the_supervision(words, expected):
    assert due(words, WEDNESDAY) == (expected and day(expected))


def test_without_the_supervisions_date_only_a_date_with_its_year_is_read():
    assert due("SW to ring mum by Friday", None) is None
    assert due("SW to send the form by 31/3", None) is None
    assert due("SW to send the form by 31/3/25", None) == dt.date(2025, 3, 31)


@given(st.dates(min_value=dt.date(2000, 1, 1), max_value=dt.date(2090, 1, 1)), st.integers(0, 150))
def test_a_date_written_in_any_british_way_is_the_same_day(written, ahead):
    wanted = written + dt.timedelta(days=ahead)
    for form in (
        f"{wanted:%d/%m/%Y}",
        f"{wanted:%d.%m.%y}",
        f"{wanted.day} {wanted:%B}",
        f"{wanted:%A} {wanted.day} {wanted:%b} {wanted.year}",
        f"{wanted:%Y-%m-%d}",
    ):
        assert due(f"SW to send the form by {form}", written) == wanted


@given(st.text(max_size=80), st.one_of(st.none(), st.dates()))
def test_whatever_the_words_a_due_date_is_never_before_the_supervision(words, written):
    found = due(f"SW to act by {words}", written)
    assert found is None or written is None or found >= written or not 1950 <= written.year <= 2150


def test_next_supervision_is_the_day_that_the_note_itself_names():
    text = (
        "Supervision 16/01/24\nActions\n"
        "1 | Write to Fernbank Surgery asking for a new audiology referral | Dane | next supervision\n"
        "2 | Email the chronology to LP | Dane | 09/02/24\n\nNext supervision 20/02/24"
    )
    assessment = Checker().check_record(Record(text=text, id="n", source="", date=dt.date(2024, 1, 16)))
    assert [row.due for row in action_rows(assessment, text=True)] == [
        dt.date(2024, 2, 20),
        dt.date(2024, 2, 9),
    ]

"""The documents for those who must approve the tool say what is true of it, and leave the rest open."""

import re
from pathlib import Path

import click
import pytest

from checker.cli import COMMANDS, main

DOCS = Path(__file__).parents[1] / "docs"
NAMES = (
    "atrs-record.md",
    "dpia-starter.md",
    "equality-impact-starter.md",
    "estimation.md",
    "must-not-be-used-for.md",
)
STARTERS = NAMES[:3]
TEXTS = {name: (DOCS / name).read_text(encoding="utf-8") for name in NAMES}

ATRS = [f"0.{n}" for n in range(1, 16)] + [f"1.{n}" for n in range(1, 5)]
ATRS += [f"2.1.{n}" for n in range(1, 5)] + [f"2.1.4.{n}" for n in range(1, 6)]
ATRS += [f"2.2.{n}" for n in range(1, 6)] + [f"2.3.{n}" for n in range(1, 7)]
ATRS += [f"2.4.1.{n}" for n in range(1, 5)] + [f"2.4.2.{n}" for n in range(1, 10)]
ATRS += [f"2.4.3.{n}" for n in range(1, 12)] + ["2.5.1", "2.5.2"]
"""The numbers of the fields of the published template, version 3.0."""


@pytest.mark.parametrize("name", NAMES)
def test_every_command_and_option_that_a_document_names_exists(name):
    for command in re.findall(r"(?:`|^)checker ([a-z]+)", TEXTS[name], re.M):
        assert command in COMMANDS, command
    known = set()
    for command in COMMANDS:
        loaded = main.get_command(click.Context(main), command)
        known |= {option for parameter in loaded.params for option in parameter.opts}
    assert set(re.findall(r"(?<![\w|-])--[a-z][a-z-]*", TEXTS[name])) <= known


@pytest.mark.parametrize("name", NAMES)
def test_every_link_of_a_document_leads_somewhere(name):
    for target in re.findall(r"\]\(([^)#]+)\)", TEXTS[name]):
        assert (DOCS / target).exists(), target


@pytest.mark.parametrize("name", STARTERS)
def test_a_starter_marks_what_only_the_authority_can_say(name):
    assert TEXTS[name].count("For the authority") >= 5


@pytest.mark.parametrize("name", STARTERS)
def test_a_starter_owns_up_that_no_real_note_was_measured(name):
    assert re.search(r"synthetic|written and labelled by\s+a language model", TEXTS[name])


def test_the_law_on_automated_decisions_is_the_new_one_with_its_date_to_be_checked():
    for name in ("dpia-starter.md", "atrs-record.md"):
        words = " ".join(TEXTS[name].split()).casefold()
        assert "articles 22a to 22d" in words and "check the commencement date" in words


def test_the_transparency_record_has_every_field_of_the_template_in_order():
    found = re.findall(r"^(?:\| |\*\*)(\d+(?:\.\d+)+)(?: \||\s)", TEXTS["atrs-record.md"], re.M)
    assert found == ATRS

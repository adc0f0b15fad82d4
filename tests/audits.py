"""Frames, worksheets and auditors for the tests: the corpus as an export of twelve teams."""

import random
from collections.abc import Mapping
from pathlib import Path

import openpyxl
from from_gold import assessments
from msgspec.structs import replace

from checker.codebook import PlanBand, ReflectionBand
from checker.record import Assessment
from checker.report.words import plain
from checker.worksheet import CRITERIA, read_worksheet
from checker.worksheet.layout import AUDIT, NO, YES, Column

SMALL = "Edge of Care"
"""The team with three notes."""


def export(records: int = 300) -> list[Assessment]:
    """The corpus's first records, spread unevenly over eleven teams, the last three in a twelfth."""
    chance = random.Random(5)
    teams = [f"Team {letter}" for letter in "ABCDEFGHIJK"]
    gold = assessments()[:records]
    spread = chance.choices(teams, weights=range(3, 14), k=records - 3) + [SMALL] * 3
    return [replace(one, team=team) for one, team in zip(gold, spread, strict=True)]


def mark(path: Path, marks: Mapping[int, Mapping[str, str]], sheet: str = AUDIT) -> None:
    """Type marks into a worksheet, by the number of the note and the title of the column."""
    book = openpyxl.load_workbook(path)
    titles = [cell.value for cell in book[sheet][1]]
    for number, entries in marks.items():
        for title, words in entries.items():
            book[sheet].cell(number + 1, titles.index(title) + 1, words)
    book.save(path)


def as_the_tool(path: Path) -> dict[int, dict[str, str]]:
    """The marks of an auditor who agrees with the tool in everything."""
    return {
        number: {
            Column.REFLECTION: plain(row.tool.reflection),
            Column.PLAN: plain(row.tool.plan),
            Column.WEAK: YES if row.tool.weak else NO,
            **{title: YES if row.tool.criteria[flag] else NO for flag, title in CRITERIA.items()},
        }
        for number, row in enumerate(read_worksheet(path), 1)
    }


def one_band_off(marks: dict[int, dict[str, str]], seed: int, chance: float) -> dict[int, dict[str, str]]:
    """The marks of an auditor who now and then sees a band or a criterion otherwise."""
    rng = random.Random(seed)
    bands = {Column.REFLECTION: list(ReflectionBand), Column.PLAN: list(PlanBand)}
    changed = {}
    for number, entries in marks.items():
        changed[number] = dict(entries)
        for title, words in entries.items():
            if rng.random() >= chance:
                continue
            if title in bands:
                scale = [plain(band) for band in bands[title]]
                at = scale.index(words) + rng.choice((-1, 1))
                changed[number][title] = scale[min(max(at, 0), len(scale) - 1)]
            else:
                changed[number][title] = NO if words == YES else YES
    return changed

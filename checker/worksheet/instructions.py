"""The first sheet: how the notes were drawn, how to mark them, and the codebook."""

from collections.abc import Mapping
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from checker.codebook import (
    ELEMENT_TESTS,
    FLAG_TESTS,
    LABEL_TESTS,
    PLAN_SENTENCES,
    REFLECTION_SENTENCES,
    Element,
)
from checker.report.about import DOES_NOT, WEAK
from checker.report.words import count, plain
from checker.sampling.design import Sample
from checker.worksheet.judgement import CRITERIA
from checker.worksheet.layout import AUDIT, COLUMNS, SECOND, Column
from checker.worksheet.sheets import Formats, height, set_up

_WIDTH = 110
_SAYS = (Element.WHAT, Element.WHO, Element.WHEN)

_HOW = (
    "Open each note by its link, read it, and mark its row on your own sheet: Audit for the auditor, Second auditor for a second one.",
    "Choose each mark from the list that opens in its cell. Yes or no says whether the note shows it, whatever the reason.",
    "Mark alone: do not look at the other auditor's sheet, and do not talk about a note before both of you have marked it.",
    "Judge the words on the page, not what you know of the case or of the people who wrote it.",
    "Say in a few words why, above all where you were in doubt; the reasons are quoted where judgements differ.",
    "Cells that are not for marking are protected, without a password. Keep the rows, the columns and the names of the sheets.",
    "This workbook holds the words of the notes: keep it where the notes themselves may be kept.",
)
_BLIND = "What the tool says of the notes is not shown, so that your judgement is your own."
_REVEALED = "What the tool says of a note appears in its row once you have marked its reflection, plan and weak; do not change your marks then."


def write_instructions(sheet: Any, sample: Sample, reveal: bool, styles: Formats) -> None:
    """Fill the first sheet."""
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, _WIDTH)
    status = xl_col_to_name(COLUMNS.index(Column.STATUS))
    lines: list[tuple[str, str] | str] = [("", sample.words)]
    lines += [("", sentence) for sentence in (*_HOW, _REVEALED if reveal else _BLIND)]
    lines += ["Reflection", *_told(REFLECTION_SENTENCES), "Plan", *_told(PLAN_SENTENCES)]
    lines += [("an action says", f"{element}: {ELEMENT_TESTS[element][2]}") for element in _SAYS]
    lines += ["Weak", ("", WEAK)]
    lines += ["Does the note show …", *((title, FLAG_TESTS[flag]) for flag, title in CRITERIA.items())]
    lines += ["What a line can be", *_told(LABEL_TESTS)]
    lines += ["What the tool does not do", *(("", sentence) for sentence in DOES_NOT)]
    sheet.write_string(0, 0, "Audit of supervision records", styles["title"])
    at = 1
    for name in (AUDIT, SECOND):
        rows = f"'{name}'!{status}2:{status}{len(sample.drawn) + 1}"
        sheet.write_url(at, 0, f"internal:'{name}'!A1", styles["link"], name)
        formula = f'=COUNTIF({rows},"marked*")&" of {count(len(sample.drawn), "note")} marked"'
        sheet.write_formula(
            at, 1, formula, styles["formula"], f"0 of {count(len(sample.drawn), 'note')} marked"
        )
        at += 1
    for line in lines:
        if isinstance(line, str):
            at += 1
            sheet.write_string(at, 0, line, styles["head"])
            sheet.write_blank(at, 1, None, styles["head"])
        else:
            sheet.set_row(at, height(line[1], _WIDTH))
            sheet.write_string(at, 0, line[0], styles["bold"])
            sheet.write_string(at, 1, line[1], styles["text"])
        at += 1
    set_up(sheet, landscape=True)


def _told(sentences: Mapping[Any, str]) -> list[tuple[str, str]]:
    return [(plain(word), sentence) for word, sentence in sentences.items()]

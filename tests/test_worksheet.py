"""What the audit worksheet promises: blind, hard to spoil, and read back mark by mark."""

import re
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pypdfium2
import pytest
from audits import as_the_tool, export, mark
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from odd_results import odd_assessments

from checker.cli import main
from checker.codebook import Flag, PlanBand, RecordType, ReflectionBand
from checker.report import jsonl
from checker.report.words import plain
from checker.sampling import By, Draw, build_frame, random_draw, risk_draw
from checker.worksheet import CRITERIA, Judgement, WorksheetError, read_worksheet, write_worksheet
from checker.worksheet.layout import AUDIT, COLUMNS, INSTRUCTIONS, KEY, MARKS, SECOND, TOOL, Column

FRAME = build_frame(export())
SAMPLE = random_draw(FRAME, 14, by=[By.TEAM])


@pytest.fixture
def audit(tmp_path) -> Path:
    path = tmp_path / "audit.xlsx"
    write_worksheet(SAMPLE, path)
    return path


@pytest.fixture(scope="module")
def office():
    found = shutil.which("soffice")
    if not found:
        pytest.skip("LibreOffice (soffice) is not installed: the worksheet was NOT opened in it")

    def convert(path: Path, form: str) -> Path:
        folder = path.parent / "converted"
        profile = f"-env:UserInstallation={(path.parent / 'profile').as_uri()}"
        order = [found, profile, "--headless", "--convert-to", form, "--outdir", str(folder), str(path)]
        subprocess.run(order, check=True, capture_output=True, timeout=120)
        return folder / path.with_suffix(f".{form}").name

    return convert


def visible_words(path: Path) -> str:
    book = openpyxl.load_workbook(path)
    sheets = [sheet for sheet in book if sheet.sheet_state == "visible"]
    return "\n".join(
        str(c) for sheet in sheets for row in sheet.iter_rows(values_only=True) for c in row if c
    )


def test_a_fresh_worksheet_has_every_drawn_record_and_no_mark(audit):
    rows = read_worksheet(audit)
    assert [(row.id, row.source) for row in rows] == [
        (drawn.candidate.id, drawn.candidate.source) for drawn in SAMPLE.drawn
    ]
    assert [(row.probability, row.stratum, row.draw) for row in rows] == [
        (drawn.probability, drawn.stratum, drawn.draw) for drawn in SAMPLE.drawn
    ]
    assert not any(row.auditor.is_begun or row.second.is_begun or row.empty for row in rows)


def test_the_tools_side_is_that_of_the_assessment(audit):
    for row, drawn in zip(read_worksheet(audit), SAMPLE.drawn, strict=True):
        assessment = drawn.candidate.assessment
        assert row.tool.reflection == assessment.reflection.band
        assert row.tool.plan == assessment.plan.band
        assert row.tool.weak == assessment.weak
        assert row.tool.criteria[Flag.VOICE] == any(Flag.VOICE in unit.flags for unit in assessment.units)
        assert row.text.split() == [word for unit in assessment.units for word in unit.text.split()]


def test_every_note_is_on_a_sheet_of_its_own_linked_from_its_row_and_back(audit):
    book = openpyxl.load_workbook(audit)
    for number, row in enumerate(read_worksheet(audit), 1):
        for name in (AUDIT, SECOND):
            assert book[name].cell(number + 1, 2).hyperlink.location == f"'Note {number}'!A1"
        note = book[f"Note {number}"]
        assert note["A3"].hyperlink.location == f"'{AUDIT}'!E{number + 1}"
        written = [str(cell.value or "") for cell in note["A"][5:]]
        assert "".join("".join(written).split()) == "".join(row.text.split())


def test_a_note_in_one_long_line_can_be_read_to_its_end(tmp_path):
    gold = export()[0]
    words = " ".join(f"word{number}" for number in range(2_000))
    long = replace(gold, units=(replace(gold.units[0], text=words),))
    write_worksheet(random_draw(build_frame([long]), 1), tmp_path / "long.xlsx")
    note = openpyxl.load_workbook(tmp_path / "long.xlsx")["Note 1"]
    shown = [cell.value for cell in note["A"][5:]]
    assert "".join(shown) == words
    highest = 409  # points: Microsoft, Excel specifications and limits
    needed = [15 * (len(part) / note.column_dimensions["A"].width) for part in shown]
    assert all(height <= highest for height in needed)


def test_the_worksheet_is_blind(audit):
    book = openpyxl.load_workbook(audit)
    assert book[KEY].sheet_state == "veryHidden"
    assert not any(title in visible_words(audit) for title in TOOL)
    for sheet in (book[AUDIT], book[SECOND]):
        titles = [cell.value for cell in sheet[1]]
        assert titles == [str(title) for title in COLUMNS]
        first = titles.index(Column.REFLECTION)
        assert not any(cell.value for row in sheet.iter_rows(min_row=2) for cell in row[first:-1])


def test_nothing_that_an_auditor_sees_tells_the_random_notes_of_a_risk_list_from_the_others(tmp_path):
    sample = risk_draw(FRAME, 20)
    write_worksheet(sample, tmp_path / "risk.xlsx")
    seen = visible_words(tmp_path / "risk.xlsx")
    assert Draw.AMONG_RISK not in seen and "It was not drawn at random" in seen
    draws = [row.draw for row in read_worksheet(tmp_path / "risk.xlsx")]
    assert draws.count(Draw.AMONG_RISK) == 2


def test_marks_are_lists_and_everything_else_is_protected(audit):
    book = openpyxl.load_workbook(audit)
    for name in (AUDIT, SECOND):
        sheet = book[name]
        lists = {
            str(found.sqref): found.formula1.strip('"').split(",")
            for found in sheet.data_validations.dataValidation
        }
        assert list(map(tuple, lists.values())) == list(MARKS.values())
        assert all(cells.endswith("15") for cells in lists)
        assert sheet.protection.sheet and sheet.freeze_panes == "C2"
        assert sheet.print_title_rows == "$1:$1" and sheet.page_setup.orientation == "landscape"
        unlocked = {
            sheet.cell(1, cell.column).value
            for row in sheet.iter_rows(min_row=2)
            for cell in row
            if not cell.protection.locked
        }
        assert unlocked == {*MARKS, Column.REASONS}
    assert book[INSTRUCTIONS].protection.sheet and book["Note 1"].protection.sheet


def test_the_first_sheet_holds_the_instructions_and_the_codebook(audit):
    book = openpyxl.load_workbook(audit)
    assert book.sheetnames[0] == INSTRUCTIONS
    words = "\n".join(str(cell) for row in book[INSTRUCTIONS].iter_rows(values_only=True) for cell in row)
    assert SAMPLE.words in words
    assert all(f"{plain(band)}\n" in words for band in (*ReflectionBand, *PlanBand))
    assert all(title in words for title in CRITERIA.values())


def test_what_two_auditors_mark_comes_back_and_the_cells_left_empty_are_named(audit):
    mark(audit, {1: {"Reflection": "Exploring ", "Plan": "weak", "Weak": "Yes", "Reasons": "Vague. "}})
    mark(audit, {1: {"Reflection": "not_scorable"}, 3: {"A contingency": "no"}}, SECOND)
    first, _, third, *_ = read_worksheet(audit)
    assert first.auditor == Judgement(
        reflection=ReflectionBand.EXPLORING, plan=PlanBand.WEAK, weak=True, reasons="Vague."
    )
    assert first.second == Judgement(reflection=ReflectionBand.NOT_SCORABLE)
    assert third.second == Judgement(criteria={Flag.CONTINGENCY: False}) and not third.auditor.is_begun
    assert first.empty == (
        *(f"Audit!{letter}2" for letter in "HIJKL"),
        *(f"Second auditor!{letter}2" for letter in "FGHIJKL"),
    )


def test_every_wrong_entry_is_named_by_its_cell_with_what_it_may_be(audit):
    mark(audit, {2: {"Reflection": "excellent"}, 5: {"Weak": "perhaps"}})
    mark(audit, {4: {"Plan": 3}}, SECOND)
    with pytest.raises(WorksheetError) as found:
        read_worksheet(audit)
    said = str(found.value)
    assert "Audit!E3: “excellent” is not a mark for Reflection; it may be not scorable, listing," in said
    assert "Audit!G6: “perhaps”" in said and "Second auditor!F5: “3”" in said


def test_rows_sorted_whole_are_read_right_and_rows_sorted_in_part_are_refused(audit):
    mark(audit, as_the_tool(audit))
    before = read_worksheet(audit)
    book = openpyxl.load_workbook(audit)
    sheet = book[AUDIT]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    for at, row in enumerate(reversed(rows), 2):
        for place, value in enumerate(row, 1):
            sheet.cell(at, place, value)
    book.save(audit)
    assert read_worksheet(audit) == before
    sheet["A2"], sheet["A3"] = sheet["A3"].value, sheet["A2"].value
    book.save(audit)
    with pytest.raises(WorksheetError, match=r"Audit!B2: note \d+ is “.*sort them whole"):
        read_worksheet(audit)


@pytest.mark.parametrize(
    "spoil, sentence",
    [
        (lambda book: book.remove(book[SECOND]), "no sheet “Second auditor”"),
        (lambda book: book.remove(book[KEY]), "no hidden sheet “Key”"),
        (lambda book: book[AUDIT].delete_cols(6), "has no column “Plan”"),
        (lambda book: book[KEY].delete_cols(5), "hidden sheet “Key” was changed"),
        (lambda book: book[AUDIT].__setitem__("A2", 99), "Audit!A2: “99” is not the number of a note"),
        (
            lambda book: (
                book[AUDIT].__setitem__("A3", 1) or book[AUDIT].__setitem__("B3", book[AUDIT]["B2"].value)
            ),
            "stands on this sheet twice",
        ),
    ],
)
def test_a_spoilt_workbook_is_one_sentence(audit, spoil, sentence):
    book = openpyxl.load_workbook(audit)
    spoil(book)
    book.save(audit)
    with pytest.raises(WorksheetError, match=sentence):
        read_worksheet(audit)


@pytest.mark.parametrize("content", [b"", b"no workbook", b"PK\x03\x04torn"])
def test_what_is_no_workbook_is_one_sentence(tmp_path, content):
    (tmp_path / "audit.xlsx").write_bytes(content)
    with pytest.raises(WorksheetError, match="cannot be read as an Excel workbook"):
        read_worksheet(tmp_path / "audit.xlsx")


def test_the_same_draw_gives_the_same_file(tmp_path, audit):
    write_worksheet(SAMPLE, tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == audit.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again.xlsx", "audit.xlsx"]


def test_assessments_without_text_cannot_be_audited_and_it_is_said_why(tmp_path):
    bare = tmp_path / "bare.jsonl"
    bare.write_bytes(b"".join(jsonl.line(one, text=False) for one in export()[:5]))
    result = CliRunner().invoke(
        main, ["sample", str(bare), "-n", "2", "--worksheet", str(tmp_path / "a.xlsx")]
    )
    assert result.exit_code == 2 and not (tmp_path / "a.xlsx").exists()
    assert "2 notes of the draw came without text" in " ".join(result.output.split())


@settings(max_examples=10)
@given(st.lists(odd_assessments(), min_size=1, max_size=3, unique_by=lambda one: (one.id, one.source)))
def test_whatever_stands_in_a_note_comes_back_as_it_was(tmp_path_factory, odd):
    path = tmp_path_factory.mktemp("odd") / "audit.xlsx"
    sample = random_draw(build_frame(odd), len(odd))
    write_worksheet(sample, path)
    rows = read_worksheet(path)
    assert [(r.id, r.source) for r in rows] == [(d.candidate.id, d.candidate.source) for d in sample.drawn]
    for row, drawn in zip(rows, sample.drawn, strict=True):
        assert all(unit.text in row.text for unit in drawn.candidate.assessment.units)


def test_libreoffice_prints_it_without_complaint(audit, office):
    pages = pypdfium2.PdfDocument(office(audit, "pdf"))
    words = [page.get_textpage().get_text_range() for page in pages]
    assert "Audit of supervision records" in words[0]
    assert not any(re.search(r"#(NAME|REF|VALUE|N/A)|Err:\d", said) for said in words)
    for number in range(1, 15):
        assert sum(f"Note {number}: " in said for said in words) == 1
    assert not any(title in said for said in words for title in TOOL)
    assert len(pages) <= 2 + 2 * 2 + 14 * 2  # no column runs over onto a page of its own


def test_libreoffice_shows_how_far_a_row_is_marked_and_the_tool_only_then(tmp_path, office):
    path = tmp_path / "reveal.xlsx"
    write_worksheet(SAMPLE, path, reveal=True)
    marks = as_the_tool(path)
    rows = read_worksheet(path)
    plainly = next(n for n, row in enumerate(rows, 1) if row.record_type is RecordType.CASE)
    half = plainly % 14 + 1
    contrary = half % 14 + 1
    marks[half] = {Column.REFLECTION: "listing"}
    marks[contrary][Column.WEAK] = "no" if marks[contrary][Column.WEAK] == "yes" else "yes"
    mark(path, {number: marks[number] for number in (plainly, half, contrary)})
    book = openpyxl.load_workbook(office(path, "xlsx"), data_only=True)
    titles = [cell.value for cell in book[AUDIT][1]]

    def cells(number: int) -> dict:
        return dict(zip(titles, (cell.value for cell in book[AUDIT][number + 1]), strict=False))

    assert cells(plainly)[Column.STATUS] == "marked"
    assert [cells(plainly)[title] for title in TOOL[:2]] == [
        plain(rows[plainly - 1].tool.reflection),
        plain(rows[plainly - 1].tool.plan),
    ]
    assert cells(half)[Column.STATUS] == "part marked"
    assert {cells(half)[title] for title in TOOL} == {"not yet shown"}
    assert cells(contrary)[Column.STATUS] == "marked, but weak does not follow from the rest"
    assert book[INSTRUCTIONS]["B2"].value == "2 of 14 notes marked"
    assert all(row.revealed for row in read_worksheet(path))

"""What the reports of `checker history` promise, and the command itself with the real model."""

import csv
import io
import json
import re
import subprocess
import sys

import html5lib
import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from odd_results import odd_assessments
from rich.console import Console
from test_history import all_series, series

from checker.cli import main
from checker.codebook import WHAT_THE_TOOL_DOES_NOT_DO
from checker.history import histories, html, jsonl, terminal, xlsx
from checker.settings import Policy


@pytest.fixture(scope="module")
def found():
    history = histories(all_series(), Policy())
    return history, list(history.timelines())


@pytest.fixture(scope="module")
def page(found, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "history.html"
    html.write(*found, path)
    return path


def parsed(path):
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(
        path.read_text(encoding="utf-8")
    )


def shown(element) -> str:
    return "".join(element.itertext())


def test_the_page_is_valid_fetches_nothing_and_every_link_leads_somewhere(page):
    tree = parsed(page)
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    links = [element.get("href") for element in tree.iter() if element.get("href")]
    assert len(ids) == len(set(ids)) and {link[1:] for link in links} <= set(ids)
    assert not re.search(r"url\(|@import|https?:|<script", page.read_text(encoding="utf-8"))


def test_every_chart_says_in_words_what_it_draws(page):
    charts = [element for element in parsed(page).iter() if element.get("role") == "img"]
    assert len(charts) == 9
    for chart in charts:
        (title,) = [child for child in chart if child.get("id") == chart.get("aria-labelledby")]
        assert title.text.startswith("Reflection by note. ") and "carried over." in title.text


def test_every_table_has_a_caption_and_scrolls_by_keyboard(page):
    tree = parsed(page)
    assert all(table.find("caption") is not None for table in tree.iter("table"))
    assert {head.get("scope") for head in tree.iter("th")} == {"col", "row"}
    assert all(e.get("tabindex") == "0" for e in tree.iter("div") if e.get("class") == "wide")


def test_every_form_carries_what_the_tool_does_not_do(found, page, tmp_path):
    xlsx.write(*found, tmp_path / "h.xlsx")
    about = openpyxl.load_workbook(tmp_path / "h.xlsx")["About"]
    console = Console(record=True, width=300, file=io.StringIO())
    terminal.show(*found, console)
    for said in (shown(parsed(page)), " ".join(str(c.value) for c in about["A"]), console.export_text()):
        assert all(sentence in said for sentence in WHAT_THE_TOOL_DOES_NOT_DO)


def test_without_text_no_form_quotes_a_note(found, tmp_path):
    history, timelines = found
    html.write(history, timelines, tmp_path / "h.html", text=False)
    xlsx.write(history, timelines, tmp_path / "h.xlsx", text=False)
    book = openpyxl.load_workbook(tmp_path / "h.xlsx")
    cells = " ".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    console = Console(record=True, width=300, file=io.StringIO())
    terminal.show(history, timelines, console, text=False)
    lines = b"".join(jsonl.lines(history, timelines, text=False)).decode()
    units = [unit.text for one in all_series() for unit in one.units if len(unit.text) > 25]
    for said in (shown(parsed(tmp_path / "h.html")), cells, console.export_text(), json.dumps(lines)):
        assert "P-77121" in said
        assert not [text for text in units if text in said]


def test_without_text_no_form_gives_a_name_from_a_note(tmp_path):
    mixed = series("P-77120")[:2] + series("P-77121")  # two children under one id, and names left behind
    history = histories([replace(one, person="P-1") for one in mixed] + series("P-77120"), Policy())
    timelines = list(history.timelines())
    for text, named in ((True, True), (False, False)):
        html.write(history, timelines, tmp_path / "h.html", text)
        console = Console(record=True, width=300, file=io.StringIO())
        terminal.show(history, timelines, console, text)
        lines = b"".join(jsonl.lines(history, timelines, text)).decode()
        for said in (shown(parsed(tmp_path / "h.html")), console.export_text(), lines):
            assert ("Zayn" in said) is named


def test_the_workbook_has_a_row_a_person_a_note_and_an_action(found, tmp_path):
    history, timelines = found
    xlsx.write(history, timelines, tmp_path / "h.xlsx")
    book = openpyxl.load_workbook(tmp_path / "h.xlsx")
    assert book["People"].max_row == 1 + 9
    assert book["Notes"].max_row == 1 + 36
    assert book["Actions"].max_row == 1 + sum(len(timeline.tasks) for timeline in timelines)


def test_a_line_of_json_holds_all_of_a_person(found):
    history, timelines = found
    lines = [json.loads(line) for line in jsonl.lines(history, timelines)]
    assert [line["person"] for line in lines] == sorted(history.people)
    task = next(line for line in lines if line["person"] == "C-40817")["tasks"][0]
    assert task["quotes"][0]["date"] == "2023-09-12" and task["quotes"][0]["words"]


@settings(max_examples=10)
@given(st.lists(odd_assessments(), min_size=1, max_size=4), st.lists(st.dates(), min_size=4, max_size=4))
def test_whatever_the_text_and_the_dates_every_form_is_whole(tmp_path_factory, found, days):
    notes = [replace(one, date=day, recorded=max(days)) for one, day in zip(found, days, strict=False)]
    history = histories(notes, Policy())
    timelines = list(history.timelines())
    folder = tmp_path_factory.mktemp("odd")
    html.write(history, timelines, folder / "odd.html")
    assert not [e for e in parsed(folder / "odd.html").iter() if e.tag in ("script", "img")]
    xlsx.write(history, timelines, folder / "odd.xlsx")
    openpyxl.load_workbook(folder / "odd.xlsx")
    assert all(json.loads(line) for line in jsonl.lines(history, timelines))
    terminal.show(history, timelines, Console(file=io.StringIO()))


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("table") / "export.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "text", "date", "person"])
        for one in series("C-40817"):
            text = "\n".join(unit.text for unit in one.units)
            rows.writerow([one.id, text, one.date.isoformat(), one.person])
        rows.writerow(["alone", "Visit done. SW to visit on 1 May 2025.", "", "C-1"])
    return path


def test_the_command_checks_a_table_first_and_shows_a_persons_timeline(table):
    result = CliRunner().invoke(main, ["history", str(table), "--person", "c-40817"])
    assert result.exit_code == 0
    assert "Carried over 3 times since 12/09/2023" in " ".join(result.output.split())
    assert "No date: fill in what is missing" in result.output


def test_the_command_reads_assessments_and_writes_each_form(table, tmp_path):
    results = tmp_path / "results.jsonl"
    CliRunner().invoke(main, ["check", str(table), "--output", str(results), "--fail-on", "never"])
    before = results.read_bytes()
    for form in ("jsonl", "html", "xlsx"):
        output = tmp_path / f"history.{form}"
        result = CliRunner().invoke(main, ["history", str(results), "--output", str(output)])
        assert result.exit_code == 0 and output.stat().st_size > 1000
        assert "4 notes of 1 person; 1 note on no timeline" in result.output
    assert results.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "history.html", "history.jsonl", "history.xlsx", "results.jsonl",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (["--person", "C-99"], "No note has the person C-99"),
        (["--format", "xlsx"], "name it with --output"),
        (["--output", "history.docx"], "What form should history.docx have?"),
    ],
)
def test_a_wrong_use_is_answered_in_a_sentence(table, tmp_path, arguments, sentence):
    result = CliRunner().invoke(main, ["history", str(table), *arguments])
    assert result.exit_code == 2 and sentence in result.output and "Traceback" not in result.output


def test_where_no_note_has_a_person_and_a_date_the_command_says_so_in_a_sentence(tmp_path):
    note = tmp_path / "note.txt"
    note.write_text("Visit done. SW to visit on 1 May 2025.")
    for source, why in (
        (note, "No person and no date: fill in"),
        (tmp_path / "no.csv", "no.csv is not there"),
    ):
        result = CliRunner().invoke(main, ["history", str(source), "--person", "C-1"])
        assert result.exit_code == 2
        assert "No note stands on a timeline." in result.output and why in " ".join(result.output.split())


def test_without_its_extra_the_command_says_what_to_install(table):
    code = "import sys; sys.modules['rapidfuzz'] = None; from checker.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code, "history", str(table)], capture_output=True, text=True)
    assert done.returncode == 2 and 'pip install "supervision-checker[quality]"' in done.stderr


def test_an_input_is_never_written_over(table):
    result = CliRunner().invoke(main, ["history", str(table), "--format", "jsonl", "--output", str(table)])
    assert result.exit_code == 2 and "never changed" in result.output


def test_an_input_that_cannot_be_read_gives_exit_status_three_and_the_rest_is_shown(table, tmp_path):
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"not a PDF")
    result = CliRunner().invoke(main, ["history", str(table), str(scan)])
    assert result.exit_code == 3 and "Carried over" in result.output
    assert "scan.pdf" in result.output.replace("\n", "")  # a long path runs over the window's edge

"""What checking a spreadsheet on the page promises."""

import csv
import io
import time

import pytest
from openpyxl import Workbook, load_workbook
from page_client import NOTES, ROOT, Visitor, checker, marked, open_page, tree, words

from checker.page import jobs, many
from checker.page.lengths import LONGEST_NOTE
from checker.page.turns import MOST_WAITING_EACH, Busy, Turns
from checker.report.summary import summarise

EXPORT = ROOT / "examples" / "exports" / "export.xlsx"
ODD = ROOT / "examples" / "odd-columns" / "forms.xlsx"
EVERY = summarise(checker().check_files([EXPORT]))


def upload(visitor, path=EXPORT, name=None):
    return visitor.sends("/many/file", (name or path.name, path.read_bytes()))


def finish(visitor, **columns):
    """Start with the columns guessed, or others, and wait."""
    page = tree(visitor.get("/many/columns"))
    text = [box.get("value") for box in marked(page, "input", name="text") if box.get("checked") is not None]
    chosen = {
        field: next(
            (words(o) for o in list(marked(page, "select", name=field)[0]) if o.get("selected") is not None),
            "",
        )
        for field in ("id", "date", "record_type")
    }
    answer = visitor.sends("/many/start", **({"text": text} | chosen | columns))
    assert answer.status_code == 200
    ends = time.monotonic() + 60
    while not (state := visitor.get("/many/how-far").json())["finished"]:
        assert time.monotonic() < ends
        time.sleep(0.05)
    return state


@pytest.fixture(scope="module")
def checked():
    visitor = Visitor()
    upload(visitor)
    finish(visitor)
    return visitor


def table(answer) -> list[list[str]]:
    rows = next(tree(answer).iter("tbody")).iter("tr")
    return [[words(cell) for cell in row] for row in rows]


def test_the_table_shows_what_checker_check_finds_worst_first(checked):
    shown = table(checked.get("/many/results"))
    assert [row[0] for row in shown] == [row.id for row in EVERY.worst_first]
    assert [row[3] == "weak" for row in shown] == [row.weak for row in EVERY.worst_first]


def test_the_table_is_narrowed_by_what_its_form_offers(checked):
    for name, choices in many.FILTERS.items():
        lengths = [len(table(checked.get("/many/results", params={name: choice}))) for choice in choices]
        assert sum(lengths) == len(EVERY.worst_first) and max(lengths) < len(EVERY.worst_first)
    assert len(table(checked.get("/many/results", params={"weak": "x' OR 1", "page": "9" * 30}))) > 0


def test_a_record_is_shown_with_the_same_parts_as_a_single_note(checked):
    row = EVERY.worst_first[0]
    page = checked.get(f"/many/results/{row.number}")
    assert words(next(tree(page).iter("h1"))) == row.id
    assert marked(tree(page), "dl", class_="bands") and marked(tree(page), "div", class_="note")
    assert checked.get("/many/results/0").status_code == checked.get("/many/results/99999").status_code == 404


def test_the_results_download_in_three_forms(checked):
    rows = list(csv.DictReader(io.StringIO(checked.get("/many/checked.csv").text)))
    assert [row["id"] for row in rows] == [a.id for a in checker().check_files([EXPORT])]
    book = load_workbook(io.BytesIO(checked.get("/many/checked.xlsx").content))
    assert book["Records"].max_row == len(rows) + 1
    assert checked.get("/many/checked.html").text.count("<article") == len(rows)


def test_columns_are_guessed_from_what_the_table_holds():
    visitor = Visitor()
    page = tree(upload(visitor, ODD))
    chosen = [
        box.get("value") for box in marked(page, "input", name="text") if box.get("checked") is not None
    ]
    assert chosen == ["Update", "Reflection", "Actions"]
    selected = [words(option) for option in page.iter("option") if option.get("selected") is not None]
    assert selected == ["Form ID", "Supervision Date", "Form Type"]


def test_a_guess_can_be_corrected():
    rows = "id,text,worker,date,record type\n1,Seen at school.,Ama,1/2/2025,personal\n2,Seen at home.,Bo,2/2/2025,case\n"
    visitor = Visitor()
    visitor.sends("/many/file", ("rows.csv", rows.encode()))
    finish(visitor, id="worker", date="", record_type="", kind="group")
    shown = [row[:3] for row in table(visitor.get("/many/results"))]
    assert sorted(shown) == [["Ama", "", "group"], ["Bo", "", "group"]]


def test_a_row_that_cannot_be_read_is_told_and_the_rest_goes_on():
    endless = "Seen. " * (LONGEST_NOTE // 6 + 1)
    rows = f"id,text\n1,Seen at school and happy.\n2,\n3,Seen at home and sad.\n4,{endless}\n"
    visitor = Visitor()
    visitor.sends("/many/file", ("rows.csv", rows.encode()))
    assert finish(visitor) == {"done": 4, "total": 4, "finished": True}
    answer = visitor.get("/many/results")
    told = words(tree(answer))
    assert len(table(answer)) == 2
    assert "rows.csv#row 3 has no text" in told and "rows.csv#row 5 is too long for one note" in told


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("note.docx", b"x", "note.docx is no spreadsheet"),
        ("old.xls", b"x", "old.xls is no spreadsheet"),
        ("a.parquet", b"PAR1", "a.parquet is no spreadsheet"),
        ("a.xlsx", b"x", "a.xlsx cannot be read as a table"),
        ("a.csv", b"", "a.csv has no row of column names"),
    ],
)
def test_what_is_no_spreadsheet_is_said_in_a_sentence(name, data, sentence):
    answer = Visitor().sends("/many/file", (name, data))
    assert answer.status_code == 400
    assert sentence in words(marked(tree(answer), "div", class_="govuk-error-summary")[0])


def test_at_least_one_column_must_hold_the_words():
    visitor = Visitor()
    upload(visitor)
    answer = visitor.sends("/many/start", id="ID")
    assert answer.status_code == 400 and "Choose at least one column" in answer.text


def test_a_spreadsheet_can_be_stopped_and_what_is_done_is_shown():
    book = Workbook()
    book.active.append(["id", "text"])
    for number in range(400):
        book.active.append([number, NOTES[4].read_text(encoding="utf-8")])
    held = io.BytesIO()
    book.save(held)
    visitor = Visitor()
    visitor.sends("/many/file", ("long.xlsx", held.getvalue()))
    answer = visitor.sends("/many/start", text="text", id="id")
    assert marked(tree(answer), "progress", max="400")
    answer = visitor.sends("/many/stop")
    assert "only part of the spreadsheet was checked" in answer.text
    assert len(table(answer)) < 100


def test_one_person_never_sees_the_spreadsheet_of_another(checked):
    other = Visitor()
    for path in (
        "progress",
        "how-far",
        "results",
        "results/1",
        "checked.xlsx",
        "checked.csv",
        "checked.html",
    ):
        answer = other.get(f"/many/{path}")
        assert answer.status_code == 404 and "no spreadsheet of yours" in answer.text
        assert checked.get(f"/many/{path}").status_code == 200


def test_results_are_gone_when_asked_when_the_page_is_closed_and_after_half_an_hour(monkeypatch):
    visitor = Visitor()
    for end in ("asked", "closed", "time"):
        visitor.sends("/many/file", ("rows.csv", b"id,text\n1,Seen at school and happy.\n"))
        finish(visitor)
        if end == "asked":
            visitor.sends("/many/forget")
        with monkeypatch.context() as short:
            if end == "closed":
                token = visitor.token()
                assert visitor.post("/many/leave", data={"token": token}).status_code == 204
                assert visitor.get("/many/here").status_code == 204
                short.setattr(jobs, "GRACE", -1)
                assert visitor.get("/many/results").status_code == 200
                visitor.post("/many/leave", data={"token": token})
            elif end == "time":
                short.setattr(jobs, "KEPT", -1)
            assert visitor.get("/many/results").status_code == 404
    desk = open_page().app.state.desk
    with monkeypatch.context() as short:
        short.setattr(jobs, "KEPT", -1)
        ends = time.monotonic() + 20
        while len(desk.jobs):
            assert time.monotonic() < ends, "forgotten results are still in memory"
            time.sleep(0.2)


def test_there_is_an_end_to_the_spreadsheets_in_hand(monkeypatch):
    monkeypatch.setattr(jobs, "MOST_JOBS", 0)
    answer = upload(Visitor())
    assert answer.status_code == 503 and "try again in half an hour" in answer.text


def test_a_spreadsheet_too_long_for_the_page_is_cut_and_the_page_says_so(monkeypatch):
    monkeypatch.setattr(jobs, "MOST_ROWS", 3)
    visitor = Visitor()
    upload(visitor)
    assert finish(visitor)["total"] == 3
    assert "Only the first 3 records were checked" in visitor.get("/many/results").text


def test_whoever_has_one_note_waits_for_one_turn_of_whoever_has_many():
    turns = Turns(1)
    order = []
    first = turns.one_of_many("many", lambda: time.sleep(0.2))
    rows = [turns.one_of_many("many", lambda: order.append("row")) for _ in range(5)]
    single = turns.single("one", lambda: order.append("note"))
    for turn in (first, *rows, single):
        turn.result(5)
    assert order.index("note") <= 1


def test_one_person_cannot_fill_the_queue():
    turns = Turns(1)
    turns.one_of_many("x", lambda: time.sleep(0.3))
    waiting = [turns.single("greedy", lambda: None) for _ in range(MOST_WAITING_EACH)]
    with pytest.raises(Busy):
        turns.single("greedy", lambda: None)
    turns.single("other", lambda: None).result(5)
    for turn in waiting:
        turn.result(5)
    turns.single("greedy", lambda: None).result(5)

"""What a table of records promises: every row a record or a sentence, in constant memory."""

import csv
import datetime as dt
import io
import itertools
import json
import random
import re
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import msoffcrypto
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import example, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from msoffcrypto.format.ooxml import OOXMLFile

from checker.codebook import RecordType
from checker.read import count, read
from checker.record import Record, Unreadable
from checker.settings import BadSettings, Columns, LongForm, Settings, find, load

OURS = Settings()
HEADER = [
    "id",
    "text",
    "record_type",
    "date",
    "recorded",
    "person",
    "worker",
    "supervisor",
    "team",
    "service",
]
FIRST = [
    "S1",
    "Seen at home.\nAgreed: ring GP by 3 May.",
    "case",
    "03/04/2025",
    "2025-04-05",
    "P1",
    "Ama",
    "Jo",
    "East",
    "CIN",
]
SECOND = ["S2", "Café visit – “fine”.", "personal", "3/4/25", "2025-04-05T09:30:00Z", "", "", "", "", ""]


def write_csv(path: Path, rows, delimiter=",", encoding="utf-8") -> Path:
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def write_xlsx(path: Path, rows) -> Path:
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    workbook.save(path)
    return path


def write_jsonl(path: Path, rows) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def write_parquet(path: Path, columns, **options) -> Path:
    pq.write_table(pa.table(columns), path, **options)
    return path


def all_of(path, settings=OURS, record_type=None):
    return list(read([path], settings, record_type))


def records(path, settings=OURS, record_type=None) -> list[Record]:
    found = all_of(path, settings, record_type)
    assert all(isinstance(each, Record) for each in found), found
    return found


def failure(path, settings=OURS) -> Unreadable:
    """The one failure of an input, whose sentence is clear: one line, ending in a full stop."""
    (found,) = all_of(path, settings)
    assert isinstance(found, Unreadable)
    assert found.error.message.endswith(".") and "\n" not in found.error.message
    assert "Traceback" not in found.error.message
    return found


# --- every format ---------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".xlsx", ".jsonl", ".parquet"])
def test_every_kind_of_table_gives_the_same_records(tmp_path, suffix):
    path = tmp_path / f"export{suffix}"
    table = [dict(zip(HEADER, row, strict=True)) for row in (FIRST, SECOND)]
    if suffix in (".csv", ".tsv"):
        write_csv(path, [HEADER, FIRST, SECOND], "\t" if suffix == ".tsv" else ",")
    elif suffix == ".xlsx":
        write_xlsx(path, [HEADER, FIRST, SECOND])
    elif suffix == ".jsonl":
        write_jsonl(path, table)
    else:
        write_parquet(path, {name: [row[name] for row in table] for name in HEADER})
    first, second = records(path)
    assert (first.id, first.text, first.record_type) == (FIRST[0], FIRST[1], RecordType.CASE)
    assert (first.date, first.recorded) == (dt.date(2025, 4, 3), dt.date(2025, 4, 5))
    assert (first.person, first.worker, first.supervisor) == ("P1", "Ama", "Jo")
    assert (first.team, first.service, first.warnings) == ("East", "CIN", ())
    assert (second.text, second.record_type, second.person) == (SECOND[1], RecordType.PERSONAL, None)
    assert (second.date, second.recorded) == (dt.date(2025, 4, 3), dt.date(2025, 4, 5))
    assert count([path], OURS) == 2


def test_a_record_says_which_row_of_which_file_it_is(tmp_path):
    path = write_csv(tmp_path / "a.csv", [["text"], ["One\nnote."], ["Two notes."]])
    assert [(r.source, r.id) for r in records(path)] == [(f"{path}#row 2", "2"), (f"{path}#row 3", "3")]
    path = write_jsonl(tmp_path / "a.jsonl", [{"text": "One."}])
    assert records(path)[0].source == f"{path}#line 1"


def test_column_names_may_be_in_any_case_and_with_spaces(tmp_path):
    path = write_csv(
        tmp_path / "a.csv", [[" TEXT ", "Record Type", "ID"], ["A note.", "Management Oversight", "7"]]
    )
    (record,) = records(path)
    assert (record.id, record.record_type) == ("7", RecordType.MANAGEMENT_OVERSIGHT)


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
        lambda text: re.search(r"\w", text) and not set(text) & set("<{")
    )
)
def test_a_plain_cell_is_read_untouched_so_that_spans_point_into_it(text):
    with tempfile.TemporaryDirectory() as folder:
        path = write_jsonl(Path(folder) / "a.jsonl", [{"text": text}])
        (record,) = records(path)
        assert record.text == text


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_a_csv_is_read_whatever_its_delimiter_and_encoding(tmp_path, delimiter, encoding):
    path = write_csv(tmp_path / "a.csv", [["id", "text"], ["1", SECOND[1] + ";,|\t"]], delimiter, encoding)
    assert records(path)[0].text == SECOND[1] + ";,|\t"


def test_windows_characters_deep_in_a_file_are_read(tmp_path):
    notes = [[f"{n}", "Plain words only."] for n in range(9000)]
    path = write_csv(
        tmp_path / "a.csv", [["id", "text"], *notes, ["z", "Mum’s café – £5"]], encoding="cp1252"
    )
    assert records(path)[-1].text == "Mum’s café – £5"


def test_a_header_below_a_title_is_found(tmp_path):
    rows = [["Supervisions, run on 02/06/2025"], [], ["ID", "Text"], ["1", "A note."]]
    assert records(write_xlsx(tmp_path / "a.xlsx", rows))[0].source.endswith("#row 4")
    assert records(write_csv(tmp_path / "a.csv", rows))[0].source.endswith("#row 4")


def test_the_first_sheet_with_a_text_column_is_read(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active.append(["About this export"])
    sheet = workbook.create_sheet("Data")
    sheet.append(["id", "text", "date"])
    sheet.append([17, "One._x000D_\nTwo.", dt.datetime(2025, 4, 3, 9)])
    workbook.save(tmp_path / "a.xlsx")
    (record,) = records(tmp_path / "a.xlsx")
    assert (record.id, record.text, record.date) == ("17", "One.\r\nTwo.", dt.date(2025, 4, 3))


def test_a_stray_cell_in_the_last_corner_of_a_sheet_does_no_harm(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["id", "text"])
        sheet.write_row(1, 0, ["1", "A note."])
        sheet.write(1_048_575, 16_383, "x")
    first, stray = all_of(tmp_path / "a.xlsx")
    assert first.text == "A note." and stray.error.kind == "empty"


# --- cells ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("03/04/2025", dt.date(2025, 4, 3)),
        ("3/4/25", dt.date(2025, 4, 3)),
        ("03.04.25", dt.date(2025, 4, 3)),
        ("2025-04-03", dt.date(2025, 4, 3)),
        ("2025-04-03T23:59:00+01:00", dt.date(2025, 4, 3)),
        ("03/04/2025 14:05", dt.date(2025, 4, 3)),
        ("3 April 2025", dt.date(2025, 4, 3)),
        ("45750", dt.date(2025, 4, 3)),
        ("45750.5", dt.date(2025, 4, 3)),
    ],
)
def test_dates_are_read_day_first(tmp_path, written, day):
    (record,) = records(write_csv(tmp_path / "a.csv", [["text", "date"], ["A note.", written]]))
    assert (record.date, record.warnings) == (day, ())


@pytest.mark.parametrize(
    "written", ["Tuesday", "3 April", "04/2025", "31/02/2025", "TBC", "0", "2025-13-45", "9" * 30]
)
def test_a_date_that_is_not_whole_is_a_warning_and_never_a_guess(tmp_path, written):
    (record,) = records(write_csv(tmp_path / "a.csv", [["text", "date"], ["A note.", written]]))
    assert record.date is None
    assert "“date”" in record.warnings[0]


def test_html_and_rtf_in_cells_become_plain_lines(tmp_path):
    rows = [
        ["text"],
        ["<p>Seen&nbsp;alone.</p><ul><li>Ring GP</li></ul>"],
        [r"{\rtf1\ansi Seen alone.\par Ring GP}"],
        ['<div class="x">Seen alone.<br/>Ring GP</div>'],
    ]
    for record in records(write_csv(tmp_path / "a.csv", rows)):
        assert "Seen alone." in record.text and "Ring GP" in record.text
        assert not set("<>{}\\&") & set(record.text)
        assert len(record.text.splitlines()) >= 2


@pytest.mark.parametrize(
    "text",
    [
        "Late by <5 mins, then >10 mins.",
        "a<b and b>c",
        "<name of child> seen",
        "Mail <jo@example.org>",
        "{not rtf}",
    ],
)
def test_angle_brackets_that_are_no_tags_stay(tmp_path, text):
    assert records(write_csv(tmp_path / "a.csv", [["text"], [text]]))[0].text == text


def test_a_cell_cut_at_excels_limit_is_reported(tmp_path):
    rows = [["text"], ["x" * 32_766], ["x" * 32_767], ["x" * 32_768], ["🙂" + "x" * 32_765]]
    warned = [bool(r.warnings) for r in records(write_csv(tmp_path / "a.csv", rows))]
    assert warned == [False, True, False, True]
    path = write_xlsx(tmp_path / "a.xlsx", rows[:1] + rows[2:3])
    assert "cut at Excel's limit of 32,767" in records(path)[0].warnings[0]


def test_a_row_without_text_is_reported_and_the_rest_is_read(tmp_path):
    path = write_csv(tmp_path / "a.csv", [["id", "text"], ["1", "A note."], ["2", " "], ["3", "Another."]])
    first, second, third = all_of(path)
    assert (first.id, third.id) == ("1", "3")
    assert (
        second.source == f"{path}#row 3" and second.error.kind == "empty" and "“text”" in second.error.message
    )


def test_an_unknown_record_type_falls_back_with_a_warning(tmp_path):
    path = write_csv(tmp_path / "a.csv", [["text", "record_type"], ["A note.", "Sandwich"], ["A note.", ""]])
    unknown, silent = records(path)
    assert unknown.record_type == RecordType.CASE and "Sandwich" in unknown.warnings[0]
    assert (silent.record_type, silent.warnings) == (RecordType.CASE, ())
    assert [r.record_type for r in records(path, record_type=RecordType.GROUP)] == [RecordType.GROUP] * 2


def test_a_repeated_id_is_a_warning(tmp_path):
    rows = [["id", "text"], ["1", "A note."], ["2", "A note."], ["1", "Another."]]
    assert [bool(r.warnings) for r in records(write_csv(tmp_path / "a.csv", rows))] == [False, False, True]


def test_ragged_rows_are_read_and_an_overlong_one_is_a_warning(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("text,id,team\nShort row\nWords,2,East,that,spilt\nTrailing,3,East,,\n", encoding="utf-8")
    short, spilt, trailing = records(path)
    assert (short.text, short.team, short.warnings, trailing.warnings) == ("Short row", None, (), ())
    assert "more cells" in spilt.warnings[0]


def test_zero_bytes_and_huge_cells_are_read(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("text\n" + "A\0note. " * 3 + "\n" + "word " * 200_000, encoding="utf-8")
    first, huge = records(path)
    assert first.text == "A\0note. " * 3 and len(huge.text) == 1_000_000


# --- a council's own columns ------------------------------------------------------------------------


def test_several_text_columns_are_joined_under_their_names(tmp_path):
    settings = Settings(
        columns=Columns(text=("Update", "Reflection", "Actions"), id="Form ID"),
        record_types={"1:1 Supervision": RecordType.PERSONAL},
    )
    rows = [
        ["form id", "Actions", "Update", "Reflection", "record_type"],
        ["F9", "Ring GP.", "Seen.", "", "1:1 supervision"],
    ]
    (record,) = records(write_csv(tmp_path / "a.csv", rows), settings)
    assert record.text == "Update\nSeen.\n\nActions\nRing GP."
    assert (record.id, record.record_type) == ("F9", RecordType.PERSONAL)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet", ".jsonl"])
def test_a_column_that_is_not_there_is_named_with_those_that_are(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    if suffix == ".jsonl":
        write_jsonl(path, [{"Notes": "A note.", "Ref": "1"}])
    elif suffix == ".parquet":
        write_parquet(path, {"Notes": ["A note."], "Ref": ["1"]})
    else:
        (write_csv if suffix == ".csv" else write_xlsx)(path, [["Notes", "Ref"], ["A note.", "1"]])
    error = failure(path).error
    assert error.kind == "missing_column"
    assert (
        all(f"“{name}”" in error.message for name in ("text", "Notes", "Ref"))
        and "[columns]" in error.message
    )


def test_a_column_that_the_settings_name_must_be_there(tmp_path):
    settings = Settings(columns=Columns(text="Notes", team="Locality"))
    path = write_csv(tmp_path / "a.csv", [["Notes", "Ref"], ["A note.", "1"]])
    assert "no column “Locality”" in failure(path, settings).error.message
    # An object of JSON may leave out what is empty.
    assert records(write_jsonl(tmp_path / "a.jsonl", [{"Notes": "A note."}]), settings)[0].team is None


def test_a_table_without_a_header_is_not_quoted(tmp_path):
    path = write_csv(
        tmp_path / "a.csv",
        [["1", "Amara was seen alone at school and said that she is scared of going home."]],
    )
    assert "Amara" not in failure(path).error.message


LONG = Settings(long_form=LongForm(group="Form", question="Q", answer="A"), columns=Columns(date="Held"))


@pytest.mark.parametrize("shuffled", [False, True])
def test_long_form_gathers_a_forms_answers_wherever_its_rows_stand(tmp_path, shuffled):
    rows = [
        ["F1", "What happened?", "Moved.", "03/04/2025"],
        ["F1", "Reflection", "", "03/04/2025"],
        ["F2", "What happened?", "Stayed.", "04/04/2025"],
        ["F2", "Actions", "Ring GP.", "04/04/2025"],
    ]
    if shuffled:
        rows = [rows[2], rows[0], rows[1], rows[3]]
    path = write_csv(tmp_path / "a.csv", [["Form", "Q", "A", "Held"], *rows])
    first, second = sorted(records(path, LONG), key=lambda record: record.id)
    assert first.text == "What happened?\nMoved.\n\nReflection"
    assert second.text == "What happened?\nStayed.\n\nActions\nRing GP."
    assert (first.id, first.date, second.date) == ("F1", dt.date(2025, 4, 3), dt.date(2025, 4, 4))
    assert count([path], LONG) == 2


def test_long_form_reports_rows_without_a_form_and_forms_without_an_answer(tmp_path):
    rows = [
        ["Form", "Q", "A", "Held"],
        ["", "Q1", "Lost.", ""],
        ["F1", "Q1", "", ""],
        ["F2", "Q1", "Kept.", ""],
    ]
    lost, empty, kept = all_of(write_csv(tmp_path / "a.csv", rows), LONG)
    assert "“Form”" in lost.error.message and empty.error.kind == "empty" and kept.text == "Q1\nKept."


# --- settings ---------------------------------------------------------------------------------------


def test_a_settings_file_is_read(tmp_path):
    path = tmp_path / "checker.toml"
    path.write_text(
        '[columns]\ntext = ["Update", "Actions"]\nid = "Form ID"\n[record_types]\n"1:1" = "personal"\n[rules]\nno-owner = "off"\n',
        encoding="utf-8",
    )
    settings = load(path)
    assert settings.text_columns == ("Update", "Actions")
    assert settings.named_columns == ("Update", "Actions", "Form ID")
    assert settings.record_types == {"1:1": RecordType.PERSONAL} and settings.rules == {"no-owner": "off"}


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("[colums]", "did you mean “columns”?"),
        ('[columns]\ntxt = "a"', "“txt” in [columns]"),
        ("[columns]\ntext = 3", "“columns.text” must be a name in quotation marks or a list"),
        ("[columns]\ntext = []", "empty"),
        ('[rules]\nno-owner = "loud"', "“no-owner” is “loud”; it may be “error”"),
        ('[record_types]\n"1:1" = "private"', "“1:1” is “private”"),
        ('[long_form]\ngroup = "Form"', "[long_form] needs a “question”"),
        ("rules = 3", "“rules” must be a table"),
        ("[rules", "not valid TOML"),
        ("\udcff", "not UTF-8"),
        ('[columns]\ntext = "x"\n[long_form]\ngroup = "a"\nquestion = "b"\nanswer = "c"', "take “text” out"),
    ],
)
def test_a_mistake_in_a_settings_file_is_said_plainly(tmp_path, written, says):
    path = tmp_path / "checker.toml"
    path.write_bytes(written.encode("utf-8", "surrogateescape"))
    with pytest.raises(BadSettings) as caught:
        load(path)
    assert says in str(caught.value) and str(path) in str(caught.value)
    assert "`" not in str(caught.value) and "\n" not in str(caught.value)


def test_settings_are_found_in_the_folder_given_and_then_in_the_current_one(tmp_path, monkeypatch):
    (tmp_path / "exports").mkdir()
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert find(["-", tmp_path / "exports", "\0"]) is None
    (tmp_path / "here" / "checker.toml").touch()
    assert find([tmp_path / "exports"]) == Path("checker.toml")
    (tmp_path / "exports" / "checker.toml").touch()
    assert (
        find([tmp_path / "exports"])
        == find([tmp_path / "exports" / "a.csv"])
        == tmp_path / "exports" / "checker.toml"
    )


# --- tables that cannot be read -----------------------------------------------------------------------


def test_a_bad_line_of_json_is_one_failure_and_the_batch_goes_on(tmp_path):
    path = tmp_path / "a.jsonl"
    deep = "[" * 100_000
    path.write_text(
        f'{{"text": "One."}}\n{{"text": \n"just a string"\n{{"text": {deep}\n\n{{"text": "Two."}}\n', "utf-8"
    )
    found = all_of(path)
    assert [type(each) for each in found] == [Record, Unreadable, Unreadable, Unreadable, Record]
    assert found[1].source == f"{path}#line 2" and "line 2" in found[1].error.message


def test_one_json_list_says_to_write_lines(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('[{"text": "One."},\n{"text": "Two."}]', encoding="utf-8")
    assert "one object a line" in failure(path).error.message


def test_a_protected_workbook_says_so(tmp_path):
    plain = io.BytesIO(write_xlsx(tmp_path / "plain.xlsx", [["text"], ["A note."]]).read_bytes())
    with (tmp_path / "a.xlsx").open("wb") as file:
        OOXMLFile(plain).encrypt("secret", file)
    assert msoffcrypto.OfficeFile((tmp_path / "a.xlsx").open("rb")).is_encrypted()
    error = failure(tmp_path / "a.xlsx").error
    assert error.kind == "protected" and "password" in error.message


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".xlsx", ".jsonl", ".parquet"])
def test_a_table_that_is_something_else_says_so(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + random.Random(0).randbytes(50_000))
    assert failure(path).error.kind in ("wrong_type", "corrupt")
    path.write_bytes(b"")
    assert failure(path).error.kind == "empty"


def test_a_header_without_rows_is_empty(tmp_path):
    assert failure(write_csv(tmp_path / "a.csv", [["id", "text"]])).error.kind == "empty"
    assert failure(write_xlsx(tmp_path / "a.xlsx", [["id", "text"]])).error.kind == "empty"


def test_a_quotation_mark_that_is_never_closed_gives_what_came_before(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('id,text\n1,A note.\n2,"' + "No end.\n" * 1_300_000, encoding="utf-8")
    first, rest = all_of(path)
    assert first.id == "1"
    assert (
        rest.error.kind == "corrupt"
        and "after row 2" in rest.error.message
        and "quotation mark" in rest.error.message
    )


# --- damage -----------------------------------------------------------------------------------------


def whole_tables(folder: Path) -> list[Path]:
    rows = [HEADER, FIRST, SECOND] + [
        [f"S{n}", f"Note {n} of the month.", "case", "01/02/2025"] + [""] * 6 for n in range(40)
    ]
    columns = {name: [row[at] for row in rows[1:]] for at, name in enumerate(HEADER)}
    return [
        write_csv(folder / "whole.csv", rows),
        write_csv(folder / "sixteen.csv", rows, encoding="utf-16"),
        write_xlsx(folder / "whole.xlsx", rows),
        write_jsonl(folder / "whole.jsonl", [dict(zip(HEADER, row, strict=True)) for row in rows[1:]]),
        write_parquet(folder / "whole.parquet", columns),
        write_parquet(folder / "plain.parquet", columns, use_dictionary=False, compression="none"),
    ]


def test_a_truncated_or_bit_flipped_table_never_stops_a_batch(tmp_path):
    chance = random.Random(2)
    for whole in whole_tables(tmp_path):
        data = whole.read_bytes()
        damaged = whole.with_stem("damaged")
        for trial in range(60):
            broken = bytearray(data)
            if trial % 3 == 0:
                broken = broken[: chance.randrange(len(data))]
            else:
                for _ in range(chance.choice([1, 4, 40])):
                    broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
            damaged.write_bytes(broken)
            for settings in (OURS, Settings(long_form=LongForm(group="id", question="team", answer="text"))):
                for each in read([damaged], settings):
                    assert isinstance(each, Record | Unreadable)
            assert damaged.read_bytes() == broken


cell = (
    st.text(max_size=30)
    | st.none()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)  # JSON has none
    | st.booleans()
    | st.lists(st.text(max_size=3), max_size=2)
)


@effort(max_examples=150, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(HEADER), cell), min_size=1, max_size=5))
@example([{"text": "<b a='" * 500, "date": "1e400"}])
def test_whatever_stands_in_json_cells_a_row_is_a_record_or_a_sentence(tmp_path_factory, rows):
    path = write_jsonl(tmp_path_factory.mktemp("cells") / "a.jsonl", rows)
    found = all_of(path)
    if any("text" in row for row in rows[:1]):
        assert len(found) == len(rows)
    for each in found:
        if isinstance(each, Record):
            each.text.encode()
            assert any(character.isalnum() for character in each.text)


def test_a_row_that_is_not_json_costs_itself_alone(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "1", "text": "One."}\n{"id": "2", "text": NaN}\n{"id": "3", "text": "Three."}\n')
    first, second, third = all_of(path)
    assert (first.id, third.id) == ("1", "3")
    assert second.error.kind == "corrupt"


@effort(max_examples=150, deadline=None)
@given(
    st.text(alphabet="text,;\t\"'\n\r\0 aé<p>/", max_size=200)
    | st.binary(max_size=200).map(lambda b: b.decode("latin-1"))
)
def test_any_csv_at_all_gives_records_and_sentences(tmp_path_factory, body):
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    path.write_bytes(b"id,text\n" + body.encode("latin-1", "replace"))
    assert all(isinstance(each, Record | Unreadable) for each in all_of(path))


# --- long tables ------------------------------------------------------------------------------------

STREAM = """
    import sys, psutil
    from checker.read import read
    from checker.settings import LongForm, Settings
    long_form = LongForm(group="id", question="team", answer="text") if sys.argv[2] == "long" else None
    memory = psutil.Process().memory_info
    number = most = 0
    for record in read([sys.argv[1]], Settings(long_form=long_form)):
        assert hasattr(record, "text"), record
        number += 1
        if number % 100 == 0:
            most = max(most, memory().rss)
    print(number, most // 2**20)
"""


def written(path: Path, notes: int) -> Path:
    chance = random.Random(1)
    alphabet = "abcdefghijklmnopqrstuvwxyz     "
    pages = ["".join(chance.choices(alphabet, k=2000)) for _ in range(300)]
    texts = (f"Note {n}. {pages[n % 300][n % 97 :]}{pages[n * 7 % 300]}" for n in range(notes))
    if path.suffix == ".parquet":
        # One row group, so that reading group by group would be reading the file whole.
        columns = {"id": [str(n) for n in range(notes)], "text": list(texts)}
        return write_parquet(path, columns, row_group_size=notes, use_dictionary=False)
    if path.suffix == ".jsonl":
        with path.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps({"id": n, "text": text}) + "\n" for n, text in enumerate(texts))
        return path
    rows = ([n // 2, "East", text] for n, text in enumerate(texts))
    return write_csv(path, itertools.chain([["id", "team", "text"]], rows))


@pytest.mark.parametrize(
    ("suffix", "form"), [(".csv", ""), (".csv", "long"), (".jsonl", ""), (".parquet", "")]
)
def test_memory_does_not_grow_with_the_file(tmp_path, suffix, form):
    def read_alone(notes: int) -> tuple[int, int]:
        """Megabytes of the file, and of memory at the most."""
        path = written(tmp_path / f"{notes}{suffix}", notes)
        code = [sys.executable, "-c", textwrap.dedent(STREAM), str(path), form]
        done = subprocess.run(code, capture_output=True, text=True, check=True)
        number, most = map(int, done.stdout.split())
        assert number == (notes // 2 if form else notes)
        return path.stat().st_size // 2**20, most

    small, few = read_alone(5000)
    large, many = read_alone(20_000)
    assert large - small > 50
    assert many - few < 16, f"{large - small} MB more of records took {many - few} MB more of memory"

"""Labels by people: what goes out to be labelled comes back as it was meant, or with a clear sentence."""

import json
import re
import shutil
import tempfile
from itertools import pairwise
from pathlib import Path

import msgspec
import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.checking import default_model
from checker.codebook import ActionKind, Element, Flag, Label, RecordType, ReflectionBand
from checker.label import Labeller
from checker.segment import segment
from checker.settings import Settings
from training.__main__ import main
from training.annotate import read_annotations, write_for_labelling
from training.annotate.draft import draft_of_gold
from training.annotate.offsets import Sixteen
from training.annotate.sources import drafts
from training.corpus import CorpusError, GoldRecord, GoldUnit, LabelledAction, read

EXAMPLES = Path(__file__).parents[1] / "examples"
ENDINGS = (".json", ".jsonl", ".xlsx")


def in_codebook_order(record: GoldRecord) -> GoldRecord:
    """Flags are a set; forms give them back in the codebook's order."""
    units = tuple(
        msgspec.structs.replace(unit, flags=tuple(flag for flag in Flag if flag in unit.flags))
        for unit in record.units
    )
    return msgspec.structs.replace(record, units=units)


@pytest.fixture(scope="module")
def corpus() -> list[GoldRecord]:
    return [in_codebook_order(record) for record in read()]


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_whole_corpus_goes_out_and_comes_back_the_same(tmp_path, corpus, ending):
    path = tmp_path / f"all{ending}"
    write_for_labelling([draft_of_gold(record) for record in corpus], path)
    found = read_annotations(path)
    assert list(found.records) == corpus
    assert not found.unfinished


SCORE = st.integers(0, 2)
NAME = st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=12).filter(
    lambda name: "_x" not in name.lower()
)
ACTION = st.builds(
    LabelledAction, **{element.value: SCORE for element in Element}, kind=st.sampled_from(ActionKind)
)


@st.composite
def labelled(draw) -> GoldRecord:
    """Any text that can be written as UTF-8, any cut of it, and any labels."""
    text = draw(st.text(st.characters(exclude_categories=("Cs",)), min_size=2, max_size=60))
    edges = sorted(draw(st.sets(st.integers(0, len(text)), min_size=2, max_size=7)))
    units = []
    for start, end in pairwise(edges):
        label = draw(st.sampled_from(Label))
        flags = draw(st.sets(st.sampled_from(Flag)))
        action = draw(ACTION) if label is Label.ACTION else None
        ordered = tuple(flag for flag in Flag if flag in flags)
        units.append(GoldUnit(start=start, end=end, label=label, flags=ordered, action=action))
    return GoldRecord(
        id=draw(NAME),
        author=draw(NAME),
        text=text,
        units=tuple(units),
        reflection=draw(st.sampled_from(ReflectionBand)),
        record_type=draw(st.sampled_from(RecordType)),
        service=draw(st.just("") | NAME),
        date=draw(st.none() | st.dates().map(str)),
        person=draw(st.none() | NAME),
        team=draw(st.none() | NAME),
        supervisor=draw(st.none() | NAME),
        worker=draw(st.none() | NAME),
    )


@pytest.mark.parametrize("ending", ENDINGS)
@settings(max_examples=60, deadline=None)
@given(records=st.lists(labelled(), min_size=1, max_size=3, unique_by=lambda record: record.id))
def test_any_labelled_record_comes_back_the_same(ending, records):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"any{ending}"
        write_for_labelling([draft_of_gold(record) for record in records], path)
        assert list(read_annotations(path).records) == records


def test_a_text_longer_than_a_cell_comes_back_whole(tmp_path):
    text = 'A "long" record_x000D_ with a line end.\r\n' * 3000
    record = GoldRecord(
        id="long",
        author="a",
        text=text,
        units=(GoldUnit(start=0, end=len(text), label=Label.FACT),),
        reflection=ReflectionBand.LISTING,
    )
    path = tmp_path / "long.xlsx"
    write_for_labelling([draft_of_gold(record)], path)
    assert read_annotations(path).records == (record,)


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_offsets_count_as_a_browser_does(text):
    sixteen = Sixteen(text)
    for at in range(len(text) + 1):
        assert sixteen.of(at) == len(text[:at].encode("utf-16-le")) // 2
        assert sixteen.back(sixteen.of(at)) == at
    assert sixteen.back(sixteen.of(len(text)) + 1) == -1


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_blank_record_is_cut_into_units_and_unfinished_until_labelled(tmp_path, ending):
    path = tmp_path / f"blank{ending}"
    found = drafts([EXAMPLES / "notes"], Settings())
    assert not found.unreadable
    for draft in found.records:
        assert [(u.start, u.end) for u in draft.units] == [(u.start, u.end) for u in segment(draft.text)]
    write_for_labelling(found.records, path)
    back = read_annotations(path)
    assert back.records == ()
    assert back.unfinished == tuple(draft.id for draft in found.records)


def test_labels_typed_into_a_blank_sheet_come_back_and_the_codebook_gives_the_band(tmp_path, corpus):
    record = next(r for r in corpus if r.reflection is ReflectionBand.QUESTIONING)
    path = tmp_path / "sheet.xlsx"
    write_for_labelling([draft_of_gold(record, blank=True)], path)
    book = openpyxl.load_workbook(path)
    sheet = book["units"]
    at = {cell.value: cell.column for cell in sheet[1]}
    for number, unit in enumerate(record.units, 2):
        sheet.cell(number, at["label"], unit.label.value.title())  # Excel likes capitals
        for flag in unit.flags:
            sheet.cell(number, at[flag], "x")
        if unit.action:
            for element, score in unit.action.elements.items():
                sheet.cell(number, at[element], score or None)  # nothing marked is nothing there
            sheet.cell(number, at["kind"], unit.action.kind)
    book.save(path)
    assert read_annotations(path).records == (record,)


def test_rows_may_be_sorted_any_way(tmp_path, corpus):
    path = tmp_path / "sheet.xlsx"
    write_for_labelling([draft_of_gold(record) for record in corpus[:2]], path)
    book = openpyxl.load_workbook(path)
    sheet = book["units"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    for number, row in enumerate(sorted(rows, key=lambda row: row[3]), 2):
        for column, value in enumerate(row, 1):
            sheet.cell(number, column).value = value
    book.save(path)
    assert list(read_annotations(path).records) == corpus[:2]


def test_the_sheet_offers_only_the_codebooks_words(tmp_path, corpus):
    path = tmp_path / "sheet.xlsx"
    write_for_labelling([draft_of_gold(corpus[0], blank=True)], path)
    book = openpyxl.load_workbook(path)
    offered = {rule.formula1.strip('"') for rule in book["units"].data_validations.dataValidation}
    assert ",".join(Label) in offered
    assert ",".join(ActionKind) in offered
    assert {"0,1,2", "yes"} <= offered
    bands = {rule.formula1.strip('"') for rule in book["records"].data_validations.dataValidation}
    assert ",".join(ReflectionBand) in bands
    assert book["text"].sheet_state == "hidden"


@pytest.fixture(scope="module")
def labeller() -> Labeller:
    return Labeller(default_model())


def test_the_least_certain_record_comes_first(labeller):
    found = drafts([EXAMPLES / "notes"], Settings(), labeller).records
    doubts = [draft.uncertainty for draft in found]
    assert doubts == sorted(doubts, reverse=True)
    assert doubts[0] > doubts[-1] > 0
    assert all(unit.label is None for draft in found for unit in draft.units)


def test_rows_that_the_model_filled_in_stand_least_certain_first_and_count_once_checked(tmp_path, labeller):
    path = tmp_path / "sheet.xlsx"
    note = EXAMPLES / "notes" / "neglect-four-weekly.txt"
    (draft,) = drafts([note], Settings(), labeller, fill=True).records
    write_for_labelling([draft], path)
    assert read_annotations(path).unfinished == (draft.id,)
    book = openpyxl.load_workbook(path)
    sheet = book["units"]
    at = {cell.value: cell.column for cell in sheet[1]}
    doubts = [sheet.cell(row, at["uncertainty"]).value for row in range(2, sheet.max_row + 1)]
    assert doubts == sorted(doubts, reverse=True)
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, at["checked"], "yes")
    book.save(path)
    (record,) = read_annotations(path, author="supervisor-3").records
    predicted = labeller.label(segment(record.text)).units
    assert [(u.start, u.end, u.label, u.flags) for u in record.units] == [
        (u.start, u.end, u.label, u.flags) for u in predicted
    ]


@pytest.mark.parametrize("ending", [".json", ".jsonl"])
def test_what_the_tools_need_to_be_set_up_lies_beside_the_file(tmp_path, corpus, ending):
    _, beside = write_for_labelling([draft_of_gold(corpus[0])], tmp_path / f"tasks{ending}")
    written = beside.read_text(encoding="utf-8")
    for word in [*Label, *Flag, *Element, *ActionKind]:
        assert re.search(rf'[">]{word}[="]|={word}"', written)


def test_predictions_that_nobody_submitted_are_no_labels(tmp_path, labeller):
    path = tmp_path / "tasks.json"
    found = drafts([EXAMPLES / "notes"], Settings(), labeller, fill=True).records
    write_for_labelling(found, path)
    assert read_annotations(path).records == ()
    tasks = json.loads(path.read_bytes())
    tasks[0]["annotations"] = [{"id": 9, "completed_by": 1, "result": tasks[0]["predictions"][0]["result"]}]
    path.write_text(json.dumps(tasks))
    (record,) = read_annotations(path, author="a").records
    assert record.id == found[0].id
    assert len(record.units) == len(found[0].units)


def test_doccanos_newer_form_reads_as_its_older_one(tmp_path, corpus):
    path = tmp_path / "lines.jsonl"
    write_for_labelling([draft_of_gold(corpus[0])], path)
    line = json.loads(path.read_bytes())
    line["entities"] = [
        {"id": n, "label": word, "start_offset": start, "end_offset": end}
        for n, (start, end, word) in enumerate(line.pop("label"))
    ]
    path.write_text(json.dumps({"id": 7, **line, "relations": [], "Comments": []}))
    assert read_annotations(path).records == (corpus[0],)


def exported(folder: Path, ending: str, record: GoldRecord) -> Path:
    path = folder / f"labelled{ending}"
    write_for_labelling([draft_of_gold(record)], path)
    return path


def spoil_task(path: Path, change) -> None:
    tasks = json.loads(path.read_bytes())
    change(tasks[0])
    path.write_text(json.dumps(tasks))


def spoil_line(path: Path, change) -> None:
    line = json.loads(path.read_bytes())
    change(line)
    path.write_text(json.dumps(line))


def spoil_cell(path: Path, column: str, row: int, value, sheet: str = "units") -> None:
    book = openpyxl.load_workbook(path)
    at = {cell.value: cell.column for cell in book[sheet][1]}
    book[sheet].cell(row, at[column]).value = value
    book.save(path)


def first_action(record: GoldRecord) -> int:
    return next(n for n, unit in enumerate(record.units) if unit.action)


TASKS = {
    "another label": (lambda t: t["annotations"][0]["result"][0]["value"].update(labels=["facts"]), "task 1, “{first}”: “facts” is not in the codebook; did you mean “fact”?"),
    "two labels": (lambda t: t["annotations"][0]["result"][0]["value"].update(labels=["fact", "admin"]), "exactly one label, and this one has 2"),
    "outside the text": (lambda t: t["annotations"][0]["result"][0]["value"].update(end=99999), "task 1: the span 0–99999 lies outside the text"),
    "moved": (lambda t: t["annotations"][0]["result"][0]["value"].update(start=1), "does not hold the words"),
    "two annotators": (lambda t: t["annotations"].append(t["annotations"][0]), "task 1 has 2 annotations"),
    "no text": (lambda t: t["data"].pop("text"), "is not a Label Studio export"),
    "no author": (lambda t: t["data"].pop("author"), "has no author"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "sentence"), TASKS.values(), ids=TASKS)
def test_a_wrong_task_is_named_by_its_number_and_words(tmp_path, corpus, change, sentence):
    path = exported(tmp_path, ".json", corpus[0])
    spoil_task(path, change)
    with pytest.raises(CorpusError) as error:
        read_annotations(path)
    assert sentence.format(first=corpus[0].unit_texts[0][:40]) in str(error.value)
    assert str(path) in str(error.value)


LINES = {
    "another label": (lambda x: x["label"].__setitem__(0, [*x["label"][0][:2], "reflective"]), "line 1, “{first}”: “reflective” is not in the codebook"),
    "two labels": (lambda x: x["label"].append([*x["label"][0][:2], "decision"]), "exactly one label, and these words have 2"),
    "a flag on words of its own": (lambda x: x["label"].append([0, 1, "voice"]), "must cover the same words"),
    "overlapping": (lambda x: x["label"].append([0, 1, "fact"]), "overlaps the unit before it"),
    "outside the text": (lambda x: x["label"].append([0, 99999, "fact"]), "line 1: the span 0–99999 lies outside the text"),
    "a score of three": (lambda x: x["label"].append([*x["label"][0][:2], "when=3"]), "“when” is 3; it may be 0, 1 or 2"),
    "no such element": (lambda x: x["label"].append([*x["label"][0][:2], "where=1"]), "“where” is not in the codebook"),
    "an action without a kind": (lambda x: x.update(label=[m for m in x["label"] if not m[2].startswith("kind")]), "is an action without its kind"),
    "no text": (lambda x: x.pop("text"), "line 1 is not a line of a doccano export"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "sentence"), LINES.values(), ids=LINES)
def test_a_wrong_line_is_named_by_its_number_and_words(tmp_path, corpus, change, sentence):
    path = exported(tmp_path, ".jsonl", corpus[0])
    spoil_line(path, change)
    with pytest.raises(CorpusError) as error:
        read_annotations(path)
    assert sentence.format(first=corpus[0].unit_texts[0][:40]) in str(error.value)
    assert str(path) in str(error.value)


CELLS = {
    "another label": ("label", 2, "factual", "cell G2: “factual” is not in the codebook; did you mean “fact”?"),
    "other words": ("unit", 3, "Something else", "cell D3: the words are not those of the record"),
    "another record": ("record", 2, "nobody", "cell A2: there is no record “nobody”"),
    "a flag that is a sentence": ("voice", 2, "he said so", "cell H2: “he said so” is neither yes nor no"),
    "a place that is a word": ("start", 2, "first", "“first” is not a place in the text"),
}  # fmt: skip


@pytest.mark.parametrize(("column", "row", "value", "sentence"), CELLS.values(), ids=CELLS)
def test_a_wrong_cell_is_named_as_excel_names_it(tmp_path, corpus, column, row, value, sentence):
    path = exported(tmp_path, ".xlsx", corpus[0])
    spoil_cell(path, column, row, value)
    with pytest.raises(CorpusError) as error:
        read_annotations(path)
    assert str(error.value).startswith(f"{path}, sheet units, ")
    assert sentence in str(error.value)


def test_a_row_that_was_deleted_is_missed(tmp_path, corpus):
    path = exported(tmp_path, ".xlsx", corpus[0])
    book = openpyxl.load_workbook(path)
    book["units"].delete_rows(5)
    book.save(path)
    n = len(corpus[0].units)
    with pytest.raises(CorpusError, match=f"{n - 1} of the {n} rows of “{corpus[0].id}” are left"):
        read_annotations(path)


def test_a_hidden_text_that_was_changed_is_refused(tmp_path, corpus):
    path = exported(tmp_path, ".xlsx", corpus[0])
    book = openpyxl.load_workbook(path)
    book["text"]["C1"] = "another text"
    book.save(path)
    with pytest.raises(CorpusError, match="hidden sheet text, row 1 was changed"):
        read_annotations(path)


def test_a_score_of_three_and_an_action_without_a_kind_are_named_by_their_row(tmp_path, corpus):
    row = first_action(corpus[0]) + 2
    for column, value, sentence in (
        ("when", 3, f"cell P{row}: “when” is 3; it may be 0, 1 or 2"),
        ("kind", None, f"row {row} is an action without its kind"),
    ):
        path = exported(tmp_path, ".xlsx", corpus[0])
        spoil_cell(path, column, row, value)
        with pytest.raises(CorpusError, match=re.escape(sentence)):
            read_annotations(path)


def test_a_corrected_label_may_leave_its_scores_behind(tmp_path, corpus):
    path = exported(tmp_path, ".xlsx", corpus[0])
    place = first_action(corpus[0])
    spoil_cell(path, "label", place + 2, "fact")
    (record,) = read_annotations(path).records
    assert (record.units[place].label, record.units[place].action) == (Label.FACT, None)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("x.xlsx", b"PK\x03\x04 not a workbook", "cannot be read as an Excel file"),
        ("x.json", b"{", "is not a Label Studio export"),
        ("x.json", b"\xff\xfe", "is not a Label Studio export"),
        ("x.jsonl", b"[]\n", "line 1 is not a line of a doccano export"),
        ("x.csv", b"", "ends in none of .json (Label Studio), .jsonl (doccano) and .xlsx (Excel)"),
    ],
)
def test_a_file_of_another_kind_gets_a_sentence(tmp_path, name, content, sentence):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(CorpusError, match=re.escape(sentence)):
        read_annotations(path)


def test_a_workbook_that_was_not_exported_is_told_what_it_lacks():
    with pytest.raises(CorpusError, match="has no sheet “units”"):
        read_annotations(EXAMPLES / "exports" / "export.xlsx")


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-5, 50) | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from("data text annotations result value start end labels label".split()), inner
            )
        ),
    ),
    st.sampled_from([".json", ".jsonl"]),
)
def test_any_json_is_read_or_refused_with_a_sentence(content, ending):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"odd{ending}"
        path.write_text(json.dumps([content] if ending == ".json" else content))
        try:
            found = read_annotations(path, author="a")
        except CorpusError as error:
            assert str(error).startswith(str(path))
        else:
            assert all(record.units for record in found.records)


def run(*arguments: str | Path):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_the_commands_export_and_import_and_never_change_an_input(tmp_path, corpus):
    source, sheet, own = tmp_path / "gold.jsonl", tmp_path / "sheet.xlsx", tmp_path / "own.jsonl"
    source.write_bytes(msgspec.json.Encoder().encode_lines(corpus[:3]))
    before = source.read_bytes()
    assert run("export", source, "--out", sheet, "--fill", "--no-model").exit_code == 0
    result = run("import", sheet, "--out", own)
    assert result.exit_code == 0
    assert "3 records with" in result.output
    assert read(own) == corpus[:3]
    assert source.read_bytes() == before
    for arguments in (("export", source, "--out", sheet, "--no-model"), ("import", sheet, "--out", own)):
        again = run(*arguments)
        assert again.exit_code == 2
        assert "is there already" in again.output


def test_an_input_is_never_overwritten_whatever_is_told(tmp_path, corpus):
    path = exported(tmp_path, ".jsonl", corpus[0])
    before = path.read_bytes()
    for arguments in (
        ("import", path, "--out", path, "--overwrite"),
        ("export", tmp_path, "--out", path, "--overwrite", "--no-model"),
        ("export", tmp_path / "*.jsonl", "--out", path, "--overwrite", "--no-model"),
    ):
        result = run(*arguments)
        assert result.exit_code == 2
        assert "is one of the inputs, or lies among them" in result.output
        assert path.read_bytes() == before


def test_an_unreadable_note_is_named_and_the_others_are_exported(tmp_path):
    shutil.copy(EXAMPLES / "notes" / "neglect-four-weekly.txt", tmp_path)
    (tmp_path / "broken.docx").write_bytes(b"nothing")
    result = run("export", tmp_path, "--out", tmp_path / "sheet.xlsx", "--no-model")
    assert result.exit_code == 3
    assert "broken.docx" in result.output
    assert "1 records with" in result.output


def test_two_notes_of_one_name_get_ids_of_their_own(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "note.txt").write_text("Seen at home.")
    found = drafts([tmp_path / "a", tmp_path / "b"], Settings()).records
    assert [draft.id for draft in found] == ["note", "note-2"]

"""What the door promises: any input gives records or sentences, in a fixed order, and changes nothing."""

import hashlib
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from checker.codebook import RecordType
from checker.read import LARGEST_FILE, count, read
from checker.record import Record, Unreadable
from checker.settings import FILE_NAME, Settings, find, load

OURS = Settings()
EXAMPLES = Path(__file__).parent.parent / "examples"
NOTE = "Seen at home. Agreed: Ama to ring the GP by 3 May so that the weight is checked."
PICTURE = b"\x89PNG\r\n\x1a\n" + random.Random(0).randbytes(5000)


def note(path: Path, text: str = NOTE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def kind(path) -> str:
    """The kind of the one failure that an input gives, whose sentence names it and ends well."""
    (found,) = read([path], OURS)
    assert isinstance(found, Unreadable)
    assert str(path) in found.error.message and found.error.message.endswith(".")
    assert "\n" not in found.error.message
    return found.error.kind


# --- what is read, and in which order -----------------------------------------------------------------


def test_one_file_is_one_record_named_by_its_stem(tmp_path):
    path = note(tmp_path / "visit 17.txt")
    (record,) = read([path], OURS, RecordType.PERSONAL)
    assert record == Record(id="visit 17", source=str(path), text=NOTE, record_type=RecordType.PERSONAL)


def test_a_text_files_own_characters_are_untouched(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"One.\r\n\r\n\tTwo.  \n")
    assert next(read([path], OURS)).text == "One.\r\n\r\n\tTwo.  \n"


def test_a_folder_is_read_with_all_in_it_by_name(tmp_path):
    for name in ("b.txt", "a.md", "sub/c.txt", "sub/deep/d.txt", "another/e.txt"):
        note(tmp_path / name)
    found = [Path(each.source).relative_to(tmp_path).as_posix() for each in read([tmp_path], OURS)]
    assert found == ["a.md", "b.txt", "another/e.txt", "sub/c.txt", "sub/deep/d.txt"]


def test_hidden_lock_and_settings_files_are_passed_over(tmp_path):
    for name in (
        ".hidden.txt",
        "~$note.docx",
        "checker.toml",
        "Thumbs.db",
        "desktop.ini",
        "README.md",
        ".git/a.txt",
        "a.txt",
    ):
        note(tmp_path / name)
    for given_as in (tmp_path, tmp_path / "*"):
        assert [each.source for each in read([given_as], OURS)] == [str(tmp_path / "a.txt")]


def test_a_pattern_is_matched_in_order_and_a_name_that_is_there_is_no_pattern(tmp_path):
    for name in ("b.txt", "a.txt", "c.md", "note [1].txt", "sub/d.txt"):
        note(tmp_path / name)
    assert [each.id for each in read([tmp_path / "*.txt"], OURS)] == ["a", "b", "note [1]"]
    assert [each.id for each in read([tmp_path / "note [1].txt"], OURS)] == ["note [1]"]
    assert [each.id for each in read([tmp_path / "**" / "d.txt"], OURS)] == ["d"]
    assert kind(tmp_path / "*.docx") == "missing"


def test_a_file_named_twice_is_read_once(tmp_path):
    path = note(tmp_path / "a.txt")
    assert len(list(read([path, tmp_path, tmp_path / "*.txt", str(path)], OURS))) == 1


def test_standard_input_is_one_plain_record():
    code = (
        "from checker.read import read; from checker.settings import Settings; "
        "print([(r.id, r.source, r.text) if hasattr(r, 'text') else r.error for r in read(['-'], Settings())])"
    )
    for given_text, says in ((NOTE.encode(), repr(NOTE)), (b"", "empty"), (PICTURE, "wrong_type")):
        done = subprocess.run([sys.executable, "-c", code], input=given_text, capture_output=True, check=True)
        assert says in done.stdout.decode() and "standard input" in done.stdout.decode()


def test_a_folder_below_may_name_its_own_columns(tmp_path):
    note(tmp_path / "a.csv", "text\nOne.\n")
    note(tmp_path / "sub" / "b.csv", "Notes\nTwo.\n")
    note(tmp_path / "sub" / "deep" / "c.csv", "Notes\nThree.\n")
    note(tmp_path / "sub" / FILE_NAME, '[columns]\ntext = "Notes"\n')
    note(tmp_path / "wrong" / "d.csv", "Notes\nFour.\n")
    note(tmp_path / "wrong" / FILE_NAME, "[colums]\n")
    *good, bad = read([tmp_path], OURS)
    assert [each.text for each in good] == ["One.", "Two.", "Three."]
    assert bad.error.kind == "wrong_settings" and "“columns”" in bad.error.message


# --- what cannot be read ------------------------------------------------------------------------------


def test_a_mixed_folder_gives_every_record_and_a_sentence_for_every_other_file(tmp_path):
    note(tmp_path / "a.txt")
    (tmp_path / "b.png").write_bytes(PICTURE)
    (tmp_path / "c.docx").write_bytes(b"PK\x03\x04 broken")
    (tmp_path / "d.pdf").write_bytes(b"%PDF-1.7 broken")
    (tmp_path / "e.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))
    (tmp_path / "f.xlsm").write_bytes(b"PK\x03\x04 macros")
    (tmp_path / "g.txt").touch()
    note(tmp_path / "h.txt")
    found = list(read([tmp_path], OURS))
    assert [type(each) for each in found] == [Record] + [Unreadable] * 6 + [Record]
    assert count([tmp_path], OURS) == len(found)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b" \r\n\t\n", "empty"),
        ("a.txt", b"-- \n ***", "empty"),
        ("a.txt", PICTURE, "wrong_type"),
        ("a.md", b"%PDF-1.7\n" + bytes(100), "wrong_type"),
        ("a.txt", random.Random(1).randbytes(5000), "wrong_type"),
        ("a.docx", PICTURE, "wrong_type"),
        ("a.docx", b"", "empty"),
        ("a.pdf", b"PK\x03\x04" + bytes(100), "wrong_type"),
        ("a.png", PICTURE, "wrong_type"),
        ("a.doc", b"x", "wrong_type"),
        ("note", b"no ending", "wrong_type"),
    ],
)
def test_a_file_of_the_wrong_kind_says_so(tmp_path, name, content, expected):
    path = tmp_path / name
    path.write_bytes(content)
    assert kind(path) == expected


@pytest.mark.parametrize(
    "name", ["no-such.txt", "no/such/folder", "x" * 5000, "nul\0byte.txt", "", "[", "**/none-[z"]
)
def test_what_is_not_there_is_missing(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    assert [each.error.kind for each in read([name], OURS)] == ["missing"]


def test_three_hundred_megabytes_of_binary_are_refused_without_being_read(tmp_path):
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.truncate(300_000_000)
    assert path.stat().st_size > LARGEST_FILE
    assert kind(path) == "too_large"


def test_a_device_or_a_pipe_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    assert kind(tmp_path / "pipe.txt") == "wrong_type"
    os.mkfifo(tmp_path / "pipe.csv")
    assert kind(tmp_path / "pipe.csv") == "wrong_type"


def test_a_folder_without_a_file_to_read_says_so(tmp_path):
    note(tmp_path / ".hidden.txt")
    assert kind(tmp_path) == "empty"


def test_what_may_not_be_opened_says_so(tmp_path):
    note(tmp_path / "a.txt").chmod(0)
    (tmp_path / "sub").mkdir(mode=0)
    if os.access(tmp_path / "a.txt", os.R_OK):
        pytest.skip("this user may open everything")
    assert [each.error.kind for each in read([tmp_path], OURS)] == ["no_permission"] * 2


@effort(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from("txt md docx pdf rtf html eml csv tsv xlsx jsonl parquet png".split()),
    st.sampled_from(
        [b"", b"PK\x03\x04", b"%PDF-1.4\n", b"{\\rtf1 ", b"<html>", b"text\n", b'{"text": "', b"PAR1"]
    ),
    st.binary(max_size=300),
)
def test_any_bytes_under_any_name_give_records_or_sentences(tmp_path, suffix, start, rest):
    path = tmp_path / f"any.{suffix}"
    path.write_bytes(start + rest)
    found = list(read([path], OURS))
    assert found and all(isinstance(each, Record | Unreadable) for each in found)


# --- the examples -------------------------------------------------------------------------------------


def test_every_example_is_read_and_none_is_changed():
    def prints() -> dict[str, str]:
        return {
            str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in EXAMPLES.rglob("*") if p.is_file()
        }

    before = prints()
    found = list(read([EXAMPLES], OURS))
    assert all(isinstance(each, Record) and not each.warnings for each in found)
    assert len(found) == count([EXAMPLES], OURS) == 12 + 24 + 24 + 14 + 10
    assert {each.record_type for each in found} == set(RecordType)
    assert prints() == before


@pytest.mark.parametrize("folder", ["odd-columns", "long-form"])
def test_an_example_export_is_read_by_the_settings_beside_it(folder):
    beside = EXAMPLES / folder
    settings = load(find([beside]))
    found = list(read([beside], settings))
    assert found and all(each.date and each.supervisor and "\n\n" in each.text for each in found)
    assert all(isinstance(each, Unreadable) for each in read([beside], OURS))


def test_the_word_example_keeps_insertions_and_drops_deletions():
    (record,) = read([EXAMPLES / "notes" / "sisters-before-panel.docx"], OURS)
    assert "I will not delay it" in record.text and "We will wait" not in record.text
    assert "Obtain the correct financial paper from Ruth Imlah | Helen Pryce | 24 May 2024" in record.text


def test_reading_a_text_file_imports_no_heavy_library(tmp_path):
    heavy = {"duckdb", "openpyxl", "pypdfium2", "lxml", "dateutil", "striprtf", "csv"}
    code = (
        "import sys; from checker.read import read; from checker.settings import Settings; "
        f"list(read([{str(note(tmp_path / 'a.txt'))!r}], Settings())); print(sorted({heavy} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

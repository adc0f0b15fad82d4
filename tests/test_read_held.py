"""What reading from memory promises."""

from pathlib import Path

import msgspec
import pytest

from checker.read import STANDARD_INPUT, read_file
from checker.read.held import HeldFile
from checker.settings import Settings

EXAMPLES = Path(__file__).parents[1] / "examples"
FILES = [*sorted((EXAMPLES / "notes").iterdir()), *sorted((EXAMPLES / "exports").iterdir())]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_in_memory_reads_as_the_same_file_on_a_disk(path):
    held = read_file(HeldFile(path.name, path.read_bytes()), Settings())
    on_disk = read_file(path, Settings())
    for ours, theirs in zip(held, on_disk, strict=True):
        source = theirs.source.replace(str(path), path.name)
        assert ours == msgspec.structs.replace(theirs, source=source)


@pytest.mark.parametrize("name", [STANDARD_INPUT, "", "..", "/etc/passwd", "note"])
def test_no_name_of_an_upload_makes_the_machine_read_anything_else(name):
    (found,) = read_file(HeldFile(name, b"Seen at school and happy."), Settings())
    assert found.error.kind == "wrong_type"


def test_an_empty_upload_is_told_in_a_sentence():
    (found,) = read_file(HeldFile("note.txt", b""), Settings())
    assert found.error.kind == "empty" and found.error.message.startswith("note.txt is empty")

"""Assessments come as written by `checker check`, or are made on the way."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from checker import Checker
from checker.assessments import assessments
from checker.checking import default_model
from checker.cli import main
from checker.cli.opening import ExitStatus
from checker.record import Unreadable
from checker.report import jsonl

NOTES = Path(__file__).parents[1] / "examples" / "notes"


@pytest.fixture(scope="module")
def checker():
    return Checker()


@pytest.fixture
def written(tmp_path, checker):
    path = tmp_path / "results.jsonl"
    path.write_bytes(b"".join(map(jsonl.line, checker.check_files(sorted(NOTES.glob("*.txt"))))))
    return path


def never():
    raise AssertionError("nothing had to be checked")


def test_what_was_written_is_taken_as_it_stands_without_opening_a_model(written, checker):
    assert list(assessments([written], never)) == list(checker.check_files(sorted(NOTES.glob("*.txt"))))


def test_notes_are_checked_first_and_the_order_of_the_inputs_stays(written, checker):
    html = next(NOTES.glob("*.html"))
    found = list(assessments([html, written], lambda: checker))
    assert found[0].id == html.stem
    assert found[1:] == list(assessments([written], never))


def test_records_in_json_lines_are_not_taken_for_assessments(tmp_path, checker):
    path = tmp_path / "export.jsonl"
    path.write_text('{"id": "a", "text": "Seen at school. SW to visit by 1 May."}\n')
    (found,) = assessments([path], lambda: checker)
    assert found.id == "a" and found.units


def test_what_was_written_may_come_through_a_pipe(written, checker):
    script = (
        "from checker.assessments import assessments\n"
        "print(*(found.id for found in assessments(['-'], lambda: None)), sep='\\n')"
    )
    with written.open("rb") as pipe:
        done = subprocess.run(
            [sys.executable, "-c", script], stdin=pipe, capture_output=True, text=True, check=True
        )
    assert done.stdout.split() == [found.id for found in assessments([written], never)]


def test_a_torn_line_is_named_and_the_others_go_on(written):
    whole = list(assessments([written], never))
    lines = written.read_bytes().splitlines(keepends=True)
    written.write_bytes(b"".join([lines[0], lines[1][:50] + b"\n", *lines[2:]]))
    found = list(assessments([written], never))
    assert isinstance(found[1], Unreadable) and "Line 2 of" in found[1].error.message
    assert [found[0], *found[2:]] == [whole[0], *whole[2:]]


def test_a_model_is_opened_once_however_the_inputs_are_mixed(written, checker):
    opened = []

    def opening():
        opened.append(checker)
        return checker

    html = next(NOTES.glob("*.html"))
    assert len(list(assessments([html, written, html], opening))) > 2
    assert len(opened) == 1


@pytest.mark.parametrize("command", [["sample", "--size", "2"], ["history"]])
def test_a_damaged_model_is_one_sentence_in_every_command_that_checks(command, tmp_path):
    for name in ("config.json", "tokenizer.json", "model.onnx"):
        (tmp_path / name).write_bytes(
            (default_model() / name).read_bytes()[: 9999 if "onnx" in name else None]
        )
    result = CliRunner().invoke(main, [*command, str(NOTES), "--model", str(tmp_path)])
    assert result.exit_code == ExitStatus.USAGE
    assert "cannot be opened" in result.output and "Traceback" not in result.output

"""The command line as people use it: real files, whole processes where a process matters."""

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import openpyxl
import pytest
from click.testing import CliRunner

from checker.checking import default_model
from checker.cli import main
from checker.cli.opening import ExitStatus
from checker.record import Assessment
from training.corpus import read

EXAMPLES = Path(__file__).parents[1] / "examples"
WEAK = "Visit 3 June. Seen at school. Attendance 92%. Home clean. Mum well. Dad at work. No concerns.\n" * 3
WEAK += "Actions\nContinue to monitor.\n"


def run(*arguments: str | Path, stdin: str | None = None):
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)


def command(*arguments: str | Path, **how) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "checker", *map(str, arguments)], stderr=subprocess.PIPE, text=True, **how
    )


@pytest.fixture
def note(tmp_path) -> Path:
    path = tmp_path / "note.txt"
    path.write_text(WEAK)
    return path


@pytest.fixture(scope="module")
def table(tmp_path_factory) -> Path:
    """A table of 120 records of the corpus, the tenth without text."""
    path = tmp_path_factory.mktemp("export") / "export.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["ID", "Text", "Record_type", "Date"])
        for number, record in enumerate(read()[:120]):
            text = "" if number == 9 else record.text
            writer.writerow([record.id, text, record.record_type, record.date])
    return path


def test_a_weak_note_is_shown_with_its_bands_and_questions(note):
    result = run("check", note)
    assert result.exit_code == ExitStatus.WEAK
    assert "listing" in result.output
    assert "Who will do exactly what, and by when?" in result.output
    assert "Continue to monitor." in result.output
    assert "grades no person" in result.output


def test_standard_input_is_one_record():
    result = run("check", "-", "--format", "jsonl", stdin=WEAK)
    assert json.loads(result.output)["weak"] is True


def test_json_lines_keep_the_contract(note):
    result = run("check", note, "--format", "jsonl")
    found = json.loads(result.output)
    assert found["schema"] == 1
    assert found["id"] == "note"
    assert found["source"] == str(note)
    assert set(found["model"]) == {"name", "version", "sha256"}
    assert set(found["reflection"]) == {"band", "probabilities", "share"}
    assert set(found["reflection"]["probabilities"]) == {
        "not_scorable", "listing", "explaining", "exploring", "questioning",
    }  # fmt: skip
    assert set(found["reflection"]["share"]) == {
        "fact", "judgement", "reasoned", "exploratory", "critical", "decision", "action",
    }  # fmt: skip
    assert {"band", "actions", "specific"} <= set(found["plan"])
    text = note.read_text()
    for unit in found["units"]:
        assert text[unit["start"] : unit["end"]] == unit["text"]
        assert ("action" in unit) == (unit["label"] == "action")
    assert found["plan"]["actions"] == sum("action" in unit for unit in found["units"])
    for finding in found["findings"]:
        assert set(finding) == {"rule", "question", "start", "end", "severity"}


def test_the_assessment_in_a_line_comes_back_whole(note):
    line = run("check", note, "--format", "jsonl").output
    assert msgspec.json.encode(msgspec.json.decode(line, type=Assessment)).decode() == line.strip()


def test_never_failing_is_possible(note):
    assert run("check", note, "--fail-on", "never").exit_code == ExitStatus.OK


def test_a_batch_goes_on_past_files_that_cannot_be_read(tmp_path, note):
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "broken.docx").write_bytes(b"PK\x03\x04 not really")
    (tmp_path / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    result = run("check", tmp_path, "--format", "jsonl")
    lines = [json.loads(line) for line in result.output.splitlines()]
    assert result.exit_code == ExitStatus.UNREADABLE
    assert [line["id"] for line in lines if "error" not in line] == ["note"]
    failures = [line["error"]["message"] for line in lines if "error" in line]
    assert len(failures) == 3
    assert all(message.endswith(".") and "Traceback" not in message for message in failures)


def test_a_missing_file_says_so_and_what_to_do():
    result = run("check", "no-such-note.docx")
    assert result.exit_code == ExitStatus.UNREADABLE
    assert "no-such-note.docx" in result.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["check"], "Missing argument"),
        (["check", "x.txt", "--fromat", "csv"], "No such option"),
        (["check", "x.txt", "--format", "pdf"], "is not one of"),
        (["check", "x.txt", "--format", "xlsx"], "name it with --output"),
        (["check", "x.txt", "--resume"], "name it with --output"),
        (["check", "x.txt", "-o", "report.odt"], "Say it with --format"),
        (["check", "x.txt", "-o", "nowhere/report.csv"], "is not a folder"),
        (["check", "x.txt", "--model", "nowhere"], "does not exist"),
        (["check", "x.txt", "--jobs", "0"], "not in the range"),
        (["chek", "x.txt"], "did you mean “checker check”?"),
        (["x.txt"], "did you mean “checker check x.txt”?"),
        (["explain", "no-deadlin"], "did you mean “no-deadline”?"),
    ],
)
def test_wrong_usage_is_one_sentence(arguments, sentence):
    result = run(*arguments)
    assert result.exit_code == ExitStatus.USAGE
    assert sentence in " ".join(result.output.split())


def test_without_arguments_the_first_step_is_shown():
    assert "checker check NOTE.docx" in run().output


def test_an_input_is_never_overwritten(note, tmp_path):
    before = note.read_bytes()
    assert run("check", note, "--format", "csv", "--output", note).exit_code == ExitStatus.USAGE
    assert run("check", tmp_path, "--output", tmp_path / "report.csv").exit_code == ExitStatus.USAGE
    assert note.read_bytes() == before


def test_a_damaged_model_is_said_to_be_so(tmp_path, note):
    folder = tmp_path / "model"
    shutil.copytree(default_model(), folder)
    (folder / "model.onnx").write_bytes(b"not a network")
    result = run("check", note, "--model", folder)
    assert result.exit_code == ExitStatus.USAGE
    assert "cannot be opened" in result.output


def test_an_unknown_rule_in_the_settings_is_named(tmp_path, note):
    (tmp_path / "checker.toml").write_text('[rules]\nno-deadlines = "off"\n')
    result = run("check", note)
    assert result.exit_code == ExitStatus.USAGE
    assert "no-deadline" in result.output


def test_settings_beside_the_note_switch_a_rule_off(tmp_path, note):
    assert "What exactly will be done?" in run("check", note, "--all").output
    (tmp_path / "checker.toml").write_text('[rules]\nvague-action = "off"\n')
    assert "What exactly will be done?" not in run("check", note, "--all").output


@pytest.mark.parametrize("form", ["jsonl", "json", "csv", "html", "xlsx"])
def test_no_text_leaves_every_quotation_out(note, tmp_path, form):
    out = tmp_path.parent / f"{tmp_path.name}-report.{form}"
    run("check", note, "--no-text", "--output", out)
    content = out.read_bytes()
    if form == "xlsx":
        cells = [cell.value for sheet in openpyxl.load_workbook(out) for row in sheet for cell in row]
        content = " ".join(map(str, cells)).encode()
    assert b"ontinue to monitor" not in content
    assert b"Attendance 92" not in content


@pytest.mark.parametrize("form", ["jsonl", "json", "csv", "html", "xlsx"])
def test_a_run_that_was_killed_leaves_a_whole_file_and_resumes_to_the_same_end(table, tmp_path, form):
    whole, stopped = tmp_path / f"whole.{form}", tmp_path / f"stopped.{form}"
    expected = run("check", table, "--output", whole).exit_code
    kept = stopped if form in ("jsonl", "json", "csv") else Path(f"{stopped}.partial.jsonl")
    process = command("check", table, "--output", stopped, "--jobs", "1")
    while process.poll() is None and not (kept.exists() and kept.stat().st_size > 60_000):
        time.sleep(0.01)
    process.kill()
    process.communicate()
    if form == "json":
        assert 0 < len(json.loads(stopped.read_bytes())) < 120
    elif form == "csv":
        with stopped.open(newline="") as file:
            assert 1 < len(list(csv.reader(file))) < 121
    else:
        assert 0 < len(kept.read_bytes().splitlines()) < 120
    resumed = run("check", table, "--output", stopped, "--resume")
    assert resumed.exit_code == expected == ExitStatus.UNREADABLE
    if form == "xlsx":
        assert cells(stopped) == cells(whole)
    else:
        assert stopped.read_bytes() == whole.read_bytes()
    assert not Path(f"{stopped}.partial.jsonl").exists()


def cells(path: Path) -> list:
    return [[cell.value for row in sheet for cell in row] for sheet in openpyxl.load_workbook(path)]


def test_a_torn_last_line_is_cut_off_before_going_on(table, tmp_path):
    whole, torn = tmp_path / "whole.jsonl", tmp_path / "torn.jsonl"
    run("check", table, "--output", whole)
    torn.write_bytes(whole.read_bytes()[:50_000])
    run("check", table, "--output", torn, "--resume")
    assert torn.read_bytes() == whole.read_bytes()


def test_resuming_a_finished_file_changes_nothing(table, tmp_path):
    done = tmp_path / "done.json"
    first = run("check", table, "--output", done)
    before = done.read_bytes()
    again = run("check", table, "--output", done, "--resume")
    assert done.read_bytes() == before
    assert again.exit_code == first.exit_code


@pytest.mark.parametrize("form", ["jsonl", "json", "csv"])
def test_a_file_whose_name_a_spreadsheet_would_run_can_be_gone_on_with(tmp_path, monkeypatch, form):
    monkeypatch.chdir(tmp_path)
    Path("=note  1.txt").write_text(WEAK)
    Path("out").mkdir()
    first = run("check", "=note  1.txt", "--output", f"out/report.{form}")
    again = run("check", "=note  1.txt", "--output", f"out/report.{form}", "--resume")
    assert again.exit_code == first.exit_code == ExitStatus.WEAK


def test_resuming_with_other_inputs_is_refused(table, note, tmp_path):
    out = tmp_path.parent / f"{tmp_path.name}.jsonl"
    run("check", note, "--output", out)
    result = run("check", table, "--output", out, "--resume")
    assert result.exit_code == ExitStatus.USAGE
    assert "other inputs" in result.output


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for another process")
@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGTERM])
def test_stopping_by_hand_says_how_to_go_on(table, tmp_path, signal_):
    out = tmp_path / "report.html"
    kept = Path(f"{out}.partial.jsonl")
    process = command("check", table, "--output", out, "--jobs", "1")
    while process.poll() is None and not (kept.exists() and kept.stat().st_size > 30_000):
        time.sleep(0.01)
    process.send_signal(signal_)
    _, said = process.communicate()
    assert process.returncode == ExitStatus.STOPPED
    assert re.search(r"Stopped after \d+ records\. .*--resume", " ".join(said.split()))
    assert out.read_text().rstrip().endswith("</html>")


def test_the_examples_hold_weak_and_sound_records():
    result = run("check", EXAMPLES / "notes", "--format", "jsonl")
    found = {line["id"]: line["weak"] for line in map(json.loads, result.output.splitlines())}
    assert True in found.values()
    assert False in found.values()


@pytest.mark.parametrize("folder", ["odd-columns", "long-form"])
def test_an_export_with_its_own_settings_is_read_without_complaint(folder):
    result = run("check", EXAMPLES / folder, "--format", "jsonl")
    lines = [json.loads(line) for line in result.output.splitlines()]
    assert lines
    assert not [line for line in lines if "error" in line]


def test_every_command_has_help_and_the_readme_names_it():
    readme = (EXAMPLES.parent / "README.md").read_text()
    for name, verb in main.commands.items():
        assert verb.help
        assert f"checker {name}" in readme
        assert run(name, "--help").exit_code == 0


def test_rules_lists_every_rule_and_explain_tells_all_about_one():
    from checker.rules import all_rules

    listed = run("rules").output
    for rule in all_rules():
        assert rule.id in listed
        told = " ".join(run("explain", rule.id).output.split())
        assert rule.question in told


def test_nothing_heavy_is_loaded_and_no_socket_opened(note, tmp_path):
    spy = (
        "import sys, socket\n"
        "def refuse(*a, **k): raise SystemExit('a socket was opened')\n"
        "socket.socket = refuse\n"
        "from checker.cli import main\n"
        "try: main(['check', sys.argv[1]])\n"
        "except SystemExit as end: code = end.code\n"
        "heavy = {'torch', 'transformers', 'sklearn', 'scipy', 'pandas', 'pyarrow', 'lxml', 'xlsxwriter'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
        "sys.exit(code)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", spy, str(note)], capture_output=True, text=True, env={**os.environ}
    )
    assert ran.returncode == ExitStatus.WEAK, ran.stderr

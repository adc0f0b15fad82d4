"""What Spark promises: the words of one machine on any cluster, no record lost and none checked twice."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import duckdb
import psutil
import pytest
from click.testing import CliRunner
from from_gold import CORPUS

from checker import Checker
from checker.assessments import assessments
from checker.cli import main
from checker.cli.opening import ExitStatus
from checker.record import Assessment, Failure, Record, Unreadable
from checker.report import jsonl, typed
from checker.settings import Settings, load

EXAMPLES = Path(__file__).parents[1] / "examples"
CHECKER = Path(sys.executable).with_name("checker")

HAS_JAVA = bool(os.environ.get("JAVA_HOME") or shutil.which("java"))
pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas")
needs_java = pytest.mark.skipif(not HAS_JAVA, reason="no Java on this machine")
if not HAS_JAVA:
    warnings.warn(
        "SPARK WAS NOT TRIED: there is no Java here; on Debian: apt-get install openjdk-17-jre-headless",
        stacklevel=1,
    )

SECRET = "Zebedee"
"""A word that stands in every note, and may stand in no log."""


@pytest.fixture(scope="module", autouse=True)
def quick_java(tmp_path_factory) -> Iterator[Path]:
    """Java that compiles little, as these jobs end before its best code would pay; where it puts things aside."""
    folder, aside = tmp_path_factory.mktemp("conf"), tmp_path_factory.mktemp("aside")
    fast = f"-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Djava.io.tmpdir={aside}"
    folder.joinpath("spark-defaults.conf").write_text(
        f"spark.driver.extraJavaOptions {fast}\nspark.executor.extraJavaOptions {fast}\n"
        f"spark.local.dir {aside}\nspark.sql.shuffle.partitions 4\nspark.sql.codegen.wholeStage false\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_CONF_DIR", str(folder))
        yield aside


@pytest.fixture(scope="module")
def spark(quick_java):
    from checker.spark.session import session

    with session("local[2]") as opened:
        yield opened


@pytest.fixture(scope="module")
def checker():
    return Checker()


@pytest.fixture(scope="module")
def service(tmp_path_factory) -> Path:
    """A folder as a council might give it: notes, exports, settings of its own, and what cannot be read."""
    folder = tmp_path_factory.mktemp("service")
    for name in ("mental-health-short.txt", "twins-six-weekly.docx", "oversight-front-door.eml"):
        shutil.copy(EXAMPLES / "notes" / name, folder)
    shutil.copytree(EXAMPLES / "long-form", folder / "forms")
    (folder / "torn.docx").write_bytes(b"PK\x03\x04 no more of it")
    (folder / "checker.toml").write_text(
        '[columns]\ntext = "Note"\nperson = "Child"\n[rules]\nno-date = "off"\nno-check = "error"\n'
    )
    rows = [
        ["id", "Note", "date", "Child", "record type"],
        ["a", f'{SECRET} said “I like it”, he is "fine", \\ he says.\nSW to visit by 1 May 2026.', "31/12/2025", "C-1", "case"],
        ["a", f"{SECRET} again: SW to ring school, because attendance fell 🦓.", "2026-02-30", "C-1", "kase"],
        ["b", "", "", "C-2", ""],
        ["=1+1", f"<p>{SECRET}</p><p>SW to chase the GP.</p>", "", "C-2", "personal"],
        ["c", f"# {SECRET}, as above\u2028 and\x85 so on", "", "", ""],
    ]  # fmt: skip
    with (folder / "export.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return folder


@pytest.fixture(scope="module")
def one_machine(service, tmp_path_factory) -> list[bytes]:
    """What `checker check` writes of that folder, sorted."""
    out = tmp_path_factory.mktemp("one") / "results.jsonl"
    assert check(service, "-o", out).exit_code == ExitStatus.UNREADABLE
    return sorted(out.read_bytes().splitlines(keepends=True))


def check(*arguments):
    return CliRunner().invoke(main, ["check", *map(str, arguments)])


def check_on(master, *arguments):
    return check("--engine", "spark", "--master", master, *arguments)


def lines(folder: Path) -> list[bytes]:
    """The results in a folder that Spark wrote, as the lines that `checker check` writes, sorted."""
    return sorted(map(jsonl.line, assessments([folder], pytest.fail)))


def notes(count: int) -> list[tuple[str, str]]:
    """Corpus records, each with its id and the secret in it."""
    with CORPUS.open("rb") as file:
        found = [json.loads(line) for line, _ in zip(file, range(count), strict=False)]
    return [(note["id"], f"{SECRET}.\n{note['text']}") for note in found]


def expected(checker: Checker, some: list[tuple[str, str]]) -> list[bytes]:
    """What the checker says of notes whose source is their id, as lines, sorted."""
    found = checker.check_records(Record(text=text, id=id, source=id) for id, text in some)
    return sorted(map(jsonl.line, found))


def collected(frame) -> list[Assessment | Unreadable]:
    return [typed.result(row.asDict(recursive=True)) for row in frame.collect()]


def as_lines(frame) -> list[bytes]:
    return sorted(map(jsonl.line, collected(frame)))


@needs_java
@pytest.mark.parametrize("form", ["parquet", "jsonl"])
def test_two_cores_write_what_one_machine_writes(form, service, one_machine, tmp_path):
    found = check_on("local[2]", service, "-o", tmp_path / f"out.{form}")
    assert found.exit_code == ExitStatus.UNREADABLE, found.output
    assert lines(tmp_path / f"out.{form}") == one_machine


@needs_java
def test_a_table_for_spreadsheets_holds_the_same_rows(service, tmp_path):
    check(service, "-o", tmp_path / "one.csv")
    check_on("local[2]", service, "-o", tmp_path / "out.csv")
    written = [part.read_bytes().splitlines() for part in (tmp_path / "out.csv").glob("part-*.csv")]
    head, *rows = (tmp_path / "one.csv").read_bytes().splitlines()
    assert {part[0] for part in written if part} == {head}
    assert sorted(row for part in written for row in part[1:]) == sorted(rows)


@needs_java
def test_a_cluster_of_two_workers_writes_what_one_machine_writes_and_no_log_holds_a_note(
    service, one_machine, tmp_path
):
    import pyspark

    logs = Path(pyspark.__file__).parent / "work"
    before = {*logs.glob("*")}
    found = check_on("local-cluster[2,1,1024]", service, "-o", tmp_path / "out.parquet")
    assert found.exit_code == ExitStatus.UNREADABLE, found.output
    assert lines(tmp_path / "out.parquet") == one_machine
    left = [folder for folder in logs.glob("*") if folder not in before]
    written = [path for folder in left for path in folder.rglob("std*")]
    assert len({path.parent for path in written}) == 2
    assert not any(SECRET in path.read_text(errors="replace") for path in written)
    for folder in left:
        shutil.rmtree(folder)


@needs_java
def test_history_sample_and_estimate_say_the_same_of_parquet_as_of_lines(tmp_path):
    from audits import as_the_tool, mark

    export = EXAMPLES / "exports" / "export.csv"
    one, out = tmp_path / "one.jsonl", tmp_path / "out.parquet"
    check(export, "-o", one)
    assert check_on("local[2]", export, "-o", out).exit_code == ExitStatus.WEAK
    audit = tmp_path / "audit.xlsx"

    def said(*command) -> str:
        found = CliRunner().invoke(main, [*map(str, command)])
        assert found.exit_code == ExitStatus.OK, found.output
        return found.output

    assert said("history", out) == said("history", one)
    said("sample", out, "--size", "8", "--worksheet", audit)
    mark(audit, as_the_tool(audit))
    assert said("estimate", out, "--audit", audit) == said("estimate", one, "--audit", audit)


@needs_java
def test_an_address_is_opened_by_spark_and_a_delta_table_only_where_there_is_delta(tmp_path):
    table = tmp_path / "notes.parquet"
    duckdb.sql(f"copy (select 'n1' as id, '{SECRET} seen. SW to chase.' as text) to '{table}'")
    found = check_on("local[2]", table.as_uri(), "-o", tmp_path / "out.parquet")
    assert found.exit_code == ExitStatus.WEAK, found.output
    (result,) = assessments([tmp_path / "out.parquet"], pytest.fail)
    assert (result.id, result.source) == ("n1", f"{table.as_uri()}#n1")
    (tmp_path / "table" / "_delta_log").mkdir(parents=True)
    refused = check_on("local[2]", tmp_path / "table", "-o", tmp_path / "other.parquet")
    assert refused.exit_code == ExitStatus.USAGE
    assert "has this Spark Delta?" in refused.output and "Traceback" not in refused.output
    refused = check_on("local[2]", table, "-o", tmp_path / "other.delta")
    assert "This Spark has no Delta" in refused.output and "Traceback" not in refused.output


@needs_java
def test_however_a_frame_is_cut_its_rows_say_what_the_checker_says(spark, checker):
    from checker.spark import check_frame

    some = notes(14)
    frame = spark.createDataFrame(some, "`Form ID` string, `The Note` string")
    for parts in (1, 3, 9):
        found = check_frame(frame.repartition(parts), text="The Note", id="form_id")
        assert as_lines(found) == expected(checker, some)


@needs_java
def test_settings_columns_and_leaving_out_the_text_hold_on_a_frame(spark):
    from checker.spark import check_frame

    text = notes(1)[0][1]
    frame = spark.sql(
        "select 7 as no, array(:text, 'SW to chase.') as note, date'2026-02-01' as seen, 'Team A' as team",
        args={"text": text},
    )
    settings = Settings(rules={"no-check": "off"})
    (found,) = collected(check_frame(frame, "note", "no", date="seen", settings=settings, quote=False))
    whole = Checker(settings=settings).check(f"{text}\nSW to chase.")
    assert (found.id, found.source, found.date.isoformat(), found.team) == ("7", "7", "2026-02-01", "Team A")
    assert found.findings == whole.findings
    assert {unit.text for unit in found.units} == {""}


@needs_java
def test_a_bad_record_is_an_error_row_and_the_others_are_checked(spark, checker, tmp_path):
    from checker.spark import check_frame

    ((id, text),) = notes(1)
    # A cell that is not UTF-8, as some systems export it.
    frame = spark.createDataFrame(
        [(id, text), ("no text", None), ("no words", "...."), (None, text)], "id string, text string"
    )
    broken = spark.sql("select 'not utf-8' as id, cast(X'5365656E20A3' as string) as text")
    found = collected(check_frame(frame.unionAll(broken).coalesce(1)))
    errors = {result.source: result.error.message for result in found if isinstance(result, Unreadable)}
    assert errors.keys() == {"no text", "no words", "", "not utf-8"}
    assert not any(SECRET in message for message in errors.values())
    assert [jsonl.line(result) for result in found if isinstance(result, Assessment)] == expected(
        checker, [(id, text)]
    )


@needs_java
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"text": "Note"}, "no column “Note”"),
        ({"id": "Form"}, "no column “Form”"),
        ({"date": "Seen"}, "no column “Seen”"),
        ({"settings": load(EXAMPLES / "long-form" / "checker.toml")}, "read from a file"),
    ],
)
def test_a_frame_that_lacks_a_column_is_refused_before_any_work(spark, given, said):
    from checker.spark import check_frame

    with pytest.raises(ValueError, match=said):
        check_frame(spark.createDataFrame([("a", "b")], "id string, text string"), **given)


@needs_java
def test_a_worker_that_is_killed_loses_nothing(spark, checker):
    from checker.spark import check_frame

    some = notes(60)
    frame = check_frame(spark.createDataFrame(some, "id string, text string").repartition(12, "id"))
    killed = []

    def kill() -> None:
        for _ in range(100):
            if worker := busy_worker():
                worker.kill()
                killed.append(worker.pid)
                return

    thread = Thread(target=kill)
    thread.start()
    found = as_lines(frame)
    assert killed
    thread.join()
    assert found == expected(checker, some)


def busy_worker() -> psutil.Process | None:
    """A Python worker that has the model open and is reading notes now."""

    def used(process: psutil.Process) -> float:
        try:
            at_work = "pyspark.daemon" in process.cmdline() and process.memory_info().rss > 120_000_000
            return process.cpu_times().user if at_work else 0
        except psutil.Error:  # it has ended since
            return 0

    before = {process: used(process) for process in psutil.Process().children(recursive=True)}
    time.sleep(0.3)
    return next((process for process, then in before.items() if 0 < then < used(process) - 0.05), None)


@needs_java
def test_what_was_done_is_left_out_by_its_id_and_model(spark):
    from pyspark.sql import functions as sf

    from checker.spark import check_frame

    some = [*notes(4), ("bad", "")]
    frame = spark.createDataFrame(some, "id string, text string").coalesce(1)
    done = check_frame(frame.where(sf.col("id").isin(some[0][0], some[1][0], "bad"))).localCheckpoint()
    left = [result.source for result in collected(check_frame(frame, done=done))]
    assert sorted(left) == sorted(id for id, _ in some[2:4])
    other = done.where("weak is not null").withColumn("model_sha256", sf.lit("0" * 64))
    assert check_frame(frame, done=other).count() == len(some)


@needs_java
def test_of_records_that_share_an_id_none_is_left_out_that_was_not_done(spark):
    from checker.spark.frames import left_to_do

    records = spark.createDataFrame(
        [("note", "a/note.txt"), ("note", "b/note.txt"), ("twin", "t"), ("twin", "t"), ("moved", "row 9")],
        "id string, source string",
    )
    done = spark.createDataFrame(
        [("note", "a/note.txt", "m"), ("twin", "t", "m"), ("moved", "row 7", "m")],
        "id string, source string, model_sha256 string",
    )
    left = sorted(row.source for row in left_to_do(records, done, "m").collect())
    assert left == ["b/note.txt", "t", "t"]


def on_spark(*arguments) -> subprocess.CompletedProcess:
    """A command of its own, with a Java of its own."""
    command = [CHECKER, "check", "--engine", "spark", "--master", "local[2]", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@needs_java
def test_a_job_that_is_killed_goes_on_where_it_was_and_leaves_no_note_to_read(quick_java, tmp_path):
    table, out = tmp_path / "export.jsonl", tmp_path / "out.jsonl"
    some = [(f"{id}-{turn}", text) for turn in range(4) for id, text in notes(40)]
    table.write_text("".join(json.dumps({"id": id, "text": text}) + "\n" for id, text in some))
    command = [CHECKER, "check", "--engine", "spark", "--master", "local[2]", table, "-o", out]
    first = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    while not list(out.glob("part-*")) and first.poll() is None:
        time.sleep(0.1)
    assert first.poll() is None
    os.killpg(first.pid, signal.SIGKILL)
    said = first.communicate()[1]
    aside = [path.read_bytes() for path in quick_java.rglob("*") if path.is_file()]
    assert sum(map(len, aside)) > sum(len(text) for _, text in some) / 10
    assert not any(SECRET.encode() in held for held in aside)
    done = {part.name: part.read_bytes() for part in out.glob("part-*")}
    assert 0 < sum(map(bytes.count, done.values(), [b"\n"] * len(done))) < len(some)
    again = on_spark(table, "-o", out)
    assert again.returncode == ExitStatus.USAGE and "--resume" in again.stderr
    second = on_spark(table, "-o", out, "--resume", "--fail-on", "never")
    assert second.returncode == ExitStatus.OK, second.stderr
    assert done.items() <= {part.name: part.read_bytes() for part in out.glob("part-*")}.items()
    found = [result.id for result in assessments([out], pytest.fail)]
    assert sorted(found) == sorted(id for id, _ in some)
    assert f"{len(some)} records" in second.stderr
    assert SECRET not in said + again.stderr + second.stderr


def test_workers_with_another_model_than_the_driver_check_nothing():
    from checker.spark.workers import Asked, WorkersDiffer, check_records

    with pytest.raises(WorkersDiffer):
        next(check_records([], Asked(b"{}", None, sha256="0" * 64)))


def test_a_name_that_is_not_utf_8_stops_no_job():
    import pyarrow

    from checker.spark.workers import RECORDS, Asked, check_records, packed

    odd = [Record(text="Seen at school.", id="caf\udce9", source="caf\udce9.txt")]
    odd.append(Unreadable(source="\udce9.doc", error=Failure(kind="empty", message="\udce9.doc is empty.")))
    batch = pyarrow.RecordBatch.from_pylist([packed(None, found) for found in odd], RECORDS)
    (results,) = check_records([batch], Asked(b"{}", None, Checker().model.sha256))
    assert [typed.result(row).source for row in results.to_pylist()] == ["caf?.txt", "?.doc"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "out", "--format", "html"], "Spark writes parquet, delta, jsonl, csv"),
        (["--format", "parquet"], "name it with --output"),
        (["-o", "out.csv", "--resume"], "cannot be gone on with"),
        (["-o", "out.parquet", "--master", "local[2]", "--jobs", "2"], "--jobs is for this machine"),
        (["-o", "notes"], "--resume"),
    ],
)
def test_what_spark_cannot_do_is_said_in_a_sentence(arguments, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("notes").mkdir()
    Path("notes", "a.txt").write_text("Seen.")
    arguments = [*arguments, "--format", "parquet"] if arguments[-1] == "notes" else arguments
    found = check("notes/a.txt", "--engine", "spark", *arguments)
    assert found.exit_code == ExitStatus.USAGE
    assert said in found.output and "Traceback" not in found.output


@pytest.mark.parametrize(
    "arguments", [["--master", "local[2]"], ["--format", "parquet", "-o", "out.parquet"]]
)
def test_what_is_sparks_alone_asks_for_the_engine(arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = check(EXAMPLES / "notes", *arguments)
    assert found.exit_code == ExitStatus.USAGE and "--engine spark" in found.output


def test_without_java_a_sentence_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    found = check(EXAMPLES / "notes", "--engine", "spark", "-o", tmp_path / "out.parquet")
    assert found.exit_code == ExitStatus.USAGE and "openjdk-17-jre-headless" in found.output


def test_without_the_extra_a_sentence_says_what_to_install_and_other_checks_never_miss_it(tmp_path):
    script = (
        "import sys\n"
        "for name in ('pyspark', 'pyarrow', 'pandas', 'py4j'): sys.modules[name] = None\n"
        "from checker.cli import main\n"
        "main(sys.argv[1:])"
    )

    def without(*arguments) -> subprocess.CompletedProcess:
        command = [
            sys.executable,
            "-c",
            script,
            "check",
            EXAMPLES / "notes" / "mental-health-short.txt",
            *arguments,
        ]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert without("--fail-on", "never").returncode == ExitStatus.OK
    refused = without("--engine", "spark", "-o", tmp_path / "out.parquet")
    assert refused.returncode == ExitStatus.USAGE
    assert "supervision-checker[spark]" in refused.stderr and "Traceback" not in refused.stderr

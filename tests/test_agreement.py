"""What agreement promises: the published figures, no figure where there is none, and every empty cell named."""

import json
import shutil
from pathlib import Path

import msgspec
import numpy as np
import openpyxl
import pytest
from audits import as_the_tool, export, mark, one_band_off
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from checker.agreement import Agreement, compare_readers
from checker.agreement.labels import RecordLabel
from checker.agreement.measures import FEWEST, alpha, kappa, tabulate, with_interval
from checker.checking import Checker
from checker.cli import main
from checker.cli.opening import ExitStatus
from checker.sampling import By, build_frame, random_draw, risk_draw
from checker.worksheet import read_worksheet, write_worksheet
from checker.worksheet.layout import SECOND, Column
from training.audited import agreement as audited_agreement
from training.audited import read_labels
from training.corpus import CorpusError

FRAME = build_frame(export())


@pytest.fixture(scope="module")
def marked(tmp_path_factory) -> Path:
    """Forty notes of twelve teams, all marked by one auditor, twelve by a second; a few cells left empty."""
    path = tmp_path_factory.mktemp("marked") / "audit.xlsx"
    write_worksheet(random_draw(FRAME, 40, by=[By.TEAM]), path)
    tool = as_the_tool(path)
    first, second = one_band_off(tool, 1, 0.2), one_band_off(tool, 2, 0.3)
    del first[4][Column.PLAN], second[6][Column.WEAK]
    first[1][Column.REASONS] = "Nothing but visits."
    mark(path, first)
    mark(path, {number: second[number] for number in range(1, 13)}, SECOND)
    return path


@pytest.fixture
def audit(marked, tmp_path) -> Path:
    return Path(shutil.copy(marked, tmp_path))


def run(*arguments: str | Path):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def said(result) -> str:
    return " ".join(result.output.split())


def pairs(first: str, second: str) -> np.ndarray:
    marks = sorted({*first, *second})
    return tabulate([marks.index(m) for m in first], [marks.index(m) for m in second], len(marks))


@pytest.mark.parametrize(
    "first, second, published",
    [
        ("0100000010", "1110010000", 0.095),  # Krippendorff 2011, section A: two observers, two values
        ("aabbdcccedda", "babbbccceddd", 0.692),  # section B: two observers, any number of values
    ],
)
def test_alpha_is_the_published_one(first, second, published):
    assert alpha(pairs(first, second), in_order=False) == pytest.approx(published, abs=5e-4)


def test_ordinal_alpha_is_the_published_one():
    # Krippendorff 2011, sections C and D: the coincidences of four observers with missing values. They are
    # their own transpose, so that half of them stands for a table of pairs.
    third = 1 / 3
    coincidences = np.array(
        [
            [7, 4 * third, third, third, 0],
            [4 * third, 10, 4 * third, third, 0],
            [third, 4 * third, 8, third, 0],
            [third, third, third, 4, 0],
            [0, 0, 0, 0, 3],
        ]
    )
    assert alpha(coincidences / 2, in_order=False) == pytest.approx(0.743, abs=5e-4)
    assert alpha(coincidences / 2, in_order=True) == pytest.approx(0.815, abs=5e-4)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=60))
def test_kappa_is_scikit_learns(marks):
    first, second = map(list, zip(*marks, strict=True))
    counts = tabulate(first, second, 5)
    for in_order, weights in ((False, None), (True, "quadratic")):
        ours = kappa(counts, in_order)
        if len({*first, *second}) == 1:
            assert np.isnan(ours)
        else:
            theirs = cohen_kappa_score(first, second, labels=range(5), weights=weights)
            assert ours == pytest.approx(theirs)


@given(st.permutations(range(5)), st.lists(st.integers(0, 4), min_size=2, max_size=40))
def test_naming_the_marks_otherwise_changes_no_nominal_figure(names, marks):
    first, second = marks, marks[1:] + marks[:1]
    renamed = [names[m] for m in first], [names[m] for m in second]
    for measure in (kappa, alpha):
        there, here = measure(tabulate(first, second, 5), False), measure(tabulate(*renamed, 5), False)
        assert (np.isnan(there) and np.isnan(here)) or there == pytest.approx(here)


def test_an_interval_holds_its_figure_and_narrows_with_more_notes():
    counts = np.array([[8, 2, 0], [1, 6, 2], [0, 1, 5]])
    for measure in (kappa, alpha):
        few, many = (with_interval(counts * times, True, measure) for times in (1, 20))
        assert few.low < few.value < few.high <= 1
        assert many.high - many.low < (few.high - few.low) / 3


def test_an_interval_covers_the_true_kappa_about_as_often_as_it_says():
    truth = np.array([[0.35, 0.1], [0.1, 0.45]])
    true_kappa = float(kappa(truth, False))
    tables = np.random.default_rng(4).multinomial(60, truth.ravel(), size=200).reshape(-1, 2, 2)
    found = [with_interval(table, False, kappa) for table in tables]
    assert 0.88 <= np.mean([one.low <= true_kappa <= one.high for one in found]) <= 0.99


def test_an_auditor_who_agrees_in_everything_has_kappa_one_and_no_disagreement(tmp_path):
    path = tmp_path / "audit.xlsx"
    write_worksheet(random_draw(FRAME, 30), path)
    mark(path, as_the_tool(path))
    (comparison,) = compare_readers(read_worksheet(path)).comparisons
    assert all(aspect.same.value == 1 and aspect.kappa.value == 1 for aspect in comparison.aspects)
    assert comparison.disagreements == ()


def test_cells_left_empty_are_named_and_only_their_own_mark_is_passed_over(audit):
    agreement = compare_readers(read_worksheet(audit))
    assert agreement.empty == ("Audit!F5", "Second auditor!G7")
    assert (agreement.marked, agreement.marked_second) == (40, 12)
    notes = {
        (c.first, c.second): {aspect.title: aspect.notes for aspect in c.aspects}
        for c in agreement.comparisons
    }
    assert list(notes) == [("auditor", "tool"), ("second auditor", "tool"), ("auditor", "second auditor")]
    assert notes["auditor", "tool"] == dict.fromkeys(notes["auditor", "tool"], 40) | {Column.PLAN: 39}
    assert notes["auditor", "second auditor"][Column.WEAK] == 11
    assert notes["auditor", "second auditor"][Column.REFLECTION] == 12


def test_counts_and_prevalence_are_those_of_the_marks(audit):
    records = read_worksheet(audit)
    weak = compare_readers(records).comparisons[0].aspects[2]
    assert weak.title == Column.WEAK
    assert weak.first[0] == sum(record.auditor.weak for record in records)
    assert weak.second[0] == sum(record.tool.weak for record in records)
    assert weak.counts[0][0] == sum(record.auditor.weak and record.tool.weak for record in records)


def test_no_band_is_cut_short_in_a_window_of_80_characters(audit):
    shown = run("agree", audit, "--no-text").output
    assert max(map(len, shown.splitlines())) <= 80 and "…" not in shown


def test_fewer_than_ten_notes_give_no_kappa_and_say_why(tmp_path):
    path = tmp_path / "audit.xlsx"
    write_worksheet(random_draw(FRAME, 12), path)
    marks = one_band_off(as_the_tool(path), 1, 0.3)
    mark(path, {number: marks[number] for number in range(1, FEWEST)})
    (comparison,) = compare_readers(read_worksheet(path)).comparisons
    assert all(aspect.kappa is None and aspect.alpha is None for aspect in comparison.aspects)
    assert "No kappa or alpha from 9 notes" in said(run("agree", path))
    mark(path, {FEWEST: marks[FEWEST]})
    (comparison,) = compare_readers(read_worksheet(path)).comparisons
    assert comparison.aspects[0].kappa is not None


def test_one_mark_throughout_gives_no_kappa_and_says_why(tmp_path):
    path = tmp_path / "audit.xlsx"
    weak = build_frame(one for one in export() if one.weak)
    write_worksheet(random_draw(weak, 12), path)
    mark(path, {number: {Column.WEAK: "yes"} for number in range(1, 13)})
    aspect = compare_readers(read_worksheet(path)).comparisons[0].aspects[2]
    assert aspect.kappa is None and "every note got the same mark" in aspect.remark
    mark(path, {1: {Column.WEAK: "no"}})
    aspect = compare_readers(read_worksheet(path)).comparisons[0].aspects[2]
    assert aspect.kappa is not None and "Nearly all notes got one and the same mark" in aspect.remark


def test_disagreements_stand_largest_first_and_are_quoted(audit):
    (comparison, *_) = compare_readers(read_worksheet(audit)).comparisons
    steps = [found.steps for found in comparison.disagreements]
    assert steps == sorted(steps, reverse=True) and steps[0] > steps[-1] >= 1
    quoted = next(found for found in comparison.disagreements if "action: “" in found.second_reasons)
    assert quoted.differences
    shown = said(run("agree", audit, "--all"))
    assert all(found.id in shown for found in comparison.disagreements)


def test_without_text_no_reason_and_no_line_is_quoted(audit, tmp_path):
    out = tmp_path / "agreement.json"
    shown = run("agree", audit, "--all", "--no-text", "-o", out).output
    assert "“" not in shown and "“" not in json.dumps(json.loads(out.read_text()), ensure_ascii=False)


def test_a_risk_list_says_that_it_stands_for_itself_alone_and_what_its_random_notes_showed(tmp_path):
    path = tmp_path / "risk.xlsx"
    write_worksheet(risk_draw(FRAME, 20), path)
    marks = as_the_tool(path)
    mark(path, {number: entries | {Column.WEAK: "yes"} for number, entries in marks.items()})
    remarks = " ".join(compare_readers(read_worksheet(path)).remarks)
    missed = sum(entries[Column.WEAK] == "no" for entries in marks.values())
    assert "hold for these notes, and not for all notes" in remarks
    assert (
        f"2 notes of it drawn at random from what the tool did not put on the list: the auditor found {missed} weak"
        in remarks
    )


def test_a_worksheet_that_revealed_the_tool_is_pointed_out(tmp_path):
    path = tmp_path / "reveal.xlsx"
    write_worksheet(random_draw(FRAME, 12), path, reveal=True)
    mark(path, as_the_tool(path))
    assert "may lean towards the tool" in said(run("agree", path))


def test_a_wrong_entry_stops_the_command_with_its_cell(audit):
    mark(audit, {2: {Column.PLAN: "good"}})
    result = run("agree", audit)
    assert result.exit_code == ExitStatus.USAGE
    assert "Audit!F3: “good” is not a mark for Plan; it may be none, weak, mixed, strong." in said(result)


def test_a_worksheet_without_marks_is_one_sentence(tmp_path):
    write_worksheet(random_draw(FRAME, 5), tmp_path / "audit.xlsx")
    result = run("agree", tmp_path / "audit.xlsx")
    assert result.exit_code == ExitStatus.USAGE and "Nothing is marked" in result.output


def test_the_worksheet_is_never_changed_and_what_is_written_is_whole(audit, tmp_path):
    before = audit.read_bytes()
    assert run("agree", audit, "-o", audit).exit_code == ExitStatus.USAGE
    assert run("agree", audit, "-o", tmp_path / "agreement.xlsx").exit_code == ExitStatus.OK
    assert run("agree", audit, "-o", tmp_path / "agreement.json").exit_code == ExitStatus.OK
    assert audit.read_bytes() == before
    agreement = compare_readers(read_worksheet(audit))
    assert msgspec.json.decode((tmp_path / "agreement.json").read_bytes(), type=Agreement) == agreement
    book = openpyxl.load_workbook(tmp_path / "agreement.xlsx")
    assert book.sheetnames == ["Agreement", "Counts", "Disagreements", "About"]
    kappas = [row[7] for row in book["Agreement"].iter_rows(values_only=True) if row[0] == Column.REFLECTION]
    assert kappas == [c.aspects[0].kappa.value for c in agreement.comparisons]
    listed = [row[2] for row in book["Disagreements"].iter_rows(min_row=2, values_only=True)]
    assert listed == [found.id for c in agreement.comparisons for found in c.disagreements]


def test_labels_hold_what_is_settled_and_say_what_is_left_out(audit, tmp_path):
    out = tmp_path / "labels.jsonl"
    result = run("agree", audit, "--to-labels", out)
    labels = read_labels(out)
    records = {record.id: record for record in read_worksheet(audit)}
    for label in labels:
        one, two = records[label.id].auditor, records[label.id].second
        assert (label.reflection, label.plan, label.weak) == (one.reflection, one.plan, one.weak)
        assert two.reflection in (None, one.reflection) and two.weak in (None, one.weak)
        assert label.text == records[label.id].text
    disputed = 40 - 1 - len(labels)
    assert 0 < disputed < 12
    assert f"{len(labels)} labels; left out 1 notes not wholly marked and {disputed} on which" in said(result)


def test_the_training_pipeline_measures_a_model_on_audited_notes(audit, tmp_path):
    run("agree", audit, "--to-labels", tmp_path / "labels.jsonl")
    labels = read_labels(tmp_path / "labels.jsonl")[:12]
    checker = Checker(jobs=1)
    (comparison,) = audited_agreement(labels, checker).comparisons
    weak = [checker.check(label.text, label.record_type).weak for label in labels]
    assert comparison.aspects[2].second[0] == sum(weak)
    assert comparison.aspects[0].notes == 12


@pytest.mark.parametrize("content", [b"", b'{"id": "a"}\n', b"not json\n"])
def test_a_file_that_holds_no_labels_is_one_sentence(tmp_path, content):
    (tmp_path / "labels.jsonl").write_bytes(content)
    with pytest.raises(CorpusError, match=r"labels\.jsonl"):
        read_labels(tmp_path / "labels.jsonl")


def test_labels_refuse_a_band_that_the_codebook_does_not_have():
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"id": "a", "text": "b", "record_type": "case", "reflection": "good", "plan": "weak", "weak": True}, RecordLabel)  # fmt: skip

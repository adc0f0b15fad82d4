"""What a draw promises: repeatable, honest about chance, and plain about what it can say."""

import csv
import json
import math
import os
import random
import subprocess
import sys
from collections import Counter
from itertools import product
from pathlib import Path

import openpyxl
import pytest
from audits import SMALL, export
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from scipy.stats import hypergeom

from checker.cli import main
from checker.cli.opening import ExitStatus
from checker.read.problem import CannotRead
from checker.report import jsonl
from checker.sampling import (
    Allocation,
    By,
    Draw,
    Order,
    SamplingError,
    build_frame,
    random_draw,
    risk_draw,
)
from checker.sampling.draw import allocate
from checker.sampling.frame import read_ids
from checker.sampling.size import effective_size, shows_as, wilson
from checker.sampling.terminal import what_it_can_say

EXAMPLES = Path(__file__).parents[1] / "examples"
EXPORT = export()
FRAME = build_frame(EXPORT)


def ids(sample) -> list[str]:
    return [drawn.candidate.id for drawn in sample.drawn]


def run(*arguments: str | Path):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def said(result) -> str:
    return " ".join(result.output.split())


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("results") / "results.jsonl"
    path.write_bytes(b"".join(map(jsonl.line, EXPORT)))
    return path


def test_the_same_seed_draws_the_same_notes_whatever_the_order_of_the_input():
    shuffled = random.Random(1).sample(EXPORT, len(EXPORT))
    again = random_draw(build_frame(shuffled), 40, by=[By.TEAM], seed=7)
    assert ids(random_draw(FRAME, 40, by=[By.TEAM], seed=7)) == ids(again)
    assert ids(random_draw(FRAME, 40, by=[By.TEAM], seed=8)) != ids(again)


def test_a_larger_draw_holds_the_smaller_one():
    assert set(ids(random_draw(FRAME, 20))) < set(ids(random_draw(FRAME, 60)))


def test_every_team_is_drawn_from_and_twice_where_it_can_be_the_one_with_three_notes_too():
    for allocation in Allocation:
        strata = random_draw(FRAME, 30, by=[By.TEAM], allocation=allocation).strata
        assert len(strata) == 12 and sum(stratum.drawn for stratum in strata) == 30
        assert min(stratum.drawn for stratum in strata) == 2
        assert next(s for s in strata if s.name == SMALL).records == 3


def test_the_probabilities_count_the_frame_again():
    for by in ([], [By.TEAM], [By.RECORD_TYPE], [By.MONTH, By.RECORD_TYPE]):
        drawn = random_draw(FRAME, 200, by=by, allocation=Allocation.EQUAL).drawn
        assert sum(1 / one.probability for one in drawn) == pytest.approx(len(FRAME.candidates))
        assert {one.draw for one in drawn} == {Draw.RANDOM}


def test_a_note_is_drawn_as_often_as_its_probability_says():
    small = build_frame(EXPORT[:20] + EXPORT[-3:])
    often, seeds = Counter(), 3000
    for seed in range(seeds):
        sample = random_draw(small, 6, by=[By.RECORD_TYPE], seed=seed)
        often.update(ids(sample))
    chances = {d.candidate.id: d.probability for d in random_draw(small, 23, by=[By.RECORD_TYPE]).drawn}
    assert len(chances) == 23
    for stratum in sample.strata:
        chance = stratum.drawn / stratum.records
        inside = [c.id for c in small.candidates if stratum.name == c.record_type.replace("_", " ")]
        assert len(inside) == stratum.records
        for id in inside:
            assert often[id] / seeds == pytest.approx(
                chance, abs=5 * math.sqrt(chance * (1 - chance) / seeds) + 1e-9
            )


@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=12),
    st.sampled_from(Allocation),
    st.integers(0, 400),
)
def test_an_allocation_gives_out_the_whole_draw_and_no_group_more_than_it_has(sizes, allocation, extra):
    strata = {f"{n}": [FRAME.candidates[(i * 7 + n) % 300] for i in range(s)] for n, s in enumerate(sizes)}
    size = min(len(sizes) + extra, sum(sizes))
    given_out = allocate(size, strata, allocation)
    assert sum(given_out.values()) == size
    assert all(1 <= given_out[name] <= len(strata[name]) for name in strata)


def test_neyman_gives_the_least_variance_that_whole_numbers_allow():
    flags = {"a": (9, 12), "b": (1, 20), "c": (4, 8)}  # weak notes, notes
    one = FRAME.candidates[0]
    strata = {
        name: [replace(one, id=f"{name}{i}", weak=i < weak) for i in range(notes)]
        for name, (weak, notes) in flags.items()
    }

    def variance(numbers) -> float:
        shares = {name: (weak + 1) / (notes + 2) for name, (weak, notes) in flags.items()}
        return sum(flags[name][1] ** 2 * shares[name] * (1 - shares[name]) / numbers[name] for name in flags)

    every_way = [
        dict(zip(flags, numbers, strict=True))
        for numbers in product(range(2, 13), range(2, 21), range(2, 9))
        if sum(numbers) == 15
    ]
    assert variance(allocate(15, strata, Allocation.NEYMAN)) == pytest.approx(min(map(variance, every_way)))


def test_too_few_notes_for_the_groups_is_said():
    with pytest.raises(SamplingError, match="8 notes cannot cover 12 groups: draw at least 12"):
        random_draw(FRAME, 8, by=[By.TEAM])


def test_a_team_typed_in_two_ways_is_one_team():
    frame = build_frame(
        [replace(EXPORT[0], team="North  Locality"), replace(EXPORT[1], team="north locality ")]
    )
    assert [stratum.records for stratum in random_draw(frame, 2, by=[By.TEAM]).strata] == [2]


def test_twenty_of_412_would_show_a_half_as_29_to_71_per_cent():
    said = what_it_can_say(412, 20, effective_size([(412, 20)]))
    assert said.startswith("20 notes of 412: a true share of 50% would show as 29% to 71%.")


@pytest.mark.parametrize("notes, low, high", [(6, 0.19, 0.81), (20, 0.30, 0.70), (100, 0.40, 0.60)])
def test_wilson_gives_its_known_limits_at_one_half(notes, low, high):
    interval = wilson(notes / 2, notes)
    assert (round(interval.low, 2), round(interval.high, 2)) == (low, high)


@given(st.integers(1, 500), st.data())
def test_reading_more_of_the_notes_never_says_less_and_reading_all_leaves_no_doubt(population, data):
    size = data.draw(st.integers(1, population))
    found = data.draw(st.integers(0, size))
    endless, corrected = wilson(found, size), wilson(found, size, population)
    assert endless.low - 1e-9 <= corrected.low <= found / size + 1e-9
    assert found / size - 1e-9 <= corrected.high <= endless.high + 1e-9
    if size == population:
        assert corrected.low == corrected.high


@pytest.mark.parametrize("records, drawn", [(412, 20), (412, 100), (60, 30)])
def test_a_half_shows_where_it_was_said_to_in_about_95_of_100_draws(records, drawn):
    interval = shows_as(0.5, effective_size([(records, drawn)]))
    inside = [n for n in range(drawn + 1) if interval.low <= n / drawn <= interval.high]
    assert 0.92 <= hypergeom(records, records // 2, drawn).pmf(inside).sum() <= 0.99


def test_a_wanted_interval_is_met_by_the_fewest_notes_that_meet_it():
    strata = random_draw(FRAME, within=0.1, by=[By.TEAM]).strata
    size = sum(stratum.drawn for stratum in strata)

    def half_width(sample) -> float:
        return 0.5 - shows_as(0.5, effective_size((s.records, s.drawn) for s in sample.strata)).low

    assert half_width(random_draw(FRAME, size, by=[By.TEAM])) <= 0.1
    assert half_width(random_draw(FRAME, size - 1, by=[By.TEAM])) > 0.1


def test_a_risk_list_is_the_weakest_and_a_tenth_at_random_in_an_order_that_tells_nothing():
    sample = risk_draw(FRAME, 30)
    kinds = Counter(drawn.draw for drawn in sample.drawn)
    assert kinds == {Draw.RISK: 27, Draw.AMONG_RISK: 3}
    listed = {d.candidate.id for d in sample.drawn if d.draw is Draw.RISK}
    others = [d for d in sample.drawn if d.draw is Draw.AMONG_RISK]
    assert all(c.weak for c in FRAME.candidates if c.id in listed)
    assert {d.probability for d in others} == {3 / (300 - 27)}
    assert not listed & {d.candidate.id for d in others}
    places = [n for n, d in enumerate(sample.drawn) if d.draw is Draw.AMONG_RISK]
    assert places not in ([0, 1, 2], [27, 28, 29])
    assert "no share can be worked out from it" in sample.words


def test_the_least_certain_stand_on_a_risk_list_of_their_own():
    doubted = [replace(one, weak_probability=place / 300) for place, one in enumerate(EXPORT)]
    sample = risk_draw(build_frame(doubted), 11, Order.LEAST_CERTAIN, at_random=0)
    assert all(abs(d.candidate.weak_probability - 0.5) <= 0.02 for d in sample.drawn)


def test_a_risk_list_of_one_note_or_of_all_notes_has_none_at_random():
    for size in (1, len(FRAME.candidates)):
        assert {d.draw for d in risk_draw(FRAME, size).drawn} == {Draw.RISK}


def test_last_quarters_ids_are_left_out_as_text_as_a_table_and_as_a_worksheet(tmp_path, results):
    audited = ids(random_draw(FRAME, 12, seed=3))
    text = tmp_path / "ids.txt"
    text.write_text("\n".join(["", *audited, "  "]), encoding="utf-8-sig")
    table = tmp_path / "ids.csv"
    table.write_text("\n".join(["Audited on,Form ID", *(f"3 May,{id}" for id in audited)]))
    sheet = tmp_path / "audit.xlsx"
    assert run("sample", results, "-n", "12", "--seed", "3", "--worksheet", sheet).exit_code == ExitStatus.OK
    assert read_ids(text) == read_ids(table, "form_id") == read_ids(sheet) == set(audited)
    drawn = ids(random_draw(build_frame(EXPORT, set(audited)), 288))
    assert len(drawn) == 288 and not set(drawn) & set(audited)


def test_numbers_kept_as_decimals_by_excel_are_the_ids_that_they_look_like(tmp_path):
    book = openpyxl.Workbook()
    for row in (["Last quarter"], ["ID"], [1001.0], [1002]):
        book.active.append(row)
    book.save(tmp_path / "ids.xlsx")
    assert read_ids(tmp_path / "ids.xlsx") == {"1001", "1002"}


def test_a_list_without_an_id_column_is_one_sentence(tmp_path):
    (tmp_path / "ids.csv").write_text("Name,Team\nA,B\n")
    with pytest.raises(CannotRead, match="has no column “id”"):
        read_ids(tmp_path / "ids.csv")


def test_ids_that_fit_nothing_are_pointed_out(tmp_path, results):
    (tmp_path / "other.txt").write_text("X-1\nX-2\n")
    told = said(run("sample", results, "-n", "5", "--leave-out", tmp_path / "other.txt"))
    assert "None of the ids given is among these records: are they of the same export?" in told


def test_nothing_to_draw_from_is_one_sentence_that_says_why(tmp_path, results):
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-1.4 torn")
    result = run("sample", tmp_path / "scan.pdf", "-n", 5)
    assert result.exit_code == ExitStatus.USAGE and "There is no record to draw from: " in said(result)
    assert "scan.pdf" in said(result)
    result = run("sample", results, "-n", 5, "--leave-out", results)
    assert "Every record was audited before and is left out" in said(result)


def test_a_record_that_comes_twice_counts_once():
    frame = build_frame([*EXPORT[:10], *EXPORT[:4]])
    assert len(frame.candidates) == 10 and frame.repeated == 4


def test_the_command_tells_a_quality_officer_all_that_is_needed(results, tmp_path):
    (tmp_path / "last.txt").write_text(EXPORT[0].id + "\ngone-1\n")
    out = tmp_path / "drawn.csv"
    result = run("sample", results, "-n", 40, "--by", "team", "--leave-out", tmp_path / "last.txt", "-o", out)
    told = said(result)
    assert result.exit_code == ExitStatus.OK
    assert "Random draw of 40 notes of 299 by team, in proportion to size, seed 1." in told
    assert "a true share of 50% would show as" in told and SMALL in told
    assert "1 record. Of the ids given, 1 not among these records." in told
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 40 and {row["draw"] for row in rows} == {"random"}
    assert sum(1 / float(row["probability"]) for row in rows) == pytest.approx(299)


def test_a_risk_list_on_the_screen_marks_no_note_but_its_file_does(results, tmp_path):
    out = tmp_path / "risk.jsonl"
    result = run("sample", results, "-n", 20, "--draw", "weakest", "-o", out)
    assert "random among risk" not in result.output
    draws = Counter(json.loads(line)["draw"] for line in out.read_bytes().splitlines())
    assert draws == {"risk": 18, "random among risk": 2}


def test_an_export_with_odd_column_names_is_checked_and_drawn_from_by_team():
    result = run("sample", EXAMPLES / "odd-columns" / "forms.xlsx", "-n", 4, "--by", "team", "-j", 1)
    assert result.exit_code == ExitStatus.OK, result.output
    assert "Random draw of 4 notes of 14 by team, in proportion to size" in said(result)
    assert "Willow Team" in result.output and "Birch Team" in result.output


def test_what_cannot_be_read_is_named_and_the_rest_is_drawn_from(results, tmp_path):
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"%PDF-1.4 torn")
    result = run("sample", results, scan, "-n", 5)
    assert result.exit_code == ExitStatus.UNREADABLE
    assert "Not read, so not drawn from" in result.output and "of 300" in result.output


@pytest.mark.parametrize(
    "options, sentence",
    [
        ((), "Say how many notes with --size"),
        (("-n", 5, "--within", 10), "Say how many notes with --size"),
        (("-n", 5, "--draw", "weakest", "--by", "team"), "belong to a random draw"),
        (("-n", 5, "--allocation", "equal"), "say which with --by"),
        (("-n", 5, "--reveal"), "name it with --worksheet"),
        (("-n", 5, "--worksheet", "audit.docx"), "call it audit.xlsx"),
        (("-n", 5, "-o", "list.pdf"), "written as .csv or .jsonl"),
        (("-n", 5, "-o", "nowhere/list.csv"), "is not a folder"),
        (("-n", 5, "--by", "worker"), "None of the records has a worker"),
        (("-n", 5, "--by", "team", "--by", "worker"), "None of the records has a worker"),
    ],
)
def test_options_that_do_not_fit_are_one_sentence(results, options, sentence):
    result = run("sample", results, *options)
    assert result.exit_code == ExitStatus.USAGE
    assert sentence in said(result)


def test_the_input_is_never_written_over(results):
    before = results.read_bytes()
    result = run("sample", results, "-n", 5, "-o", results)
    assert result.exit_code == ExitStatus.USAGE and results.read_bytes() == before


def test_a_worksheet_that_may_hold_marks_is_never_written_over(results, tmp_path):
    (tmp_path / "audit.xlsx").write_bytes(b"marks")
    result = run("sample", results, "-n", 5, "--worksheet", tmp_path / "audit.xlsx")
    assert result.exit_code == ExitStatus.USAGE and "perhaps with marks in it" in " ".join(
        result.output.split()
    )
    assert (tmp_path / "audit.xlsx").read_bytes() == b"marks"


def test_without_its_libraries_the_command_says_what_to_install_and_leaves_no_worksheet(results, tmp_path):
    asked = ["sample", str(results), "-n", "5", "--worksheet", str(tmp_path / "audit.xlsx")]
    script = (
        "import sys; sys.modules['statsmodels'] = None; sys.modules['statsmodels.stats'] = None\n"
        f"from checker.cli import main; main({asked!r})"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=os.environ | {"COLUMNS": "200"}
    )
    assert found.returncode == ExitStatus.USAGE and "Traceback" not in found.stderr
    assert 'pip install "supervision-checker[quality]"' in found.stderr
    assert not list(tmp_path.iterdir())

"""`checker estimate` as a quality-assurance officer uses it: what it shows, what it keeps back, what it refuses."""

import base64
import csv
import re
import subprocess
import sys
from random import Random

import html5lib
import msgspec
import pytest
from audits import as_the_tool, mark
from click.testing import CliRunner
from from_gold import assessments

from checker.cli import main
from checker.estimation import FEWEST_RECORDS, MEASURES, EstimationError, estimate
from checker.estimation.charts import charts
from checker.estimation.measures import WEAK
from checker.report import jsonl
from checker.sampling import By, build_frame, random_draw, risk_draw
from checker.worksheet import read_worksheet, write_worksheet
from checker.worksheet.layout import NO, YES

TEAMS = [
    f"{name} team" for name in "Bridge Coast Dale East Fell Grove Harbour Island Moor North Vale".split()
]


@pytest.fixture(scope="module")
def records():
    """A quarter of eleven teams and of one with three notes, whose tool is right throughout."""
    rng = Random(11)
    made = []
    for number, assessment in enumerate(assessments()):
        team = rng.randrange(len(TEAMS))
        name, worker = TEAMS[team], f"W{team}-{rng.randrange(7)}"
        if number < 3:
            name, worker = "Tiny team", f"W-tiny-{number}"
        made.append(
            msgspec.structs.replace(
                assessment,
                team=name,
                worker=worker,
                date=assessment.date.replace(year=2026, month=rng.choice((1, 2, 3)), day=9),
            )
        )
    return made


@pytest.fixture(scope="module")
def audit(records, tmp_path_factory):
    """A worksheet of 120 notes by team, whose auditor differs from the tool in one note of eight."""
    path = tmp_path_factory.mktemp("audit") / "audit.xlsx"
    fill(random_draw(build_frame(records), size=120, by=[By.TEAM], seed=2), path, differing=1 / 8)
    return path


@pytest.fixture(scope="module")
def written(records, tmp_path_factory):
    """The same records as checker check writes them."""
    path = tmp_path_factory.mktemp("records") / "results.jsonl"
    path.write_bytes(b"".join(map(jsonl.line, records)))
    return path


@pytest.fixture(scope="module")
def estimates(records, audit):
    return estimate(build_frame(records), read_worksheet(audit), By.TEAM)


def fill(sample, path, differing=0.0, marked=lambda number: True):
    """Write a worksheet and mark it as the tool would, but for a share of the notes, where yes and no change places."""
    write_worksheet(sample, path)
    rng = Random(3)
    other = {YES: NO, NO: YES}
    marks = {}
    for number, entries in as_the_tool(path).items():
        differs = rng.random() < differing
        if marked(number):
            marks[number] = {t: other.get(word, word) if differs else word for t, word in entries.items()}
    mark(path, marks)


def run(*arguments):
    return CliRunner().invoke(main, ["estimate", *map(str, arguments)])


def test_every_measure_is_worked_out_three_ways(estimates):
    assert [figure.measure for figure in estimates.overall.figures] == list(MEASURES)
    for figure in estimates.overall.figures:
        assert figure.audited == 120
        assert figure.alone.interval.low <= figure.alone.share <= figure.alone.interval.high
        assert 0 <= figure.tool <= 1
    weak = estimates.overall.figure(WEAK)
    width = weak.alone.interval.high - weak.alone.interval.low
    assert weak.powered.interval.high - weak.powered.interval.low < width


def test_the_tools_count_is_of_every_record(estimates, records):
    assert estimates.overall.records == len(records)
    assert estimates.overall.figure(WEAK).tool == pytest.approx(sum(r.weak for r in records) / len(records))


def test_groups_stand_in_order_of_name_never_of_share(estimates):
    names = [group.names[0] for group in estimates.groups]
    assert names == sorted([*TEAMS, "Tiny team"])


def test_a_team_of_three_notes_is_named_but_not_shown(estimates):
    tiny = next(group for group in estimates.groups if group.names == ("Tiny team",))
    assert tiny.records == 3 < FEWEST_RECORDS
    assert not tiny.is_shown
    assert any("not shown" in note for note in estimates.notes)


def test_a_team_of_four_workers_is_not_shown_however_many_notes_they_wrote(records, audit):
    few = [
        msgspec.structs.replace(r, worker=r.worker[:-1] + str(int(r.worker[-1]) % 4))
        if r.team == "Vale team"
        else r
        for r in records
    ]
    groups = estimate(build_frame(few), read_worksheet(audit), By.TEAM).groups
    shown = {group.names[0]: group.is_shown for group in groups}
    assert not shown["Vale team"] and shown["Coast team"]


def test_a_worker_typed_in_two_ways_is_one_worker(records, audit):
    few = [
        msgspec.structs.replace(r, worker=("vale-{}", "Vale-{} ")[n % 2].format(int(r.worker[-1]) % 4))
        if r.team == "Vale team"
        else r
        for n, r in enumerate(records)
    ]
    groups = estimate(build_frame(few), read_worksheet(audit), By.TEAM).groups
    assert not next(group for group in groups if group.names == ("Vale team",)).is_shown


def test_where_no_worker_is_named_a_reader_is_warned(records, audit):
    nameless = [msgspec.structs.replace(r, worker=None) for r in records]
    notes = estimate(build_frame(nameless), read_worksheet(audit), By.TEAM).notes
    assert any("name no worker" in note for note in notes)


def test_workers_are_never_compared(records, audit, written):
    with pytest.raises(EstimationError, match="never"):
        estimate(build_frame(records), read_worksheet(audit), By.WORKER)
    assert run(written, "--audit", audit, "--by", "worker").exit_code == 2


def test_a_worksheet_that_showed_the_tool_is_owned_up_to(records, audit, estimates):
    shown = [msgspec.structs.replace(row, revealed=True) for row in read_worksheet(audit)]
    notes = estimate(build_frame(records), shown).notes
    assert [note for note in notes if "may lean towards the tool" in note]
    assert not [note for note in estimates.notes if "may lean towards the tool" in note]


def test_rows_of_a_risk_list_never_enter(records, tmp_path):
    fill(risk_draw(build_frame(records), size=40), tmp_path / "risk.xlsx")
    with pytest.raises(EstimationError, match="risk list"):
        estimate(build_frame(records), read_worksheet(tmp_path / "risk.xlsx"))


def test_rows_of_a_risk_list_beside_a_random_draw_change_nothing(records, audit, tmp_path, estimates):
    fill(risk_draw(build_frame(records), size=40), tmp_path / "risk.xlsx")
    both = [*read_worksheet(audit), *read_worksheet(tmp_path / "risk.xlsx")]
    again = estimate(build_frame(records), both, By.TEAM)
    assert again.overall == estimates.overall
    assert any("40 rows of a risk list" in note for note in again.notes)


def test_rows_left_empty_are_stood_for_by_others_of_their_team(records, tmp_path):
    split = [msgspec.structs.replace(r, team="Weak team" if r.weak else "Sound team") for r in records]
    sample = random_draw(build_frame(split), size=40, by=[By.TEAM], seed=2)
    sound = [number for number, drawn in enumerate(sample.drawn, 1) if drawn.stratum == "Sound team"]
    fill(sample, tmp_path / "some.xlsx", marked=lambda number: number not in sound[2:])
    some = estimate(build_frame(split), read_worksheet(tmp_path / "some.xlsx"))
    assert some.overall.figure(WEAK).audited == 40 - len(sound[2:])
    assert some.overall.figure(WEAK).alone.share == pytest.approx(sum(r.weak for r in split) / len(split))
    assert any("not judged" in note for note in some.notes)


def test_an_empty_worksheet_is_refused(records, tmp_path):
    fill(random_draw(build_frame(records), size=20), tmp_path / "empty.xlsx", marked=lambda number: False)
    with pytest.raises(EstimationError, match="Nothing in the worksheet has been judged"):
        estimate(build_frame(records), read_worksheet(tmp_path / "empty.xlsx"))


def test_a_worksheet_of_other_records_is_refused(records, audit):
    with pytest.raises(EstimationError, match="not among the records given"):
        estimate(build_frame(records[:50]), read_worksheet(audit))


def test_more_records_than_were_drawn_from_are_owned_up_to(records, audit):
    more = [*records, *(msgspec.structs.replace(r, id=f"new-{r.id}") for r in records[:30])]
    notes = estimate(build_frame(more), read_worksheet(audit)).notes
    assert any(f"{len(records)} records, but {len(more)} were given" in note for note in notes)


def test_records_moved_to_another_folder_are_found_by_their_ids(records, audit, estimates):
    moved = [msgspec.structs.replace(r, source=f"archive/{r.source}") for r in records]
    assert estimate(build_frame(moved), read_worksheet(audit), By.TEAM).overall == estimates.overall


def test_the_terminal_says_which_figure_to_quote(written, audit):
    done = run(written, "--audit", audit, "--by", "team")
    assert done.exit_code == 0, done.output
    assert "the figure to quote" in " ".join(done.output.split())
    assert "Tiny team" in done.output and "too few to show" in done.output


def test_the_csv_holds_every_figure_and_nothing_of_a_small_team(written, audit, tmp_path):
    done = run(written, "--audit", audit, "--by", "team", "--output", tmp_path / "shares.csv")
    assert done.exit_code == 0, done.output
    with (tmp_path / "shares.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert sum(row["group"] == "all" for row in rows) == len(MEASURES)
    (tiny,) = (row for row in rows if row["group"] == "Tiny team")
    assert not any(value for name, value in tiny.items() if name not in ("group", "records"))


def test_the_report_needs_nothing_from_outside_and_describes_each_chart(written, audit, tmp_path):
    done = run(written, "--audit", audit, "--by", "team", "--output", tmp_path / "shares.html")
    assert done.exit_code == 0, done.output
    text = (tmp_path / "shares.html").read_text(encoding="utf-8")
    page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    figures = list(page.iter("figure"))
    assert len(figures) == 3
    for figure in figures:
        assert figure.find("img").get("alt")
        assert len("".join(figure.find("figcaption").itertext())) > 80
        form, _, data = figure.find("img").get("src").partition(";base64,")
        assert form == "data:image/svg+xml" and b"<svg" in base64.b64decode(data)
    assert not re.search(r"(src|href)=\"https?:", text)
    tables = [section for section in page.iter("section") if section.find("figure") is not None]
    assert all(next(section.iter("table"), None) is not None for section in tables)


def test_charts_are_written_as_png_and_svg_and_the_same_figures_give_the_same_files(
    written, audit, tmp_path, estimates
):
    assert run(written, "--audit", audit, "--charts", tmp_path / "charts").exit_code == 0
    again = {
        f"{chart.name}.{form}": chart.image(form) for chart in charts(estimates) for form in ("png", "svg")
    }
    assert {path.name: path.read_bytes() for path in (tmp_path / "charts").iterdir()} == again
    assert {name.partition(".")[0] for name in again} == {"bands-over-time", "funnel", "team-by-month"}


def test_no_chart_names_a_worker_or_a_small_team(estimates, records):
    workers = {record.worker for record in records}
    for chart in charts(estimates):
        words = [chart.says, *(text.get_text() for text in chart.drawn.findobj(match=_is_text))]
        assert not any(worker in " ".join(words) for worker in workers)
        assert "Tiny team" not in " ".join(words)


def _is_text(artist):
    return hasattr(artist, "get_text")


def test_without_months_that_can_be_shown_only_the_funnel_is_drawn(records, audit):
    undated = [records[0], *(msgspec.structs.replace(r, date=None) for r in records[1:])]
    drawn = list(charts(estimate(build_frame(undated), read_worksheet(audit))))
    assert [chart.name for chart in drawn] == ["funnel"]


def test_a_teams_name_is_never_read_as_a_formula(records, audit):
    named = [msgspec.structs.replace(r, team="$\\frac{a}$ " + r.team) for r in records]
    for chart in charts(estimate(build_frame(named), read_worksheet(audit))):
        assert chart.image("png").startswith(b"\x89PNG")


def test_the_funnel_says_how_each_team_lies_against_chance(estimates):
    funnel = next(chart for chart in charts(estimates) if chart.name == "funnel")
    assert [row[1] for row in funnel.rows] == TEAMS
    assert {row[-1] for row in funnel.rows} <= {
        "within the limits",
        *(f"{side} the {level} limit" for side in ("above", "below") for level in ("95%", "99.8%")),
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--audit", "missing.xlsx"], "does not exist"),
        (["--audit", "AUDIT", "--output", "shares.docx"], "not as shares.docx"),
        (["--audit", "AUDIT", "--output", "nowhere/shares.csv"], "not a folder"),
        (["--audit", "RECORDS"], "cannot be read as an Excel workbook"),
        (["--audit", "AUDIT", "--by", "service"], "None of the records has a service"),
    ],
)
def test_a_mistake_gets_one_sentence(arguments, said, written, audit):
    put = {"AUDIT": audit, "RECORDS": written}
    done = run(written, *(put.get(argument, argument) for argument in arguments))
    assert done.exit_code == 2
    assert said in " ".join(done.output.replace("\n", " ").split())
    assert "Traceback" not in done.output


def test_records_that_cannot_be_read_are_said_to_be_so_and_not_to_be_other_records(audit):
    done = run("nowhere.jsonl", "--audit", audit)
    assert done.exit_code == 2
    assert "nowhere.jsonl is not there" in " ".join(done.output.split())


def test_the_inputs_are_never_written_over(written, audit, tmp_path):
    before = audit.read_bytes()
    csv_input = tmp_path / "records.csv"
    csv_input.write_text("id,text\n1,Seen at home.\n", encoding="utf-8")
    done = run(csv_input, "--audit", audit, "--output", csv_input)
    assert done.exit_code == 2 and "never changed" in done.output
    assert audit.read_bytes() == before


def test_checker_check_loads_none_of_the_estimators_libraries():
    code = "import checker.cli.check, sys; print({'scipy', 'matplotlib', 'statsmodels'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"

"""What the HTML page promises."""

import re
import tracemalloc
from collections.abc import Sequence
from itertools import pairwise

import html5lib
import pytest
from from_gold import assessments
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_results import odd_results

from checker.codebook import WHAT_THE_TOOL_DOES_NOT_DO
from checker.record import Failure, Unreadable
from checker.report import html, jsonl
from checker.report.words import legible

SCAN = Unreadable(source="scan.pdf", error=Failure(kind="no-text", message="scan.pdf has no text."))
RESULTS = (*assessments()[:10], SCAN, *assessments()[10:20])


def parsed(path):
    """The page as a tree; any error against the HTML standard is raised."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(path.read_text(encoding="utf-8"))


def words(element) -> str:
    return "".join(element.itertext())


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("html") / "report.html"
    html.write(RESULTS, path)
    return path


@pytest.fixture(scope="module")
def page(path):
    return parsed(path)


def test_the_page_fetches_nothing_and_runs_nothing(path, page):
    links = [element.get("href") for element in page.iter() if element.get("href") is not None]
    assert links and all(link.startswith("#") for link in links)
    assert not [e.tag for e in page.iter() if e.get("src") or e.tag in ("script", "link", "img", "iframe")]
    assert not re.search(r"url\(|@import|https?:", path.read_text(encoding="utf-8"))


def test_every_link_leads_somewhere_and_every_id_is_unique(page):
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert {link.get("href")[1:] for link in page.iter("a")} <= set(ids)


def test_a_screen_reader_finds_language_landmarks_and_headings_in_order(page):
    assert page.get("lang") == "en-GB"
    assert {"header", "nav", "main", "footer"} <= {element.tag for element in page.iter()}
    levels = [int(e.tag[1]) for e in page.iter() if re.fullmatch("h[1-6]", str(e.tag))]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_table_has_a_caption_and_every_head_a_scope(page):
    tables = list(page.iter("table"))
    assert tables and all(table.find("caption") is not None for table in tables)
    assert {head.get("scope") for head in page.iter("th")} == {"col", "row"}


def test_every_scrolling_table_can_be_reached_by_keyboard_and_has_a_name(page):
    wide = [e for e in page.iter("div") if e.get("class") == "wide"]
    assert wide and all(e.get("tabindex") == "0" and e.get("aria-label") for e in wide)


def test_the_first_link_skips_to_the_main_part(page):
    assert next(page.iter("a")).get("href") == "#main"


def test_every_unit_is_tagged_in_words_and_not_by_colour_alone(page):
    section = next(e for e in page.iter("article") if e.get("id") == "r1")
    shown = [e for e in section.iter("span") if (e.get("class") or "").startswith("unit")]
    units = assessments()[0].units
    assert len(shown) == len(units)
    for element, unit in zip(shown, units, strict=True):
        tag = element.find("b")
        assert (tag is None) == (unit.label == "admin")
        assert tag is None or tag.text.startswith(unit.label)
        assert words(element).endswith(unit.text)


def test_the_list_is_worst_first_and_every_record_has_a_section(page):
    table = next(t for t in page.iter("table") if "weak before" in words(t.find("caption")))
    weak = [words(row).count("not weak") for row in table.find("tbody")]
    assert weak == sorted(weak) and set(weak) == {0, 1}
    assert {a.get("href")[1:] for a in table.iter("a")} == {e.get("id") for e in page.iter("article")}


def test_at_most_five_questions_come_first_and_the_rest_is_folded_away(page):
    for section in page.iter("article"):
        first = section.find("ol")
        assert first is None or 1 <= len(first) <= 5


def test_the_page_carries_the_model_the_three_sentences_and_what_could_not_be_read(page):
    said = words(page)
    assert "Model gold 1" in said and "scan.pdf has no text." in said
    assert all(sentence in said for sentence in WHAT_THE_TOOL_DOES_NOT_DO)


def test_without_text_nothing_quotes_a_note(tmp_path):
    html.write(RESULTS, tmp_path / "bare.html", text=False)
    said = words(parsed(tmp_path / "bare.html"))
    assert "By when?" in said
    assert not [u.text for a in assessments()[:20] for u in a.units if len(u.text) > 25 and u.text in said]


@settings(max_examples=40, deadline=None)
@given(st.lists(odd_results, max_size=3), st.booleans())
def test_whatever_the_text_the_page_is_well_formed_and_shows_it_escaped(tmp_path_factory, results, text):
    path = tmp_path_factory.mktemp("odd") / "odd.html"
    html.write(results, path, text)
    page = parsed(path)
    assert not [e for e in page.iter() if e.tag in ("script", "img")]
    said = words(page)
    for result in results:
        assert legible(result.source) in said
        if text and not isinstance(result, Unreadable):
            assert all(legible(unit.text) in said for unit in result.units)


def test_a_run_that_breaks_off_leaves_the_old_page_and_nothing_else(tmp_path):
    path = tmp_path / "report.html"
    path.write_text("the old page")

    class Broken(Decoded):
        def __iter__(self):
            yield from super().__iter__()
            if self.passes == 2:
                raise OSError("the disk went away")

    with pytest.raises(OSError, match="went away"):
        html.write(Broken(5), path)
    assert path.read_text() == "the old page"
    assert list(tmp_path.iterdir()) == [path]


class Decoded(Sequence):
    """Results that are decoded from their lines anew on every pass, as those of a long run are."""

    def __init__(self, length: int):
        self.lines = [jsonl.line(a) for a in assessments()[:20]]
        self.length, self.passes = length, 0

    def __len__(self):
        return self.length

    def __getitem__(self, place):
        return jsonl.decode(self.lines[place % len(self.lines)])

    def __iter__(self):
        self.passes += 1
        return (self[place] for place in range(self.length))


def test_memory_does_not_grow_with_the_pages(tmp_path):
    def peak(length: int) -> int:
        tracemalloc.start()
        html.write(Decoded(length), tmp_path / "long.html")
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(20)
    a_page = (tmp_path / "long.html").stat().st_size / 20
    assert (peak(320) - peak(20)) / 300 < a_page / 4

"""Results whose every text from outside is as odd as Unicode allows, for property tests of the reports."""

from from_gold import assessments
from hypothesis import strategies as st
from msgspec.structs import replace

from checker.record import Assessment, Failure, Unreadable

NASTY = (
    "<script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    "{{ 7 * 7 }}",
    "=1+1",
    "+cmd|' /C calc'!A0",
    " @SUM(A1)",
    "＝1+1",
    "\t-1",
    "\x1b[2J\x9b31m",
    "[bold red]loud[/] [/bold]",
    ":smile:",
    "line\r\nbreak\u2028and\x85more\x0b",
    '"quoted", and ; split',
    "\u202eesrever",
    "\x00\ufffe\U0001ffff\ud800",
    "_x0041_",
    "&amp; & &#0;",
    "x" * 40_000,
)

texts = st.one_of(st.sampled_from(NASTY), st.text(st.characters(exclude_categories=()), max_size=30))


@st.composite
def odd_assessments(draw: st.DrawFn) -> Assessment:
    found = assessments()[draw(st.integers(0, 40))]
    return replace(
        found,
        id=draw(texts),
        source=draw(texts),
        units=tuple(replace(unit, text=draw(texts)) for unit in found.units[:12]),
        warnings=tuple(draw(st.lists(texts, max_size=2))),
        person=draw(texts),
    )


odd_unreadables = st.builds(Unreadable, source=texts, error=st.builds(Failure, kind=texts, message=texts))
odd_results = st.one_of(odd_assessments(), odd_unreadables)

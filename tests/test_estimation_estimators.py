"""Shares from an audit hold what they promise: by simulation, by the published formulas, and at the edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from checker.estimation.estimators import (
    ENOUGH_AUDITED,
    Audit,
    audited_alone,
    prediction_powered,
)
from checker.estimation.funnel import ALARM, ALERT, funnel_limits
from checker.sampling.size import wilson

GOOD, COIN, CONTRARY, TIMID = (0.1, 0.04), (0.5, 0.5), (0.8, 0.8), (0.5, 0.05)
"""Tools, by the share of weak records that each misses and of sound ones that it flags."""

SIMPLE = ((1.0, 0.4),)
TEAMS = ((0.4, 0.2), (0.3, 0.4), (0.2, 0.6), (0.1, 0.8))
"""Services, by each team's share of the records and its share of weak ones."""


def drawn(rng, records, size, service, tool):
    """A finite service, and an audit of `size` records with the same number from each team."""
    sizes = [round(records * share) for share, _ in service]
    team = np.repeat(np.arange(len(service)), sizes)
    found = (rng.random(records) < np.repeat([weak for _, weak in service], sizes)).astype(float)
    missed, flagged = tool
    called = np.where(found == 1, rng.random(records) >= missed, rng.random(records) < flagged).astype(float)
    each = size // len(service)
    read = np.concatenate([rng.choice(np.flatnonzero(team == t), each, False) for t in range(len(service))])
    weight = np.repeat(np.array(sizes) / each, each)
    audit = Audit(
        found=found[read],
        called=called[read],
        weight=weight,
        stratum=team[read],
        inside=np.ones(len(read), dtype=bool),
    )
    return found, called, audit


def simulated(service, tool, records=2000, size=120, repeats=2000):
    """How often each interval holds the truth, how wide it is, and how often the tool's count lies in the second."""
    rng = np.random.default_rng(17)
    seen = []
    for _ in range(repeats):
        found, called, audit = drawn(rng, records, size, service, tool)
        alone = audited_alone(audit, records).interval
        powered = prediction_powered(audit, called.mean()).interval
        truth = found.mean()
        seen.append(
            (
                alone.low <= truth <= alone.high,
                alone.high - alone.low,
                powered.low <= truth <= powered.high,
                powered.high - powered.low,
                powered.low <= called.mean() <= powered.high,
            )
        )
    return np.mean(seen, axis=0)


@pytest.mark.parametrize("service", [SIMPLE, TEAMS], ids=["simple", "by team"])
def test_with_a_good_tool_the_powered_interval_covers_and_is_narrower(service):
    covers_alone, wide_alone, covers, wide, _ = simulated(service, GOOD)
    assert 0.93 <= covers_alone <= 0.97
    assert 0.93 <= covers <= 0.97
    assert wide < 0.65 * wide_alone


@pytest.mark.parametrize("tool", [COIN, CONTRARY], ids=["a coin", "wrong more often than right"])
def test_with_a_bad_tool_the_powered_interval_still_covers(tool):
    _, wide_alone, covers, wide, _ = simulated(TEAMS, tool)
    assert 0.93 <= covers <= 0.97
    assert wide < 1.1 * wide_alone


def test_with_a_biased_tool_its_own_count_is_seen_to_be_wrong():
    _, _, covers, _, tool_inside = simulated(TEAMS, TIMID)
    assert 0.93 <= covers <= 0.97
    assert tool_inside < 0.05


def test_a_small_audit_with_rare_errors_is_never_overconfident():
    _, _, covers, _, _ = simulated(((1.0, 0.1),), GOOD, records=400, size=40)
    assert covers >= 0.93


def test_a_tool_that_was_never_seen_wrong_still_leaves_doubt():
    found = np.repeat([1.0, 0.0], 20)
    audit = simple(found, found, records=400)
    interval = prediction_powered(audit, 0.5).interval
    assert interval.low < 0.47 and interval.high > 0.53


def simple(found, called, records):
    """A simple draw of records."""
    n = len(found)
    return Audit(
        found=np.array(found, dtype=float),
        called=np.array(called, dtype=float),
        weight=np.full(n, records / n),
        stratum=np.zeros(n, dtype=int),
        inside=np.ones(n, dtype=bool),
    )


def test_of_many_records_the_powered_share_and_interval_are_the_published_ones():
    rng = np.random.default_rng(3)
    records, n = 100_000, 400
    _, called, audit = drawn(rng, records, n, SIMPLE, (0.15, 0.1))
    y, f = audit.found, audit.called
    rest, others = (called.sum() - f.sum()) / (records - n), records - n
    # Angelopoulos, Duchi and Zrnic 2023: the mean, tuned.
    tuning = np.cov(y, f)[0, 1] / ((1 + n / others) * called.var(ddof=1))
    share = tuning * rest + (y - tuning * f).mean()
    error = np.sqrt(tuning**2 * called.var(ddof=1) / others + (y - tuning * f).var(ddof=1) / n)
    powered = prediction_powered(audit, called.mean())
    assert powered.share == pytest.approx(share, abs=0.001)
    assert powered.interval.low == pytest.approx(share - 1.96 * error, abs=0.002)
    assert powered.interval.high == pytest.approx(share + 1.96 * error, abs=0.002)


def test_of_a_simple_draw_the_audits_alone_give_wilsons_interval():
    audit = simple([1] * 8 + [0] * 12, [0] * 20, records=412)
    alone = audited_alone(audit, 412)
    expected = wilson(8, 20, 412)
    assert alone.share == pytest.approx(0.4)
    assert (alone.interval.low, alone.interval.high) == pytest.approx((expected.low, expected.high))


def test_unequal_chances_are_weighed_out():
    # Ten of 10 in a small team, ten of 90 in a large one: counted as they stand, half would be weak.
    audit = Audit(
        found=np.repeat([1.0, 0.0], 10),
        called=np.zeros(20),
        weight=np.repeat([1.0, 9.0], 10),
        stratum=np.repeat([0, 1], 10),
        inside=np.ones(20, dtype=bool),
    )
    assert audited_alone(audit, 100).share == pytest.approx(0.1)
    assert prediction_powered(audit, 0.0).share == pytest.approx(0.1)


def test_where_every_record_was_audited_the_share_is_the_truth_and_there_is_no_doubt():
    audit = simple([1] * 12 + [0] * 8, [0, 1] * 10, records=20)
    for share in (audited_alone(audit, 20), prediction_powered(audit, 0.5)):
        assert share.share == pytest.approx(0.6)
        assert (share.interval.low, share.interval.high) == pytest.approx((0.6, 0.6))


def test_with_a_handful_audited_the_tool_does_not_help():
    audit = simple([1, 1, 0, 0, 0], [1, 1, 0, 0, 0], records=60)
    alone, powered = audited_alone(audit, 60).interval, prediction_powered(audit, 0.4).interval
    assert len(audit.found) < ENOUGH_AUDITED
    assert powered.high - powered.low > alone.high - alone.low


def test_strata_with_a_single_audited_record_add_doubt_not_certainty():
    found, called = [1, 0, 1, 0] * 5, [1, 0, 0, 0] * 5
    together = simple(found, called, records=200)
    apart = Audit(
        found=together.found,
        called=together.called,
        weight=together.weight,
        stratum=np.arange(20),
        inside=together.inside,
    )
    assert prediction_powered(apart, 0.3) == prediction_powered(together, 0.3)
    assert audited_alone(apart, 200) == audited_alone(together, 200)


@given(
    rows=st.lists(
        st.tuples(st.booleans(), st.booleans(), st.integers(0, 3), st.booleans()), min_size=2, max_size=40
    ),
    records=st.integers(40, 5000),
    called=st.floats(0, 1),
)
def test_whatever_was_found_a_share_lies_in_its_interval_and_both_between_0_and_1(rows, records, called):
    found, tool, stratum, inside = map(np.array, zip(*rows, strict=True))
    inside[:2] = True
    audit = Audit(
        found=found.astype(float),
        called=tool.astype(float),
        weight=np.full(len(rows), records / len(rows)),
        stratum=stratum,
        inside=inside,
    )
    for share in (audited_alone(audit, records), prediction_powered(audit, called)):
        assert 0 <= share.interval.low <= share.interval.high <= 1
        assert share.interval.low - 1e-9 <= share.share <= share.interval.high + 1e-9


@given(target=st.floats(0.02, 0.98), size=st.integers(1, 80), level=st.sampled_from([ALERT, ALARM]))
def test_a_share_lies_outside_the_funnel_when_chance_rarely_leaves_it_there_and_only_then(
    target, size, level
):
    limits = funnel_limits(target, size, level)
    tail = (1 - level) / 2
    for number in range(size + 1):
        at_most, at_least = binom.cdf(number, size, target), binom.sf(number - 1, size, target)
        assert (number / size < limits.low - 1e-9) == (at_most < tail - 1e-9) or at_most == pytest.approx(
            tail
        )
        assert (number / size > limits.high + 1e-9) == (at_least < tail - 1e-9) or at_least == pytest.approx(
            tail
        )


def test_a_funnel_narrows_with_more_audited_notes():
    few, many = funnel_limits(0.4, 10, ALERT), funnel_limits(0.4, 100, ALERT)
    assert few.low < many.low < 0.4 < many.high < few.high

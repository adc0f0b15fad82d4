"""Labelled units to an assessment: bands by the rules, probabilities that agree with them."""

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from checker.codebook import (
    ActionKind,
    Element,
    Flag,
    Label,
    PlanBand,
    RecordType,
    ReflectionBand,
    action_band,
)
from checker.judge import judge
from checker.record import (
    Action,
    Assessment,
    BandTemperatures,
    LabelledUnit,
    Labelling,
    Model,
    Record,
    Temperatures,
)

MODEL = Model("hand", "1", "0" * 64)


def labelling(
    labels: list[Label], grades: list[list[int]], flags: list[set[Flag]], sure: float = 1.0
) -> Labelling:
    """Units of ten words with the labels given, each held with the certainty `sure`."""
    units, at = [], 0
    for label, grade, flag in zip(labels, grades, flags, strict=True):
        elements = dict(zip(Element, grade, strict=True))
        action = Action(
            **{e.value: g for e, g in elements.items()}, band=action_band(elements), kind=ActionKind.CHANGE
        )
        units.append(
            LabelledUnit(
                start=at,
                end=at + 53,
                text="one two three four five six seven eight nine words." + "  ",
                line=0,
                label=label,
                probability=sure,
                flags=tuple(flag),
                **({"action": action} if label is Label.ACTION else {}),
            )
        )
        at += 53
    n = len(labels)
    label_odds = np.full((n, 8), (1 - sure) / 7)
    element_odds = np.full((n, 6, 3), (1 - sure) / 2)
    flag_odds = np.zeros((n, 6))
    for i in range(n):
        label_odds[i, list(Label).index(labels[i])] = sure
        element_odds[i, np.arange(6), grades[i]] = sure
        flag_odds[i] = [sure if flag in flags[i] else 1 - sure for flag in Flag]
    return Labelling(tuple(units), label_odds, flag_odds, element_odds)


units = st.lists(
    st.tuples(
        st.sampled_from(Label),
        st.lists(st.integers(0, 2), min_size=6, max_size=6),
        st.sets(st.sampled_from(Flag), max_size=3),
    ),
    max_size=25,
)


def assess(found, kind=RecordType.CASE, sure=1.0, temperatures=None) -> Assessment:
    labels, grades, flags = ([part[i] for part in found] for i in range(3))
    record = Record(text="", id="x", source="x", record_type=kind)
    return judge(record, labelling(labels, grades, flags, sure), MODEL, temperatures or BandTemperatures())


@given(units, st.sampled_from(RecordType))
def test_when_labels_are_certain_the_probabilities_are_those_of_the_rules(found, kind):
    assessment = assess(found, kind)
    assert assessment.reflection.probabilities[assessment.reflection.band] > 0.99
    assert assessment.plan.probabilities[assessment.plan.band] > 0.99
    assert (assessment.weak_probability > 0.5) == assessment.weak


@given(units, st.sampled_from(RecordType), st.floats(0.2, 1))
def test_probabilities_are_probabilities_and_shares_are_shares(found, kind, sure):
    assessment = assess(found, kind, sure)
    assert abs(sum(assessment.reflection.probabilities.values()) - 1) < 0.001
    assert abs(sum(assessment.plan.probabilities.values()) - 1) < 0.001
    assert 0 <= assessment.weak_probability <= 1
    written = any(unit.label is not Label.ADMIN for unit in assessment.units)
    assert abs(sum(assessment.reflection.share.values()) - written) < 0.001


@given(units, st.floats(0.2, 1))
def test_the_plan_s_probabilities_are_those_of_drawing_labels_many_times(found, sure):
    rng = np.random.default_rng(1)
    labels, grades, flags = ([part[i] for part in found] for i in range(3))
    odds = labelling(labels, grades, flags, sure)
    actions = rng.random((4000, len(found))) < odds.label[:, list(Label).index(Label.ACTION)]
    specific = actions & (rng.random(actions.shape) < odds.element[:, :3, 2].prod(1))
    n, good = actions.sum(1), specific.sum(1)
    drawn = {
        PlanBand.NONE: (n == 0).mean(),
        PlanBand.WEAK: ((n > 0) & (3 * good < n)).mean(),
        PlanBand.STRONG: ((n > 0) & (3 * good >= 2 * n)).mean(),
    }
    assessment = assess(found, sure=sure)
    for band, share in drawn.items():
        assert abs(assessment.plan.probabilities[band] - share) < 0.05


@given(units)
def test_a_higher_temperature_flattens_and_never_reorders(found):
    plain = assess(found, sure=0.7).reflection.probabilities
    hot = BandTemperatures(reflection=Temperatures(band=3.0))
    flat = assess(found, sure=0.7, temperatures=hot).reflection.probabilities
    assert max(flat.values()) <= max(plain.values()) + 0.001


@given(units)
def test_the_sharper_the_units_the_nearer_the_bands_to_the_rules(found):
    def towards_the_rules(of_units: float) -> float:
        sharp = Temperatures(units=of_units)
        assessment = assess(found, sure=0.7, temperatures=BandTemperatures(reflection=sharp))
        return assessment.reflection.probabilities[assessment.reflection.band]

    assert towards_the_rules(0.05) > 0.99
    assert towards_the_rules(0.05) >= towards_the_rules(1.0)


@given(units, st.sampled_from(RecordType))
def test_an_assessment_comes_back_from_json_as_it_was(found, kind):
    assessment = assess(found, kind, 0.8)
    assert msgspec.json.decode(msgspec.json.encode(assessment), type=Assessment) == assessment


def test_short_notes_are_not_scorable_however_they_are_labelled():
    found = [(Label.CRITICAL, [0] * 6, set())] * 3
    assert assess(found).reflection.band is ReflectionBand.NOT_SCORABLE
    assert assess([*found, found[0]]).reflection.band is not ReflectionBand.NOT_SCORABLE

"""The codebook's rules (sections 4 and 5), and that the corpus agrees with them."""

from hypothesis import given
from hypothesis import strategies as st

from checker.codebook import (
    ELEMENT_TESTS,
    FLAG_TESTS,
    LABEL_TESTS,
    PLAN_SENTENCES,
    REFLECTION_SENTENCES,
    ActionBand,
    Element,
    Flag,
    Label,
    PlanBand,
    RecordType,
    ReflectionBand,
    action_band,
    is_weak,
    plan_band,
    reflection_band,
)
from training.corpus import read

elements = st.fixed_dictionaries({element: st.integers(0, 2) for element in Element})
labels = st.lists(st.sampled_from(Label), max_size=30)


def scores(**given_scores: int) -> dict[Element, int]:
    return {element: given_scores.get(element.value, 0) for element in Element}


def test_every_word_of_the_codebook_has_its_definition():
    assert set(LABEL_TESTS) == set(Label)
    assert set(FLAG_TESTS) == set(Flag)
    assert set(ELEMENT_TESTS) == set(Element)
    assert set(REFLECTION_SENTENCES) == set(ReflectionBand)
    assert set(PLAN_SENTENCES) == set(PlanBand)


def test_an_action_without_a_step_is_vague_whoever_does_it():
    assert action_band(scores(who=2, when=2, why=2, check=2)) is ActionBand.VAGUE


def test_an_action_with_neither_owner_nor_date_is_vague():
    assert action_band(scores(what=2, why=2)) is ActionBand.VAGUE


def test_who_does_what_by_when_is_specific_and_with_purpose_and_a_check_purposeful():
    assert action_band(scores(what=2, who=2, when=2)) is ActionBand.SPECIFIC
    assert action_band(scores(what=2, who=2, when=2, why=2)) is ActionBand.SPECIFIC
    assert action_band(scores(what=2, who=2, when=2, why=2, if_not=1)) is ActionBand.PURPOSEFUL


@given(elements, st.sampled_from(Element))
def test_saying_more_never_lowers_an_action(said, element):
    order = list(ActionBand)
    more = {**said, element: 2}
    assert order.index(action_band(more)) >= order.index(action_band(said))


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_plan_band_is_the_share_of_specific_actions(actions, specific):
    specific = min(actions, specific)
    band = plan_band(actions, specific)
    if not actions:
        assert band is PlanBand.NONE
    elif specific / actions < 1 / 3:
        assert band is PlanBand.WEAK
    elif specific / actions >= 2 / 3:
        assert band is PlanBand.STRONG
    else:
        assert band is PlanBand.MIXED


def test_a_record_of_39_words_is_not_scorable_and_of_40_is():
    assert reflection_band([Label.FACT], words=39) is ReflectionBand.NOT_SCORABLE
    assert reflection_band([Label.FACT], words=40) is ReflectionBand.LISTING


def test_a_record_pasted_to_four_fifths_is_not_scorable():
    assert reflection_band([Label.CRITICAL], words=400, pasted=0.8) is ReflectionBand.NOT_SCORABLE


def test_two_exploratory_units_without_a_decision_or_action_are_only_explaining():
    thinking = [Label.EXPLORATORY, Label.CRITICAL]
    assert reflection_band(thinking, words=90) is ReflectionBand.EXPLAINING
    assert reflection_band([*thinking, Label.DECISION], words=90) is ReflectionBand.QUESTIONING


@given(labels, st.sampled_from(Label))
def test_another_unit_never_lowers_the_reflection_band(found, label):
    order = list(ReflectionBand)
    before, after = reflection_band(found, 90), reflection_band([*found, label], 90)
    assert order.index(after) >= order.index(before)


@given(labels)
def test_facts_judgements_and_headings_never_make_reflection(found):
    plain = [label for label in found if label in (Label.ADMIN, Label.FACT, Label.JUDGEMENT)]
    assert reflection_band(plain, words=500) is ReflectionBand.LISTING


@given(st.sampled_from(ReflectionBand), st.sampled_from(PlanBand))
def test_an_oversight_note_is_weak_only_without_a_reasoned_decision(reflection, plan):
    oversight = RecordType.MANAGEMENT_OVERSIGHT
    assert is_weak(oversight, reflection, plan, [()])
    assert is_weak(oversight, reflection, plan, [])
    assert not is_weak(oversight, reflection, plan, [(), (Flag.RATIONALE,)])


def test_any_other_record_is_weak_when_it_lists_or_has_no_specific_plan():
    for kind in (RecordType.CASE, RecordType.PERSONAL, RecordType.GROUP):
        assert is_weak(kind, ReflectionBand.LISTING, PlanBand.STRONG, [(Flag.RATIONALE,)])
        assert is_weak(kind, ReflectionBand.QUESTIONING, PlanBand.WEAK, [(Flag.RATIONALE,)])
        assert is_weak(kind, ReflectionBand.QUESTIONING, PlanBand.NONE, [(Flag.RATIONALE,)])
        assert not is_weak(kind, ReflectionBand.EXPLAINING, PlanBand.MIXED, [])


def test_the_rules_give_the_bands_that_annotators_gave_whole_records():
    records = read()
    agreed = 0
    for record in records:
        words = sum(
            len(text.split())
            for unit, text in zip(record.units, record.unit_texts, strict=True)
            if unit.label is not Label.ADMIN
        )
        agreed += reflection_band([unit.label for unit in record.units], words) is record.reflection
    assert agreed / len(records) > 0.97

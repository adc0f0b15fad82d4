"""Promises about the figures by which a model is judged."""

import doctest
import math
import re
import warnings

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

import training.evaluate
from checker.checking import default_model
from checker.codebook import Flag, Label
from checker.label import SCORES, Calibration, ModelError, decide
from checker.record import Unit
from checker.segment import segment
from training import baselines, corpus, metrics, twins
from training.corpus import CorpusError
from training.evaluate import compare, evaluate, service_group
from training.results import TITLES, Evaluation
from training.robustness import gaming, invariance
from training.tally import Predictor, baseline, figures, tally

RECORDS = corpus.read()
SPLIT = corpus.shipped_split()
DEVELOPMENT = SPLIT.take("development", RECORDS)

pairs = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=60)


def oracle(records, name="oracle") -> Predictor:
    """A predictor that knows the annotators' labels of the texts it is asked about."""
    known = {text: unit for r in records for unit, text in zip(r.units, r.unit_texts, strict=True)}

    def scores(texts):
        out = np.zeros((len(texts), SCORES), dtype=np.float32)
        for row, text in zip(out, texts, strict=True):
            unit = known.get(text)
            if unit is None:
                continue
            row[list(Label).index(unit.label)] = 20
            row[8:14] = [20 if flag in unit.flags else -20 for flag in Flag]
            if unit.action:
                for i, grade in enumerate(unit.action.elements.values()):
                    row[14 + 3 * i + grade] = 20
        return out

    return baseline(name, scores)


@pytest.mark.parametrize("module", [metrics, twins, training.evaluate])
def test_the_examples_in_the_documentation_hold(module):
    failed, tried = doctest.testmod(module)
    assert tried and not failed


# Figures


@given(pairs)
def test_figures_agree_with_scikit_learn(found):
    gold, predicted = np.array(found).T
    counts = metrics.confusion(gold, predicted, 4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        p, r, f, _ = sk.precision_recall_fscore_support(
            gold, predicted, labels=range(4), zero_division=np.nan
        )
        kappas = [
            sk.cohen_kappa_score(gold, predicted, labels=range(4), weights=w) for w in (None, "quadratic")
        ]
    np.testing.assert_allclose(metrics.precision(counts), p)
    np.testing.assert_allclose(metrics.recall(counts), r)
    np.testing.assert_allclose(metrics.f1(counts), f)
    assert metrics.macro_f1(counts) == pytest.approx(sk.f1_score(gold, predicted, average="macro"))
    assert metrics.accuracy(counts) == pytest.approx(sk.accuracy_score(gold, predicted))
    ours = metrics.kappa(counts), metrics.kappa(counts, quadratic=True)
    if len(set(gold) | set(predicted)) > 1:  # with one class alone, chance explains everything
        np.testing.assert_allclose(ours, kappas, atol=1e-9)
    else:
        assert np.isnan(ours).all()


@given(pairs, st.sets(st.integers(0, 3), min_size=1, max_size=3))
def test_collapsed_counts_are_the_counts_of_collapsed_classes(found, positive):
    gold, predicted = np.array(found).T
    collapsed = metrics.collapse(metrics.confusion(gold, predicted, 4), sorted(positive))
    alone = [np.isin(of, list(positive)).astype(int) for of in (gold, predicted)]
    assert collapsed.tolist() == metrics.confusion(*alone, 2).tolist()


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 10), st.integers(0, 3)), min_size=2, max_size=40))
def test_weighted_auc_agrees_with_scikit_learn(found):
    gold, probability, weight = (np.array(column) for column in zip(*found, strict=True))
    ours = metrics.auc(gold, probability / 10, weight)
    if weight[gold].sum() == 0 or weight[~gold].sum() == 0:
        assert np.isnan(ours)
    else:
        assert ours == pytest.approx(sk.roc_auc_score(gold, probability / 10, sample_weight=weight))


def test_honest_probabilities_have_no_calibration_error_and_boasts_do():
    rng = np.random.default_rng(5)
    probability = rng.uniform(size=40_000)
    came_true = rng.uniform(size=40_000) < probability
    assert metrics.calibration_error(metrics.calibration_bins(probability, came_true)) < 0.01
    boast = metrics.calibration_bins(np.full(1000, 1.0), np.arange(1000) < 700)
    assert metrics.calibration_error(boast) == pytest.approx(0.3)


def test_the_bootstrap_covers_the_truth_about_nineteen_times_in_twenty():
    rng = np.random.default_rng(3)
    covered = 0
    for trial in range(300):
        right = rng.uniform(size=(60, 5)) < 0.8  # 60 records of 5 units, 80% right in truth
        hits = right.sum(1)
        counts = np.stack([[[h, 5 - h], [0, 0]] for h in hits])
        drawn = np.tensordot(metrics.draws(60, 300, trial), counts, axes=1)
        estimate = metrics.interval(metrics.accuracy(drawn))
        covered += estimate.low <= 0.8 <= estimate.high
    assert 0.90 <= covered / 300 <= 0.98


def test_the_bootstrap_is_seeded_and_its_first_row_is_the_figure_itself():
    assert (metrics.draws(7, 20, 1) == metrics.draws(7, 20, 1)).all()
    assert (metrics.draws(7, 20, 1) != metrics.draws(7, 20, 2)).any()
    assert metrics.draws(7, 20)[0].tolist() == [1] * 7
    assert (metrics.draws(7, 20).sum(1) == 7).all()


# Tallies


def test_a_predictor_that_knows_the_labels_is_faultless_when_units_are_given():
    found = figures(tally(DEVELOPMENT, oracle(DEVELOPMENT)), metrics.draws(len(DEVELOPMENT), 0))
    for name in ("label.macro_f1", "label.kappa", "reflective.f1", "flag.mean_f1", "element.mean_kappa"):
        assert found[name][0] > 0.97, name  # the same words are at times labelled in two ways
    assert found["given.plan.kappa"][0] > 0.97
    assert found["given.weak.f1"][0] > 0.95
    assert found["weak.f1"][0] > 0.9  # the program's own segmentation costs a little


def test_a_labelled_record_s_bands_follow_the_codebook():
    record = next(r for r in DEVELOPMENT if not any(unit.action for unit in r.units))
    assert record.plan == "none"
    assert record.weak or record.record_type == "management_oversight"


# Baselines


def test_baselines_learn_and_cue_words_beat_nothing_but_the_majority():
    train = SPLIT.take("train", RECORDS)[::6]
    weights = metrics.draws(len(DEVELOPMENT), 0)
    made = (baselines.majority(train), baselines.lexicon, baselines.tfidf(train))
    nothing, cues, words = (figures(tally(DEVELOPMENT, baseline("b", scores)), weights) for scores in made)
    assert nothing["label.kappa"][0] == 0
    assert nothing["label.macro_f1"][0] < cues["label.macro_f1"][0] < words["label.macro_f1"][0]
    assert words["flag.mean_f1"][0] > 0.2
    assert words["element.what.kappa"][0] > 0.1


def test_the_frozen_probe_tells_an_action_from_a_heading():
    scores = baselines.probe(SPLIT.take("train", RECORDS)[:8])
    texts = ["SW to ring the school by 14 March about his lunch club.", "Present"]
    units = [Unit(0, len(text), text, 0) for text in texts]
    first, second = decide(units, scores(texts), Calibration()).units
    assert (first.label, second.label) == (Label.ACTION, Label.ADMIN)
    assert scores([]).shape == (0, SCORES)


# Twins


@pytest.mark.parametrize("kind", twins.INVARIANCE)
def test_a_twin_is_seeded_and_keeps_lines_of_words(kind):
    twin = twins.INVARIANCE[kind]
    for record in DEVELOPMENT[:15]:
        again = twin(record.text, 3)
        assert again == twin(record.text, 3)
        assert re.findall(r"\d+", again) == re.findall(r"\d+", record.text) or "abbreviations" in kind
        assert len(again.split()) > 0.85 * len(record.text.split())
    assert any(twin(record.text, 3) != record.text for record in DEVELOPMENT)


@settings(max_examples=60)
@given(st.text(max_size=200), st.integers(0, 5))
def test_no_text_breaks_a_twin(text, seed):
    for twin in [*twins.INVARIANCE.values(), twins.with_cue_words, twins.with_general_reflection]:
        assert isinstance(twin(text, seed), str)
    spans = [(unit.start, unit.end) for unit in segment(text)]
    assert len(twins.with_dates_and_initials(text, spans, seed)) >= len(text)


def test_about_three_words_in_a_hundred_get_a_typo():
    words = changed = 0
    for i, record in enumerate(DEVELOPMENT):
        before, after = record.text.split(), twins.typos(record.text, i).split()
        assert len(before) == len(after)
        words += len(before)
        changed += sum(a != b for a, b in zip(before, after, strict=True))
    assert 0.02 < changed / words < 0.04


def test_bullets_keep_every_unit_and_its_order():
    for record in DEVELOPMENT:
        before = [re.sub(r"^[-•*] ", "", unit.text) for unit in segment(record.text)]
        after = [re.sub(r"^[-•*] ", "", unit.text) for unit in segment(twins.bulleted(record.text))]
        assert before == after


def test_names_change_throughout_and_nothing_else_does():
    text = "Siobhan rang. Mr Featherstone said Siobhan was in Leeds in May. Yusuf was not."
    again = twins.renamed(text, 2)
    assert not re.search("Siobhan|Yusuf|Featherstone", again)
    new = again.split()[0]
    assert again.count(new) == 2
    assert re.sub(r"[A-Z][a-z]+", "X", again) == re.sub(r"[A-Z][a-z]+", "X", text)
    assert "in May." in again


def test_cue_words_are_added_and_no_word_is_lost():
    record = next(r for r in DEVELOPMENT if r.reflection == "listing" and len(r.text.split()) > 150)
    gamed = twins.with_cue_words(record.text, 1)
    left = iter(gamed.split())
    assert all(word in left for word in record.text.split())
    assert len(gamed) > len(record.text)


def test_dates_and_initials_go_inside_the_action_they_decorate():
    text = "Monitor. Seen today."
    assert re.fullmatch(
        r"Monitor \([A-Z]{2}, \d+/\d+/2025\)\. Seen today\.", twins.with_dates_and_initials(text, [(0, 8)], 4)
    )


# Robustness


def test_a_predictor_blind_to_words_never_moves_with_lower_case_and_typos():
    by_length = baseline("blind", lambda texts: np.eye(SCORES, dtype=np.float32)[[1] * len(texts)])
    for moves in invariance(DEVELOPMENT[:10], by_length):
        assert moves.reflection.value == moves.plan.value == moves.weak.value == 0
        assert moves.reflection.high > 0.1  # ten records cannot show that it never happens


def test_the_cue_word_lexicon_is_fooled_by_cue_words_and_by_general_reflection():
    by_words, by_general, *_ = gaming(DEVELOPMENT, baseline("cue words", baselines.lexicon))
    assert by_words.gained.value > 0.2
    assert by_general.gained.value > 0.2


# Evaluations of a real model


@pytest.fixture(scope="module")
def few():
    """A few short test records, and a split that tests on them alone."""
    test = [r for r in SPLIT.take("test", RECORDS) if len(r.text.split()) < 250][:8]
    train = SPLIT.take("train", RECORDS)[:12]
    development = DEVELOPMENT[:2]
    ids = [tuple(r.id for r in part) for part in (train, development, test)]
    return [*train, *development, *test], corpus.Split(*ids)


@pytest.fixture(scope="module")
def model_copy(tmp_path_factory):
    source, folder = default_model(), tmp_path_factory.mktemp("model")
    for name in ("model.onnx", "tokenizer.json", "config.json"):
        (folder / name).write_bytes((source / name).read_bytes())
    return folder


def test_an_evaluation_writes_its_figures_and_a_card_made_of_them(model_copy, few):
    records, split = few
    evaluation = evaluate(model_copy, records=records, split=split, with_baselines=False, replicates=50)
    written = (model_copy / "evaluation.json").read_bytes()
    assert msgspec.json.decode(written, type=Evaluation) == evaluation
    card = (model_copy / "README.md").read_text(encoding="utf-8")
    row = next(line for line in card.splitlines() if line.startswith("| weak record, F1 |"))
    assert str(evaluation.table[0].figures["weak.f1"]) in row
    for figure in re.findall(r"\((figures/\w+\.png)\)", card):
        assert (model_copy / figure).read_bytes().startswith(b"\x89PNG")
    assert sum(group.records for group in evaluation.groups if group.by == "author") == evaluation.records
    assert TITLES["weak.f1"] in str(evaluation)


def test_a_model_compared_with_itself_shows_no_difference(model_copy, few):
    records, split = few
    comparison = compare(model_copy, model_copy, records=records, split=split, replicates=50)
    assert all(d.verdict == "no clear difference" for d in comparison.differences)
    assert "No figure tells" in str(comparison)


def test_paired_intervals_are_narrower_than_the_models_own():
    good, poor = oracle(DEVELOPMENT), baseline("cue words", baselines.lexicon)
    weights = metrics.draws(len(DEVELOPMENT), 400)
    a, b = (figures(tally(DEVELOPMENT, of), weights)["plan.accuracy"] for of in (poor, good))
    paired, alone = metrics.interval(b - a), metrics.interval(a)
    assert paired.low > 0
    assert math.isclose(paired.value, b[0] - a[0])
    assert paired.high - paired.low < 1.5 * (alone.high - alone.low)


def test_a_part_that_does_not_exist_and_a_folder_without_a_model_get_a_sentence(model_copy, tmp_path):
    with pytest.raises(CorpusError, match="no part “exam”; choose one of train, development, test"):
        evaluate(model_copy, "exam")
    with pytest.raises(ModelError, match="is not a model folder"):
        evaluate(tmp_path)


@pytest.mark.parametrize("part", ["development", "test"])
def test_services_of_the_corpus_fall_into_a_group(part):
    services = {record.service for record in SPLIT.take(part, RECORDS)}
    assert {service for service in services if service_group(service) == "other"} == set()

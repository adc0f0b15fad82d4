"""Training: repeatable, resumable, careful with what is there, and true to what it exports."""

import random

import numpy as np
import pytest
import torch
from rapidfuzz import fuzz
from rapidfuzz.process import cdist
from rapidfuzz.utils import default_process
from tokenizers import Tokenizer

from checker.codebook import Label
from checker.label import LABEL_SCORES, Labeller, ModelConfig, encode, pack
from checker.segment import segment
from training.augment import MOST_PADDING, padding, vary
from training.build import train_model
from training.calibrate import calibrate
from training.corpus import read, shipped_split
from training.export import FolderExists, TopLayerAtEnds, export
from training.network import BaseError, open_base
from training.train import Recipe, fit, score_records, targets
from training.twins import GENERAL

TINY = Recipe(layers=1, epochs=2, max_tokens=128, bf16=False)
RECORDS = read()
FEW = RECORDS[:8]


def weights(network) -> np.ndarray:
    return np.concatenate([p.detach().numpy().ravel() for p in network.heads.parameters()])


@pytest.fixture(scope="module")
def trained():
    return fit(FEW, TINY)


def test_the_same_seed_gives_the_same_network(trained):
    again, _, _ = fit(FEW, TINY)
    np.testing.assert_array_equal(weights(again), weights(trained[0]))


def test_a_run_that_was_stopped_goes_on_to_the_same_network(trained, tmp_path):
    def stop(epoch, network, tokenizer, loss):
        raise KeyboardInterrupt

    checkpoint = tmp_path / "checkpoint.pt"
    with pytest.raises(KeyboardInterrupt):
        fit(FEW, TINY, after_epoch=stop, checkpoint=checkpoint)
    resumed, _, _ = fit(FEW, TINY, checkpoint=checkpoint)
    np.testing.assert_allclose(weights(resumed), weights(trained[0]), atol=1e-6)


def test_training_lowers_the_surprise_at_its_own_labels(trained):
    network, tokenizer, _ = trained
    torch.manual_seed(TINY.seed)
    untrained, _, _ = open_base(layers=1)
    truth = np.concatenate([targets(record.units)["label"] for record in FEW])

    def right(of) -> float:
        scores = np.concatenate(score_records(of, tokenizer, [r.unit_texts for r in FEW], TINY.max_tokens))
        return float((scores[:, LABEL_SCORES].argmax(1) == truth).mean())

    assert right(network) > right(untrained) + 0.1


def test_what_is_exported_says_what_was_trained(trained, tmp_path, recwarn, caplog):
    network, tokenizer, digest = trained
    config = ModelConfig(
        name="tiny", version="1", max_tokens=128, base="x", base_sha256=digest, corpus_sha256="", seed=1
    )
    export(network, tokenizer, config, tmp_path)
    assert not recwarn.list and not caplog.records  # the user could act on none of it
    texts = [record.unit_texts for record in FEW]
    exact = np.concatenate(score_records(network, tokenizer, texts, 128))
    shipped = Labeller(tmp_path)
    int8 = np.concatenate([shipped.scores(units) for units in texts])
    assert np.corrcoef(exact.ravel(), int8.ravel())[0, 1] > 0.99
    with pytest.raises(FolderExists, match="holds a model already"):
        export(network, tokenizer, config, tmp_path)


def test_the_top_layer_at_the_ends_alone_gives_the_same_scores(trained):
    network, tokenizer, _ = trained
    opening = tokenizer.token_to_id("[CLS]")
    lean = TopLayerAtEnds(network.eval())
    for record in FEW:
        packed = pack(encode(tokenizer, record.unit_texts[:8], 128), opening)
        window = {name: torch.from_numpy(array)[None] for name, array in packed.items()}
        with torch.no_grad():
            torch.testing.assert_close(lean(**window), network(**window), atol=1e-4, rtol=1e-4)


def test_a_model_folder_is_not_overwritten_unless_told(tmp_path):
    (tmp_path / "model.onnx").write_bytes(b"mine")
    with pytest.raises(FolderExists, match="--overwrite"):
        train_model(RECORDS, shipped_split(), tmp_path, recipe=TINY)
    assert (tmp_path / "model.onnx").read_bytes() == b"mine"


def test_a_base_without_weights_is_named(tmp_path):
    with pytest.raises(BaseError, match=r"no model\.safetensors"):
        open_base(str(tmp_path))


def test_a_base_that_is_no_folder_and_that_the_hub_does_not_give_is_named():
    with pytest.raises(BaseError, match="nobody/nothing at all is no folder here, and the hub"):
        open_base("nobody/nothing at all")


def test_a_base_of_another_build_is_named(tmp_path):
    for name in ("model.safetensors", "tokenizer.json"):
        (tmp_path / name).write_bytes(b"{}")
    (tmp_path / "config.json").write_text('{"model_type": "mpnet"}')
    with pytest.raises(BaseError, match="of the build mpnet; give one of BERT's build"):
        open_base(str(tmp_path))


def test_calibration_makes_overconfident_labels_honest():
    rng = np.random.default_rng(5)
    records = shipped_split().take("development", RECORDS)[:30]
    scores = []
    for record in records:
        gold = targets(record.units)["label"]
        raw = rng.normal(0, 1, (len(gold), 33)).astype(np.float32)
        raw[np.arange(len(gold)), gold] += 1.5
        raw[:, LABEL_SCORES] *= 6  # six times too sure
        scores.append(raw)
    assert 4 < calibrate(records, scores).label < 7.4


@pytest.mark.parametrize("seed", range(8))
def test_a_varied_record_keeps_its_labels_in_step(seed):
    lines = {line.text for line in padding()}
    for record in RECORDS[seed::40]:
        texts, units = vary(record, random.Random(seed))
        added = sum(text in lines for text in texts)
        assert added <= MOST_PADDING
        assert len(texts) == len(units) <= len(record.units) + added
        assert all(texts)
        for unit in units:
            assert (unit.label is Label.ACTION) == (unit.action is not None)


def test_padding_stands_together_in_some_records_and_is_never_reflection():
    lines = {line.text: line.label for line in padding()}
    padded = 0
    for i, record in enumerate(RECORDS[:60]):
        texts, units = vary(record, random.Random(i))
        places = [place for place, text in enumerate(texts) if text in lines]
        assert places == list(range(places[0], places[0] + len(places))) if places else True
        assert all(units[place].label is lines[texts[place]] for place in places)
        padded += bool(places)
    assert 8 <= padded <= 30
    assert set(lines.values()) == {Label.JUDGEMENT, Label.ADMIN}


def test_padding_is_whole_units_unlike_one_another_and_unlike_what_the_evaluation_pads_with():
    lines = [line.text for line in padding()]
    assert all([unit.text for unit in segment(line)] == [line] for line in lines)
    likeness = cdist(
        [*lines, *GENERAL], lines, scorer=fuzz.token_set_ratio, processor=default_process, dtype=np.float32
    )
    np.fill_diagonal(likeness, 0)
    assert likeness.max() <= 85


def test_a_tokenizer_file_travels_with_the_model(trained, tmp_path):
    network, tokenizer, digest = trained
    config = ModelConfig(
        name="tiny", version="1", max_tokens=128, base="x", base_sha256=digest, corpus_sha256="", seed=1
    )
    export(network, tokenizer, config, tmp_path)
    text = "SW to see YP by 14.03.25."
    saved = Tokenizer.from_file(str(tmp_path / "tokenizer.json"))
    assert saved.encode(text).ids == tokenizer.encode(text).ids

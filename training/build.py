"""Labelled records to a model folder: train, export, calibrate what ships, and say what int8 cost."""

from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

import msgspec
import numpy as np
from msgspec.structs import replace

from checker.codebook import Label
from checker.label import LABEL_SCORES, Labeller, ModelConfig
from training import metrics
from training.calibrate import calibrate
from training.corpus import GoldRecord, Split, fingerprint
from training.export import FolderExists, export
from training.train import Recipe, fit, score_records, targets


def train_model(
    records: Sequence[GoldRecord],
    split: Split,
    out: Path,
    base: str | None = None,
    recipe: Recipe | None = None,
    overwrite: bool = False,
    resume: bool = False,
    tell: Callable[[str], None] = lambda line: None,
) -> Path:
    """Train on the split's training part and calibrate on its development part; test stays unseen.

    Parameters
    ----------
    records : sequence of GoldRecord
    split : Split
    out : Path
        The model folder to write.
    base : str, optional
        See `training.network.open_base`.
    recipe : Recipe, optional
    overwrite : bool
        Whether a model that is there may be replaced.
    resume : bool
        Go on from the checkpoint that a stopped run left in `out`.
    tell : callable
        Called with a line about each epoch.

    Returns
    -------
    Path
        `out`.

    Raises
    ------
    FolderExists
        When `out` holds a model and `overwrite` is false.
    """
    recipe = recipe or Recipe()
    if (out / "model.onnx").exists() and not overwrite:
        raise FolderExists(f"{out} holds a model already; choose another folder, or say --overwrite.")
    out.mkdir(parents=True, exist_ok=True)
    checkpoint = out / "checkpoint.pt"
    if not resume:
        checkpoint.unlink(missing_ok=True)
    development = split.take("development", records)
    texts = [record.unit_texts for record in development]
    truth = np.concatenate([targets(record.units)["label"] for record in development])

    def after_epoch(epoch, network, tokenizer, loss):
        found = _labels(score_records(network, tokenizer, texts, recipe.max_tokens))
        macro = float(metrics.macro_f1(metrics.confusion(truth, found, len(Label))))
        tell(
            f"epoch {epoch + 1} of {recipe.epochs}: loss {loss:.2f}, label macro-F1 on development {macro:.3f}"
        )

    network, tokenizer, digest = fit(
        split.take("train", records), recipe, base, after_epoch=after_epoch, checkpoint=checkpoint
    )
    config = ModelConfig(
        name=out.name,
        version=version("supervision-checker"),
        max_tokens=recipe.max_tokens,
        base=base or "sentence-transformers/all-MiniLM-L6-v2",
        base_sha256=digest,
        corpus_sha256=fingerprint(records),
        seed=recipe.seed,
    )
    export(network, tokenizer, config, out, overwrite=True)
    shipped = Labeller(out)
    scores = [shipped.scores(units) for units in texts]
    exact = score_records(network, tokenizer, texts, recipe.max_tokens)
    config = replace(
        config,
        calibration=calibrate(development, scores),
        int8_agreement=round(float(np.mean(_labels(scores) == _labels(exact))), 4),
    )
    (out / "config.json").write_bytes(msgspec.json.format(msgspec.json.encode(config), indent=1) + b"\n")
    checkpoint.unlink()
    return out


def _labels(scores: Sequence[np.ndarray]) -> np.ndarray:
    return np.concatenate(scores)[:, LABEL_SCORES].argmax(1)

"""How well a model does on a service that it never learned from, and how many labelled records mend that."""

import hashlib
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import numpy as np
from matplotlib.figure import Figure

from training import baselines, corpus, metrics
from training.build import train_model
from training.corpus import CorpusError, GoldRecord, Split
from training.evaluate import service_group
from training.figures import INK
from training.metrics import Estimate
from training.page import DOCS, written
from training.results import TITLES
from training.tally import baseline, figures, open_model, tally
from training.train import Recipe

HELD_OUT = "adults"
"""The group of services (`training.evaluate.service_group`) that training begins without."""

SIZES = (0, 10, 20, 40)
"""How many of its records training gets back; after these, all that there are."""

EPOCHS = 4
"""Fewer than a model that ships takes, so that five networks are trained within an hour on two cores."""

SHOWN = (
    "label.macro_f1",
    "reflective.f1",
    "flag.mean_f1",
    "element.mean_kappa",
    "reflection.kappa",
    "plan.kappa",
    "weak.f1",
)
DRAWN = ("label.macro_f1", "reflective.f1", "weak.f1")

PAGE = DOCS / "shift.md"


class Step(msgspec.Struct, frozen=True):
    """What is reached with so many of the held-out services' records.

    Attributes
    ----------
    held_out, records : int
        How many records of those services were learned from, and how many in all.
    network, words : dict of str to Estimate
        Figures of the network, and of TF-IDF with logistic regression trained on the same.
    gain : dict of str to Estimate
        The network's figures less those with none of these records, paired draw by draw.
    """

    held_out: int
    records: int
    network: dict[str, Estimate]
    words: dict[str, Estimate]
    gain: dict[str, Estimate]


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """The whole curve, and what it was measured on."""

    steps: tuple[Step, ...]
    base: str | None
    recipe: Recipe
    corpus_sha256: str
    test_records: int
    test_units: int
    test_authors: int
    development_records: int
    replicates: int
    seed: int


def splits(records: Sequence[GoldRecord], split: Split, seed: int = 17) -> list[Split]:
    """One split for each point of the curve.

    The records given back are drawn at random from the training part, each draw holding the one before.
    Calibration never sees the held-out services, whatever training sees; the test part is theirs alone.

    Parameters
    ----------
    records : sequence of GoldRecord
    split : Split
    seed : int
        Of the draw.

    Returns
    -------
    list of Split

    Raises
    ------
    CorpusError
        When training or testing would be left with nothing.
    """
    theirs = {record.id for record in records if service_group(record.service) == HELD_OUT}
    given_back = [id for id in split.train if id in theirs]
    random.Random(seed).shuffle(given_back)
    others = tuple(id for id in split.train if id not in theirs)
    development = tuple(id for id in split.development if id not in theirs)
    test = tuple(id for id in split.test if id in theirs)
    if not (others and development and test and given_back):
        raise CorpusError(
            f"To measure the shift, the records need {HELD_OUT}' services in the training and the test part, "
            "and other services in the training and the development part."
        )
    sizes = [size for size in SIZES if size < len(given_back)] + [len(given_back)]
    return [Split((*others, *given_back[:size]), development, test) for size in sizes]


def measure(
    cache: str | Path,
    *,
    records: Sequence[GoldRecord] | None = None,
    split: Split | None = None,
    base: str | None = None,
    recipe: Recipe | None = None,
    replicates: int = metrics.REPLICATES,
    seed: int = 17,
    tell: Callable[[str], None] = lambda sentence: None,
) -> Shift:
    """Train a network for each point of the curve, and test all on the held-out services.

    Parameters
    ----------
    cache : path
        A folder where the trained models are kept, so that a stopped run goes on. A model is found again
        when it was trained from the same base on the same records by the same recipe.
    records, split : optional
        Labelled records and their split; without them the shipped corpus and the shipped split.
    base : str, optional
        See `training.network.open_base`.
    recipe : Recipe, optional
        Without it the usual one, of `EPOCHS` epochs.
    replicates, seed : int
        Of the bootstrap over records; `seed` also of the draw of records.
    tell : callable
        Is given a sentence as each network is ready.

    Returns
    -------
    Shift
    """
    records = corpus.read() if records is None else records
    curve = splits(records, split or corpus.shipped_split(), seed)
    recipe = recipe or Recipe(epochs=EPOCHS)
    test = curve[0].take("test", records)
    weights = metrics.draws(len(test), replicates, seed)
    steps: list[Step] = []
    without: dict[str, np.ndarray] = {}
    for at in curve:
        train = at.take("train", records)
        held_out = len(at.train) - len(curve[0].train)
        predictor, _ = open_model(_trained(Path(cache), records, at, base, recipe))
        reached = figures(tally(test, predictor), weights)
        words = figures(tally(test, baseline("TF-IDF", baselines.tfidf(train))), weights)
        without = without or reached
        steps.append(
            Step(
                held_out,
                len(train),
                _estimates(reached),
                _estimates(words),
                _estimates({of: reached[of] - without[of] for of in SHOWN}),
            )
        )
        macro = steps[-1].network["label.macro_f1"]
        tell(f"With {held_out} of the {HELD_OUT}' records: {TITLES['label.macro_f1']} {macro}.")
    return Shift(
        steps=tuple(steps),
        base=base,
        recipe=recipe,
        corpus_sha256=corpus.fingerprint(records),
        test_records=len(test),
        test_units=sum(len(record.units) for record in test),
        test_authors=len({record.author for record in test}),
        development_records=len(curve[0].development),
        replicates=replicates,
        seed=seed,
    )


def _trained(
    cache: Path, records: Sequence[GoldRecord], split: Split, base: str | None, recipe: Recipe
) -> Path:
    """The folder of the model trained so, found in the cache or trained now."""
    of = msgspec.json.encode((split, base, recipe, corpus.fingerprint(records)))
    folder = cache / f"{len(split.train)}-records-{hashlib.sha256(of).hexdigest()[:12]}"
    # Calibration comes after the model is written, and the checkpoint goes last.
    if not (folder / "model.onnx").exists() or (folder / "checkpoint.pt").exists():
        train_model(records, split, folder, base, recipe, overwrite=True, resume=True)
    return folder


def _estimates(found: dict[str, np.ndarray]) -> dict[str, Estimate]:
    return {of: metrics.interval(found[of]) for of in SHOWN}


def page(shift: Shift) -> str:
    """The account of the shift in Markdown, from the measured figures alone."""
    return written(
        "shift.md.j2",
        shift=shift,
        held_out=HELD_OUT,
        titles={of: TITLES[of] for of in SHOWN},
        usual_epochs=Recipe().epochs,
    )


def write(shift: Shift, path: Path = PAGE) -> None:
    """Write the account, and beside it its figure."""
    path.write_text(page(shift), encoding="utf-8")
    picture = path.parent / "figures" / "shift.png"
    picture.parent.mkdir(exist_ok=True)
    _curve(shift).savefig(picture, dpi=100, metadata={"Software": None})


def _curve(shift: Shift) -> Figure:
    figure = Figure(figsize=(12, 4), layout="constrained")
    added = [step.held_out for step in shift.steps]
    for axes, of in zip(figure.subplots(1, len(DRAWN), sharey=True), DRAWN, strict=True):
        for label, colour, rows in (
            ("network", INK, [step.network for step in shift.steps]),
            ("TF-IDF", "grey", [step.words for step in shift.steps]),
        ):
            value, low, high = np.array(
                [[e.value, e.low, e.high] for e in (row[of] for row in rows)], float
            ).T
            axes.plot(added, value, marker="o", color=colour, label=label)
            axes.fill_between(added, low, high, color=colour, alpha=0.15, linewidth=0)
        axes.set(title=TITLES[of], xlabel=f"{HELD_OUT}' records in training", ylim=(0, 1))
    axes.legend(loc="lower right")
    return figure

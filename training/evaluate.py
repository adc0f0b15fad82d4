"""How good a model is, said honestly: figures with intervals, beside what simpler means reach."""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np
from rich.progress import Progress

from checker.codebook import Element, Flag, Label
from training import baselines, corpus, metrics
from training.corpus import CorpusError, GoldRecord, Split
from training.figures import draw
from training.page import written
from training.results import (
    CEILING,
    TARGETS,
    TITLES,
    Comparison,
    Difference,
    Evaluation,
    Group,
    Row,
)
from training.robustness import gaming, invariance
from training.tally import Predictor, Tally, baseline, figures, open_model, tally

FEWEST_FOR_AN_INTERVAL = 5
"""Groups of fewer records get no interval: a bootstrap over so few says nothing."""


def evaluate(
    model: str | Path,
    part: str = "test",
    *,
    records: Sequence[GoldRecord] | None = None,
    split: Split | None = None,
    base: str | None = None,
    with_baselines: bool = True,
    with_twins: bool = True,
    write: bool = True,
    replicates: int = metrics.REPLICATES,
    seed: int = 17,
) -> Evaluation:
    """Measure a model folder, and write its `evaluation.json`, figures and model card.

    Parameters
    ----------
    model : path
        A model folder.
    part : str
        ``test``, or ``development`` while choosing between models.
    records, split : optional
        Labelled records and their split; without them the shipped corpus and the shipped split.
    base : str, optional
        Base weights for the frozen-encoder probe; see `training.network.open_base`.
    with_baselines, with_twins : bool
        Whether to measure the baselines, and invariance and gaming.
    write : bool
        Whether to write into the model folder.
    replicates, seed : int
        Of the bootstrap over records; `seed` also of the twins.

    Returns
    -------
    Evaluation

    Raises
    ------
    checker.label.ModelError
        When the model folder cannot be used.
    CorpusError
        When there are no records in the part.
    """
    records, split = _labelled(records, split)
    chosen, development = _part(records, split, part), split.take("development", records)
    predictor, config = open_model(model)
    with Progress(transient=True) as progress:
        stages = progress.add_task("evaluating", total=None)

        def begin(stage: str) -> None:
            progress.update(stages, description=stage)

        begin("model")
        counts = tally(chosen, predictor)
        weights = metrics.draws(len(chosen), replicates, seed)
        table = [_measured(predictor.name, counts, weights)]
        if with_baselines:
            for simpler in _simpler(split.take("train", records), base):
                begin(simpler.name)
                table.append(_measured(simpler.name, tally(chosen, simpler), weights))
        begin("twins")
        moves = invariance(development, predictor, seed) if with_twins else ()
        gains = gaming(development, predictor, seed) if with_twins else ()
    evaluation = Evaluation(
        model=config,
        model_sha256=hashlib.sha256((Path(model) / "model.onnx").read_bytes()).hexdigest(),
        corpus_sha256=corpus.fingerprint(records),
        part=part,
        records=len(chosen),
        units=sum(len(record.units) for record in chosen),
        authors=len({record.author for record in chosen}),
        replicates=replicates,
        seed=seed,
        table=tuple(table),
        groups=tuple(_groups(chosen, counts, replicates, seed)),
        invariance=moves,
        gaming=gains,
    )
    if write:
        folder, written = Path(model), card(evaluation)
        (folder / "evaluation.json").write_bytes(
            msgspec.json.format(msgspec.json.encode(evaluation), indent=1) + b"\n"
        )
        draw(counts, folder / "figures")
        (folder / "README.md").write_text(written, encoding="utf-8")
    return evaluation


def compare(
    a: str | Path,
    b: str | Path,
    part: str = "test",
    *,
    records: Sequence[GoldRecord] | None = None,
    split: Split | None = None,
    replicates: int = metrics.REPLICATES,
    seed: int = 17,
) -> Comparison:
    """Say whether model `b` is better than model `a`, with paired intervals.

    Both are measured on the same records, and each bootstrap draw takes the same records for both,
    so that what the records have in common falls out of the difference.

    Parameters
    ----------
    a, b : path
        Model folders.
    part, records, split, replicates, seed
        As for `evaluate`.

    Returns
    -------
    Comparison
    """
    records, split = _labelled(records, split)
    chosen = _part(records, split, part)
    weights = metrics.draws(len(chosen), replicates, seed)
    of_a, of_b = (figures(tally(chosen, open_model(folder)[0]), weights) for folder in (a, b))
    return Comparison(
        str(a),
        str(b),
        part,
        len(chosen),
        tuple(
            Difference(
                name,
                metrics.interval(of_a[name]).value,
                metrics.interval(of_b[name]).value,
                metrics.interval(of_b[name] - of_a[name]),
            )
            for name in of_a
        ),
    )


def card(evaluation: Evaluation) -> str:
    """The model card, from the measured figures alone."""
    model, *others = evaluation.table
    authors = [group.figures["label.kappa"].value for group in evaluation.groups if group.by == "author"]
    return written(
        "card.md.j2",
        e=evaluation,
        model=model.figures,
        others=others,
        titles=TITLES,
        targets=TARGETS,
        ceiling=CEILING,
        labels=list(Label),
        flags=list(Flag),
        elements=list(Element),
        authors=sorted(kappa for kappa in authors if kappa is not None),
    )


def _labelled(
    records: Sequence[GoldRecord] | None, split: Split | None
) -> tuple[Sequence[GoldRecord], Split]:
    if records is None:
        return corpus.read(), split or corpus.shipped_split()
    return records, split or corpus.split(records)


def _part(records: Sequence[GoldRecord], split: Split, part: str) -> list[GoldRecord]:
    if part not in Split.__struct_fields__:
        raise CorpusError(f"There is no part “{part}”; choose one of {', '.join(Split.__struct_fields__)}.")
    chosen = split.take(part, records)
    if not chosen:
        raise CorpusError(f"The split puts none of these records into the part “{part}”.")
    return chosen


def _simpler(train: Sequence[GoldRecord], base: str | None) -> Iterator[Predictor]:
    yield baseline("majority", baselines.majority(train))
    yield baseline("cue words", baselines.lexicon)
    yield baseline("TF-IDF + logistic regression", baselines.tfidf(train))
    yield baseline("frozen encoder + logistic regression", baselines.probe(train, base))


def _measured(name: str, counts: Tally, weights: np.ndarray) -> Row:
    return Row(name, {of: metrics.interval(values) for of, values in figures(counts, weights).items()})


def service_group(service: str) -> str:
    """Children's, care and leaving care, adults', or other services, by the words of the free text.

    >>> service_group("adults - hospital discharge"), service_group("Leaving care service")
    ('adults', 'care and leaving care')
    """
    return next((group for group, words in _SERVICES if re.search(words, service, re.IGNORECASE)), "other")


_SERVICES = (
    (
        "adults",
        r"\badult|older people|hospital|amhp|section 117|section 42|reablement|carers|sensory|homeless"
        r"|prison|substance use|dementia|physical|^learning disability|transitions|mental health",
    ),
    (
        "care and leaving care",
        r"in care|looked after|foster|kinship|guardianship|sgo|adopt|permanence|leaving care|care leaver"
        r"|throughcare|residential|unaccompanied",
    ),
    (
        "children and families",
        r"child|young|youth|family|families|parental|adolescen|school|early help|mash|assessment|plo|court"
        r"|pre-birth|abuse|exploit|edge of care|front door|disabled",
    ),
)


def _length(record: GoldRecord) -> str:
    words = len(record.text.split())
    return next((name for name, most in _LENGTHS if words < most), "600 words and more")


_LENGTHS = (("0 to 149 words", 150), ("150 to 299 words", 300), ("300 to 599 words", 600))


def _groups(records: Sequence[GoldRecord], counts: Tally, replicates: int, seed: int) -> Iterator[Group]:
    """The headline figures of each group, by weights that leave the other records out."""
    ways: dict[str, Callable[[GoldRecord], str]] = {
        "service": lambda record: service_group(record.service),
        "record type": lambda record: record.record_type.value,
        "length": _length,
        "author": lambda record: record.author,
    }
    for by, key in ways.items():
        names = np.array([key(record) for record in records])
        for name in sorted(set(names)):
            within = np.flatnonzero(names == name)
            enough = len(within) >= FEWEST_FOR_AN_INTERVAL
            weights = np.zeros((1 + replicates * enough, len(records)), int)
            weights[:, within] = metrics.draws(len(within), replicates * enough, seed)
            found = figures(counts, weights)
            yield Group(
                by,
                str(name),
                len(within),
                sum(len(records[i].units) for i in within),
                {of: metrics.interval(found[of]) for of in TITLES},
            )

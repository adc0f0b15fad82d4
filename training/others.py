"""The same network on real text that others collected and labelled, beside what they published.

CEReD (Nehyba & Štefánik 2022) holds sentences of student teachers' reflective diaries, SMARTSpan (Bojic et
al. 2025) goals from health-coaching notes. Neither is about supervision: they tell whether the network and its
training learn such distinctions on real text at all.
"""

import copy
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import numpy as np
from msgspec.structs import replace
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from training import metrics
from training.metrics import Estimate
from training.page import DOCS, written
from training.real_text import Data, Fold, Sentence
from training.results import Row
from training.train import IGNORED, Recipe, fit_lessons, score_records

PAGE = DOCS / "real-text-by-others.md"


class Answers(msgspec.Struct, frozen=True):
    """The labels and flags that a predictor gave some sentences, in their order."""

    labels: tuple[int, ...]
    flags: tuple[tuple[int, ...], ...]


class Learned(msgspec.Struct, frozen=True):
    """What came of learning one fold: the choice that validation made, and the answers."""

    choice: str
    validation: Answers
    test: Answers


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured on one set of data.

    Attributes
    ----------
    data : str
    base : str, optional
        Other base weights than the packaged ones.
    recipe : Recipe
    sentences : tuple of int
        How many different ones stand in training, validation and test parts, over all folds.
    sure : int
        How many of those tested, over all folds, count in the chief figures.
    in_context : int
        As in `Data`.
    choices : tuple of str
        Of each fold, which epoch validation chose.
    table : tuple of Row
        The network, then TF-IDF, then the majority.
    gain : dict of str to Estimate
        The network's figures less those of TF-IDF, paired draw by draw.
    replicates, seed : int
    """

    data: str
    base: str | None
    recipe: Recipe
    sentences: tuple[int, int, int]
    sure: int
    in_context: int
    choices: tuple[str, ...]
    table: tuple[Row, ...]
    gain: dict[str, Estimate]
    replicates: int
    seed: int


def measure(
    data: Data,
    cache: str | Path,
    *,
    base: str | None = None,
    replicates: int = metrics.REPLICATES,
    seed: int = 17,
    tell: Callable[[str], None] = lambda sentence: None,
) -> Account:
    """Train on each fold, choose on its validation part, and answer its test part once.

    Parameters
    ----------
    data : Data
    cache : path
        A folder where each trained network's answers are kept, so that a stopped run goes on. Answers are
        found again when the same data were learned from the same base by the same recipe.
    base : str, optional
        See `training.network.open_base`.
    replicates, seed : int
        Of the bootstrap over notes, drawn once for all folds, since a note can be tested in several.
    tell : callable
        Is given a sentence as each network is ready.

    Returns
    -------
    Account
    """
    by_network = []
    for number, fold in enumerate(data.folds, 1):
        by_network.append(_kept(data, fold, Path(cache), base))
        tell(f"{data.name}: network {number} of {len(data.folds)}, {by_network[-1].choice}.")
    ways = {
        "this network": by_network,
        "TF-IDF + linear classifier": [_words(data, fold) for fold in data.folds],
        "majority": [_majority(data, fold) for fold in data.folds],
    }
    reached = {name: figures(data, learned, replicates, seed) for name, learned in ways.items()}
    network, words, _ = reached.values()
    return Account(
        data=data.name,
        base=base,
        recipe=data.recipe,
        sentences=tuple(
            len({(s.note, s.text) for fold in data.folds for s in getattr(fold, part)})
            for part in Fold.__struct_fields__
        ),
        sure=sum(sentence.sure for fold in data.folds for sentence in fold.test),
        in_context=data.in_context,
        choices=tuple(learned.choice for learned in by_network),
        table=tuple(
            Row(name, {of: metrics.interval(values) for of, values in found.items()})
            for name, found in reached.items()
        ),
        gain={of: metrics.interval(network[of] - words[of]) for of in network},
        replicates=replicates,
        seed=seed,
    )


def _kept(data: Data, fold: Fold, cache: Path, base: str | None) -> Learned:
    """A network's answers, from the cache or from training it now."""
    of = hashlib.sha256(
        msgspec.json.encode((data.labels, data.flags_make, fold, data.recipe, base))
    ).hexdigest()
    path = cache / f"{data.name.lower()}-{of[:12]}.json"
    if path.exists():
        return msgspec.json.decode(path.read_bytes(), type=Learned)
    learned = _network(data, fold, base)
    cache.mkdir(parents=True, exist_ok=True)
    whole = path.with_suffix(".new")
    whole.write_bytes(msgspec.json.encode(learned))
    whole.replace(path)
    return learned


def _network(data: Data, fold: Fold, base: str | None) -> Learned:
    """The network as it was after the epoch that did best on the validation part."""
    recipe, heads = data.recipe, data.heads
    best, chosen, weights = -1.0, 0, {}

    def answers(network, tokenizer, sentences: Sequence[Sentence]) -> Answers:
        texts = [[sentence.text] for sentence in sentences]
        scores = np.concatenate(score_records(network, tokenizer, texts, recipe.max_tokens))
        return _answers(data, scores[:, heads.label].argmax(1), scores[:, heads.flag] > 0)

    def after_epoch(epoch, network, tokenizer, loss):
        nonlocal best, chosen, weights
        right = _accuracy(fold.validation, answers(network, tokenizer, fold.validation))
        if right > best:
            best, chosen, weights = right, epoch + 1, copy.deepcopy(network.state_dict())

    lessons = [([sentence.text], _targets(sentence)) for sentence in fold.train]
    network, tokenizer, _ = fit_lessons(lessons, heads, recipe, base, after_epoch=after_epoch)
    network.load_state_dict(weights)
    return Learned(
        f"after epoch {chosen} of {recipe.epochs}",
        answers(network, tokenizer, fold.validation),
        answers(network, tokenizer, fold.test),
    )


def _targets(sentence: Sentence) -> dict[str, np.ndarray]:
    """As `training.train.targets` gives them for one unit that is no action."""
    return {
        "label": np.array([sentence.label]),
        "flag": np.array([sentence.flags], dtype=np.float32),
        "element": np.full((1, 6), IGNORED),
        "kind": np.array([IGNORED], dtype=np.float32),
    }


def _words(data: Data, fold: Fold) -> Learned:
    """TF-IDF and a linear classifier, whose penalty and class weights validation chooses."""
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, token_pattern=r"\w+|[?£|%]")
    known = words.fit_transform(sentence.text for sentence in fold.train)
    parts = [words.transform(s.text for s in part) for part in (fold.validation, fold.test)]
    tried = [
        _fitted(
            data,
            fold,
            known,
            parts,
            lambda c=c, weight=weight: LinearSVC(C=c, class_weight=weight, random_state=17),
            f"C = {c:g}, {'balanced' if weight else 'unweighted'} classes",
        )
        for c in (0.1, 0.3, 1.0, 3.0)
        for weight in ("balanced", None)
    ]
    return max(tried, key=lambda learned: _accuracy(fold.validation, learned.validation))


def _majority(data: Data, fold: Fold) -> Learned:
    """The commonest label and the commonest value of each flag, each for itself."""
    data = replace(data, flags_make=())
    nothing, *parts = (np.zeros((len(part), 1)) for part in (fold.train, fold.validation, fold.test))
    return _fitted(data, fold, nothing, parts, DummyClassifier, "the commonest")


def _fitted(data: Data, fold: Fold, known, parts, classifier: Callable, choice: str) -> Learned:
    """One classifier for the label and one for each flag."""
    label = classifier().fit(known, [sentence.label for sentence in fold.train])
    flags = [classifier().fit(known, column) for column in zip(*(s.flags for s in fold.train), strict=True)]
    return Learned(
        choice,
        *(
            _answers(
                data,
                label.predict(part),
                np.array([flag.predict(part) for flag in flags]).reshape(len(flags), part.shape[0]).T,
            )
            for part in parts
        ),
    )


def _answers(data: Data, labels: np.ndarray, flags: np.ndarray) -> Answers:
    if data.flags_make:
        labels = np.take(data.flags_make, flags.sum(1))
    return Answers(tuple(labels.tolist()), tuple(map(tuple, flags.astype(int).tolist())))


def _accuracy(sentences: Sequence[Sentence], answers: Answers) -> float:
    return float(np.mean([s.label == label for s, label in zip(sentences, answers.labels, strict=True)]))


def figures(data: Data, learned: Sequence[Learned], replicates: int, seed: int) -> dict[str, np.ndarray]:
    """Every figure as a mean over the folds.

    Parameters
    ----------
    data : Data
    learned : sequence of Learned
        One a fold.
    replicates, seed : int

    Returns
    -------
    dict of str to ndarray, shape (1 + replicates,)
        ``accuracy`` and ``macro_f1`` over the test sentences that are sure; the same after ``all.`` over
        all of them, and ``validation.accuracy``; F1 of each label, F1 and kappa of each flag.
    """
    test, validation = ([getattr(fold, part) for fold in data.folds] for part in ("test", "validation"))
    answered, before = [each.test for each in learned], [each.validation for each in learned]
    everywhere = [[True] * len(part) for part in test]
    sure, sure_before = ([[s.sure for s in part] for part in parts] for parts in (test, validation))

    def counts(parts, given, counted, flag: int | None = None) -> np.ndarray:
        """Confusion of each fold, shape (1 + replicates, folds, k, k)."""
        notes = sorted({sentence.note for part in parts for sentence in part})
        k = len(data.labels) if flag is None else 2
        found = np.zeros((len(notes), len(parts), k, k))
        place = {note: i for i, note in enumerate(notes)}
        for fold, (part, answers, which) in enumerate(zip(parts, given, counted, strict=True)):
            for i in np.flatnonzero(which):
                pair = (
                    (part[i].label, answers.labels[i])
                    if flag is None
                    else (part[i].flags[flag], answers.flags[i][flag])
                )
                found[place[part[i].note], fold, *pair] += 1
        return np.tensordot(metrics.draws(len(notes), replicates, seed), found, axes=1)

    of_sure, of_all = counts(test, answered, sure), counts(test, answered, everywhere)
    named = {
        "accuracy": metrics.accuracy(of_sure),
        "macro_f1": metrics.macro_f1(of_sure),
        "all.accuracy": metrics.accuracy(of_all),
        "all.macro_f1": metrics.macro_f1(of_all),
        "validation.accuracy": metrics.accuracy(counts(validation, before, sure_before)),
    }
    for label, f1 in zip(data.labels, np.moveaxis(metrics.f1(of_sure), -1, 0), strict=True):
        named[f"{label}.f1"] = f1
    for i, flag in enumerate(data.flags):
        of_flag = counts(test, answered, everywhere, i)
        named[f"{flag}.f1"] = metrics.f1(of_flag)[..., 1]
        named[f"{flag}.kappa"] = metrics.kappa(of_flag)
    return {name: metrics.mean(values) for name, values in named.items()}


def page(cered: Account, smartspan: Account) -> str:
    """The account of both in Markdown, from the measured figures alone."""
    return written(
        "others.md.j2",
        cered=cered,
        smartspan=smartspan,
        labels=[name.removesuffix(".f1") for name in cered.gain if name.endswith(".f1")],
        smart=("SMART.f1", "macro_f1", "Specific.f1", "Specific.kappa", "Measurable.f1", "Measurable.kappa"),
    )

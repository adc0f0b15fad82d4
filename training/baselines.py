"""What simpler means reach: the same scores a unit, so that the same metrics and rules apply.

Each baseline is fitted on training records and gives a function from the texts of one record's units
to a row of 33 scores a unit, as the network does (`checker.label`).
"""

import re
from collections.abc import Callable, Sequence

import numpy as np
import torch
from sklearn.base import ClassifierMixin
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from tokenizers import Tokenizer

from checker.codebook import Element, Flag, Label
from checker.label import ELEMENT_SCORES, FLAG_SCORES, KIND_SCORE, LABEL_SCORES, SCORES
from training.corpus import GoldRecord
from training.network import open_base
from training.tally import Scores
from training.train import targets

_NEVER = 1e-6


class Heads:
    """One classifier for the label, one for each flag and element, and one for the kind.

    Parameters
    ----------
    features : array or sparse matrix, shape (units, width)
    wanted : dict of ndarray
        As `training.train.targets` gives them.
    classifier : callable
        Gives a new scikit-learn classifier.
    """

    def __init__(self, features, wanted: dict[str, np.ndarray], classifier: Callable[[], ClassifierMixin]):
        action = wanted["kind"] >= 0
        acting = features[action]

        def fit(x, y):
            # A classifier cannot be fitted to a single class; its share is then all there is to learn.
            return (classifier() if len(set(y)) > 1 else DummyClassifier()).fit(x, y.astype(int))

        self.label = fit(features, wanted["label"])
        self.flags = [fit(features, column) for column in wanted["flag"].T]
        self.elements = (
            [fit(acting, column) for column in wanted["element"][action].T] if action.any() else []
        )
        self.kind = fit(acting, wanted["kind"][action]) if action.any() else None

    def scores(self, features) -> np.ndarray:
        """Scores of shape (units, 33) for features of shape (units, width)."""
        out = np.zeros((features.shape[0], SCORES), dtype=np.float32)
        if not len(out):
            return out
        out[:, LABEL_SCORES] = _log_odds(self.label, features, len(Label))
        for i, flag in enumerate(self.flags):
            never, present = _log_odds(flag, features, 2).T
            out[:, FLAG_SCORES.start + i] = present - never
        for i, element in enumerate(self.elements):
            at = ELEMENT_SCORES.start + 3 * i
            out[:, at : at + 3] = _log_odds(element, features, 3)
        if self.kind:
            process, change = _log_odds(self.kind, features, 2).T
            out[:, KIND_SCORE] = change - process
        return out


def _log_odds(classifier, features, classes: int) -> np.ndarray:
    known = np.full((features.shape[0], classes), _NEVER)
    known[:, classifier.classes_] = classifier.predict_proba(features)
    return np.log(known.clip(_NEVER))


def _balanced() -> LogisticRegression:
    return LogisticRegression(C=3.0, class_weight="balanced", max_iter=400)


def _units(records: Sequence[GoldRecord]) -> tuple[list[str], dict[str, np.ndarray]]:
    texts = [text for record in records for text in record.unit_texts]
    return texts, targets([unit for record in records for unit in record.units])


def majority(records: Sequence[GoldRecord]) -> Scores:
    """Every unit gets the commonest label, flags and grades."""
    _, wanted = _units(records)
    heads = Heads(np.zeros((len(wanted["label"]), 1)), wanted, DummyClassifier)
    return lambda texts: heads.scores(np.zeros((len(texts), 1)))


def tfidf(records: Sequence[GoldRecord]) -> Scores:
    """Logistic regression on the words and word pairs of a unit."""
    texts, wanted = _units(records)
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, token_pattern=r"\w+|[?£|%]")
    heads = Heads(words.fit_transform(texts), wanted, _balanced)
    return lambda texts: (
        heads.scores(words.transform(texts)) if len(texts) else heads.scores(np.zeros((0, 1)))
    )


def probe(records: Sequence[GoldRecord], base: str | None = None) -> Scores:
    """Logistic regression on the base encoder's vectors, the encoder left as it was published.

    Parameters
    ----------
    records : sequence of GoldRecord
    base : str, optional
        See `training.network.open_base`.
    """
    network, folder, _ = open_base(base)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(128)
    tokenizer.enable_padding()
    encoder = network.encoder.eval()

    seen: dict[str, np.ndarray] = {}  # a record is read twice, with its units given and from the raw text

    @torch.no_grad()
    def vectors(texts: Sequence[str]) -> np.ndarray:
        new = sorted({text for text in texts if text not in seen}, key=len)
        for first in range(0, len(new), 32):
            batch = new[first : first + 32]
            encoded = tokenizer.encode_batch(batch)
            ids = torch.tensor([e.ids for e in encoded])
            mask = torch.tensor([e.attention_mask for e in encoded])
            states = encoder(input_ids=ids, attention_mask=mask).last_hidden_state
            mean = (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
            # Unit vectors would be too short for the penalty of logistic regression.
            seen.update(zip(batch, 10 * torch.nn.functional.normalize(mean).numpy(), strict=True))
        return np.array([seen[text] for text in texts]).reshape(len(texts), encoder.config.hidden_size)

    texts, wanted = _units(records)
    heads = Heads(vectors(texts), wanted, _balanced)
    return lambda texts: heads.scores(vectors(texts))


def _cues(words: str) -> re.Pattern:
    return re.compile(rf"\b(?:{words})\b", re.IGNORECASE)


LABEL_CUES: tuple[tuple[Label, re.Pattern], ...] = (
    (
        Label.ACTION,
        _cues(
            r"(?:sw|tm|fsw|pa|iro|manager|i|we|all|to be) (?:to|will)|will|to (?:continue|monitor|complete"
            r"|arrange|update|send|ring|call|book|visit|chase|liaise|refer|request|ask|speak|check)|by \d+\S*"
        ),
    ),
    (Label.DECISION, _cues(r"agree[ds]?|authoris\w+|approved?|decision|decided|threshold|declined?|not to")),
    (
        Label.CRITICAL,
        _cues(
            r"assum\w+|bias\w*|power|cultur\w*|racis\w+|poverty|gender\w*|privilege|our own|unconscious"
            r"|chang\w+ (?:my|our) (?:mind|thinking|view)|i (?:now|had) (?:see|thought|realise\w*)"
        ),
    ),
    (
        Label.EXPLORATORY,
        _cues(
            r"wonder\w*|perhaps|maybe|might|could be|may be|hypothes\w+|curio\w+|what if|not sure|unsure"
            r"|do(?:es)? not know|don['’]?t know|alternativ\w+|on reflection|reflect\w*|feel\w*|felt|unclear"
        ),
    ),
    (
        Label.REASONED,
        _cues(
            r"because|since|therefore|suggest\w*|indicat\w*|as a result|so that|means that|due to|shows?"
            r"|evidenced?|which is why|impact\w*"
        ),
    ),
    (
        Label.JUDGEMENT,
        _cues(
            r"good|well|positive\w*|poor\w*|concern\w*|progress\w*|risk\w*|important|settled|stable|appropriate"
            r"|strong|protective|thriv\w+|difficult|engag\w+|worr\w+|safe|unsafe"
        ),
    ),
)
"""Cue words in the manner of reflective-writing analytics (Ullmann 2015; Gibson et al. 2017), the first met counts."""

FLAG_CUES: dict[Flag, re.Pattern] = {
    Flag.VOICE: re.compile(r"[\"“‘]|\b(?:said|says|told|wants?|wishes|feels|likes)\b", re.IGNORECASE),
    Flag.MATTERS: _cues(
        r"brothers?|sisters?|siblings?|friends?|football|music|school|contact|family time|dog|cat|church|mosque"
        r"|culture|identity|hobb\w+|clubs?"
    ),
    Flag.RATIONALE: _cues(r"because|so that|in order to|as|due to|given"),
    Flag.CONTINGENCY: _cues(r"if|unless|otherwise|bottom line|escalat\w+|contingency"),
    Flag.PREVIOUS_ACTION: _cues(
        r"completed?|done|outstanding|not (?:yet )?done|carried (?:over|forward)|overdue"
    ),
    Flag.CHALLENGE: _cues(r"why|drift\w*|delay\w*|optimis\w+|challeng\w+|not good enough|query|queried"),
}

_DATE = re.compile(
    r"\d{1,2}[/.]\d{1,2}|\d{1,2}(?:st|nd|rd|th)?\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"|within \w+ (?:working )?(?:days?|weeks?)",
    re.IGNORECASE,
)
ELEMENT_CUES: dict[Element, tuple[re.Pattern, re.Pattern]] = {
    Element.WHAT: (
        _cues(r"liaise|discuss|update|support|work|contact|visit|review|explore"),
        _cues(r"request|ring|send|complete|book|refer|write|ask|obtain|arrange|file|draft|take|tell|apply"),
    ),
    Element.WHO: (
        _cues(r"all|we|both|and"),
        _cues(r"SW|TM|FSW|PA|IRO|HV|GP|manager|[A-Z][a-z]+ to|[A-Z]{2,3}"),
    ),
    Element.WHEN: (_cues(r"next|before|weekly|monthly|fortnightly|each"), _DATE),
    Element.WHY: (_cues(r"plan|risk|safety"), _cues(r"so that|so|because|to ensure|in order to|to help")),
    Element.CHECK: (
        _cues(r"report back|update (?:TM|me|manager)|feed back"),
        _cues(r"evidence|until|shows?|at least"),
    ),
    Element.IF_NOT: (
        _cues(r"review if|if no change"),
        _cues(r"if not|otherwise|unless|escalat\w+|if .+ then"),
    ),
}
"""Cues of the grades 1 and 2 of each action element."""

_CLAIM = 4.0  # a cue is all that the lexicon knows, so it is as good as sure


def lexicon(texts: Sequence[str]) -> np.ndarray:
    """Score units by cue words alone; nothing is learned."""
    out = np.zeros((len(texts), SCORES), dtype=np.float32)
    for row, text in zip(out, texts, strict=True):
        row[LABEL_SCORES][list(Label).index(_cued_label(text))] = _CLAIM
        row[FLAG_SCORES] = [_CLAIM if FLAG_CUES[flag].search(text) else -_CLAIM for flag in Flag]
        grades = row[ELEMENT_SCORES].reshape(-1, 3)
        for grade, (some, full) in zip(grades, (ELEMENT_CUES[e] for e in Element), strict=True):
            grade[2 if full.search(text) else 1 if some.search(text) else 0] = _CLAIM
        row[KIND_SCORE] = (
            -_CLAIM if re.search(r"chronolog|form|book|upload|visit|minutes", text, re.I) else _CLAIM
        )
    return out


def _cued_label(text: str) -> Label:
    if len(text.split()) <= 4 or text.rstrip().endswith(":"):
        return Label.ADMIN
    return next((label for label, cues in LABEL_CUES if cues.search(text)), Label.FACT)

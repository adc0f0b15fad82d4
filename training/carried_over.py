"""How well carried-over actions are found again, on the corpus's monthly series marked by hand.

    python -m training.carried_over

Every way of comparing two actions chooses its threshold on some people and is measured on the others, an
author's people at a time, so that no series is measured with a threshold that it chose.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np

from checker.history.likeness import ALIKE, likeness, one_to_one, task
from training.corpus import GoldRecord, read
from training.metrics import proportion

MARKS = Path(__file__).parent / "corpus" / "carried_over.jsonl"
"""Pairs of notes, the next after the last, with the units of actions that ask for the same thing."""

Likeness = Callable[[str, str], float]


class Marks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two notes running of one person; `carried` pairs units, counted from 0, of the two."""

    earlier: str
    later: str
    carried: tuple[tuple[int, int], ...]


class Compared(msgspec.Struct, frozen=True):
    """Two notes as one way of comparing sees them: (badness, unit, unit), and the pairs that are right."""

    author: str
    scores: list[tuple[float, int, int]]
    carried: frozenset[tuple[int, int]]


class Found(msgspec.Struct, frozen=True):
    """How many pairs were found rightly, found wrongly, and missed."""

    right: int
    wrong: int
    missed: int

    def __add__(self, other: "Found") -> "Found":
        return Found(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.right / max(1, 2 * self.right + self.wrong + self.missed)


def marks() -> list[Marks]:
    """The pairs marked by hand."""
    decoder = msgspec.json.Decoder(Marks)
    return [decoder.decode(line) for line in MARKS.read_bytes().splitlines()]


def actions(record: GoldRecord) -> Iterator[tuple[int, str]]:
    """The units labelled action, with their places."""
    texts = record.unit_texts
    return ((place, texts[place]) for place, unit in enumerate(record.units) if unit.action)


def compared(records: dict[str, GoldRecord], way: Likeness) -> list[Compared]:
    """Every marked pair of notes, compared one way."""
    return [
        Compared(
            author=records[pair.earlier].author,
            scores=_scores(records[pair.earlier], records[pair.later], way),
            carried=frozenset(pair.carried),
        )
        for pair in marks()
    ]


def _scores(earlier: GoldRecord, later: GoldRecord, way: Likeness) -> list[tuple[float, int, int]]:
    return [(-way(a, b), i, j) for i, a in actions(earlier) for j, b in actions(later)]


def found(pairs: Sequence[Compared], threshold: float) -> Found:
    """Count what one threshold finds."""
    total = Found(0, 0, 0)
    for pair in pairs:
        said = set(one_to_one([score for score in pair.scores if -score[0] >= threshold]))
        total += Found(len(said & pair.carried), len(said - pair.carried), len(pair.carried - said))
    return total


def best_threshold(pairs: Sequence[Compared]) -> int:
    """The whole number from 1 to 100 with the best F1; of several, the highest."""
    return max(range(1, 101), key=lambda threshold: (found(pairs, threshold).f1, threshold))


def held_out(pairs: Sequence[Compared]) -> Found:
    """Each author's people, with the threshold that all the others choose."""
    total = Found(0, 0, 0)
    for author in sorted({pair.author for pair in pairs}):
        threshold = best_threshold([pair for pair in pairs if pair.author != author])
        total += found([pair for pair in pairs if pair.author == author], threshold)
    return total


def among_strangers(records: Sequence[GoldRecord], way: Likeness, threshold: float) -> tuple[int, int]:
    """Pairs found where none can be: between one author's notes about different people, and of how many actions."""
    wrong = actions_seen = 0
    alone = [record for record in records if not record.person]
    for earlier, later in pairwise(sorted(alone, key=lambda record: (record.author, record.id))):
        if earlier.author == later.author:
            scores = [score for score in _scores(earlier, later, way) if -score[0] >= threshold]
            wrong += len(one_to_one(scores))
            actions_seen += sum(1 for _ in actions(later))
    return wrong, actions_seen


def exact(one: str, other: str) -> float:
    """100 for the same words, numbers and dates left out."""
    return 100.0 * (task(one) == task(other))


def fuzzy(one: str, other: str) -> float:
    """What `checker history` uses."""
    return likeness(task(one), task(other))


def encoder() -> Likeness:
    """The cosine of the base encoder's mean vectors, of whole actions, times 100."""
    import torch
    from tokenizers import Tokenizer

    from training.network import open_base

    torch.set_num_threads(1)  # one short action at a time: more threads would only wait for one another
    network, folder, _ = open_base()
    network.eval()
    tokenizer = Tokenizer.from_file(str(Path(folder) / "tokenizer.json"))
    tokenizer.no_padding()

    @cache
    def vector(text: str) -> np.ndarray:
        with torch.inference_mode():
            ids = torch.tensor([tokenizer.encode(text).ids])
            mean = network.encoder(input_ids=ids).last_hidden_state[0].mean(0).numpy()
        return mean / np.linalg.norm(mean)

    return lambda one, other: 100.0 * float(vector(task(one)) @ vector(task(other)))


def share(count: int, of: int) -> str:
    """A share with its Wilson 95% interval."""
    if not of:
        return "none"
    estimate = proportion(count, of)
    return f"{estimate.value:.2f} ({estimate.low:.2f} to {estimate.high:.2f}, {count} of {of})"


def main() -> None:
    """Print each way of comparing beside the others."""
    everything = read()
    records = {record.id: record for record in everything}
    carried = sum(len(pair.carried) for pair in marks())
    print(f"{carried} carried-over actions in {len(marks())} pairs of notes; `history` uses {ALIKE:g}.")
    for name, way in (("exact", exact), ("fuzzy", fuzzy), ("encoder", encoder())):
        pairs = compared(records, way)
        result = held_out(pairs)
        threshold = best_threshold(pairs)
        wrong, of = among_strangers(everything, way, threshold)
        print(
            f"{name}: on people held out, precision {share(result.right, result.right + result.wrong)}, "
            f"recall {share(result.right, result.right + result.missed)}, F1 {result.f1:.2f}; "
            f"threshold chosen on all {threshold}; between strangers {share(wrong, of)}"
        )


if __name__ == "__main__":
    main()

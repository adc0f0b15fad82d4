"""Does the model hold still when only the clothes change, and does it fall for finer ones?"""

from collections.abc import Sequence

import msgspec

from checker.codebook import PlanBand, ReflectionBand
from training.corpus import GoldRecord
from training.metrics import Estimate, proportion
from training.tally import Predictor, as_record
from training.twins import INVARIANCE, with_cue_words, with_dates_and_initials, with_general_reflection

SPRINKLINGS = 4
"""Gaming twins a record: listing records are few, and a single throw of the words says little."""


class Moves(msgspec.Struct, frozen=True):
    """How often one kind of invariance twin gets another band, or another answer to "is it weak?"."""

    kind: str
    records: int
    reflection: Estimate
    plan: Estimate
    weak: Estimate


class Gains(msgspec.Struct, frozen=True):
    """How often one kind of gaming twin gets the better band that it was after.

    Attributes
    ----------
    kind : str
    records : int
    attempts : int
        Four a record. They resemble one another, so the interval, which takes each for itself, is a
        little too narrow.
    gained : Estimate
    """

    kind: str
    records: int
    attempts: int
    gained: Estimate


def invariance(records: Sequence[GoldRecord], predictor: Predictor, seed: int = 17) -> tuple[Moves, ...]:
    """Assess every record and its invariance twins from the raw text, and count the moves.

    Parameters
    ----------
    records : sequence of GoldRecord
    predictor : Predictor
    seed : int

    Returns
    -------
    tuple of Moves
        One a kind, with Wilson intervals.
    """
    before = list(predictor.assess(map(as_record, records)))
    found = []
    for kind, twin in INVARIANCE.items():
        texts = [twin(record.text, seed * 1000 + i) for i, record in enumerate(records)]
        after = list(predictor.assess(map(as_record, records, texts)))
        pairs = list(zip(before, after, strict=True))
        n = len(pairs)
        found.append(
            Moves(
                kind,
                n,
                proportion(sum(a.reflection.band != b.reflection.band for a, b in pairs), n),
                proportion(sum(a.plan.band != b.plan.band for a, b in pairs), n),
                proportion(sum(a.weak != b.weak for a, b in pairs), n),
            )
        )
    return tuple(found)


def gaming(records: Sequence[GoldRecord], predictor: Predictor, seed: int = 17) -> tuple[Gains, ...]:
    """Pad listing records with cue words and general reflection, and vague actions with dates and initials.

    Parameters
    ----------
    records : sequence of GoldRecord
        Those that list are sprinkled with cue words, or get a paragraph that would fit any case. In those
        whose plan is not strong, dates and initials are put on actions whose step is vague (`what` 0), and
        on all without an observable step (`what` 0 or 1). By the codebook none of this earns a better band.
    predictor : Predictor
    seed : int

    Returns
    -------
    tuple of Gains
    """
    bands = list(ReflectionBand)
    listing = [record for record in records if record.reflection is ReflectionBand.LISTING]
    not_strong = [record for record in records if record.plan is not PlanBand.STRONG]

    def gains(kind, chosen, sprinkle, better) -> Gains:
        before = list(predictor.assess(map(as_record, chosen))) * SPRINKLINGS
        again = list(chosen) * SPRINKLINGS
        texts = [sprinkle(record, seed * 1000 + i) for i, record in enumerate(again)]
        after = predictor.assess(map(as_record, again, texts))
        gained = sum(better(a, b) for a, b in zip(before, after, strict=True))
        return Gains(kind, len(chosen), len(again), proportion(gained, len(again)))

    return (
        *(
            gains(
                f"{which} the reflection band of a listing record",
                listing,
                lambda record, seed, pad=pad: pad(record.text, seed),
                lambda a, b: bands.index(b.reflection.band) > bands.index(a.reflection.band),
            )
            for which, pad in (
                ("cue words raise", with_cue_words),
                ("reflection that would fit any case raises", with_general_reflection),
            )
        ),
        *(
            gains(
                f"dates and initials on {which} make a plan strong",
                [record for record in not_strong if _steps(record, most)],
                lambda record, seed, most=most: with_dates_and_initials(
                    record.text, _steps(record, most), seed
                ),
                lambda a, b: b.plan.band is PlanBand.STRONG and a.plan.band is not PlanBand.STRONG,
            )
            for which, most in (("vague actions", 0), ("vague and general actions", 1))
        ),
    )


def _steps(record: GoldRecord, most: int) -> list[tuple[int, int]]:
    """Spans of the actions whose `what` is at most so much."""
    return [(unit.start, unit.end) for unit in record.units if unit.action and unit.action.what <= most]

"""The draws: random ones that an estimate may rest on, and risk lists that none may."""

import heapq
import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from random import Random

from checker.report.words import count
from checker.sampling.design import Allocation, By, Candidate, Draw, Drawn, Frame, Order, Sample, Stratum
from checker.sampling.frame import grouped, is_known
from checker.sampling.size import effective_size, shows_as

AT_RANDOM = 0.1
"""The share of a risk list that is random notes by default, so that what the tool misses is seen."""

_FIRST = {Order.WEAKEST: "the weakest first", Order.LEAST_CERTAIN: "those first whose flag is least certain"}


_SHARED = {
    Allocation.PROPORTIONAL: "in proportion to size",
    Allocation.EQUAL: "as equally as can be",
    Allocation.NEYMAN: "most where the tool finds notes to differ most (Neyman)",
}


class SamplingError(ValueError):
    """A draw cannot be made; its message is one sentence: what, why, what to do."""


def random_draw(
    frame: Frame,
    size: int | None = None,
    within: float | None = None,
    by: Sequence[By] = (),
    allocation: Allocation = Allocation.PROPORTIONAL,
    seed: int = 1,
) -> Sample:
    """Draw records at random, from the whole frame or from each stratum by itself.

    The same frame, strata and seed give the same records, whatever the order of the input, and a larger
    draw holds every record that a smaller one of the same seed takes from a stratum.

    Parameters
    ----------
    frame : Frame
    size : int, optional
        How many; more than there are draws all of them.
    within : float, optional
        In place of `size`: as few as let a true share of one half show within so much of it, such as
        0.1 for 40% to 60%.
    by : sequence of By
        What to stratify by; several are crossed. Empty for a simple draw.
    allocation : Allocation
    seed : int

    Returns
    -------
    Sample
        Every stratum has at least one record drawn, and two where there are enough, since an estimate
        that leaves a stratum out speaks of fewer records than it says.

    Raises
    ------
    SamplingError
        Where there is nothing to draw from, or `size` is smaller than the number of strata.
    """
    strata = _strata(frame, by)
    if size is None:
        size = _size_within(within, strata, allocation)
    numbers = allocate(min(size, len(frame.candidates)), strata, allocation)
    drawn = []
    for name, number in numbers.items():
        shuffled = list(strata[name])
        Random(f"{seed} {name}").shuffle(shuffled)  # by itself, so that a change in one leaves the others
        drawn += [
            Drawn(candidate=candidate, stratum=name, probability=number / len(shuffled), draw=Draw.RANDOM)
            for candidate in shuffled[:number]
        ]
    Random(seed).shuffle(drawn)
    how = f" by {' and '.join(part.words for part in by)}, {_SHARED[allocation]}" if by else ""
    return Sample(
        drawn=tuple(drawn),
        strata=tuple(
            Stratum(name=name, records=len(strata[name]), drawn=number) for name, number in numbers.items()
        ),
        words=f"Random draw of {count(len(drawn), 'note')} of {len(frame.candidates):,}{how}, seed {seed}.",
    )


def risk_draw(
    frame: Frame, size: int, order: Order = Order.WEAKEST, at_random: float = AT_RANDOM, seed: int = 1
) -> Sample:
    """List the records most in need of a reader, with some at random among them.

    Parameters
    ----------
    frame : Frame
    size : int
    order : Order
        The weakest, or those whose probability of being weak is nearest to one half.
    at_random : float
        The share of the list drawn at random from the records that are not on it; rounded, but one at
        least unless it is 0.
    seed : int

    Returns
    -------
    Sample
        Its order tells nothing, so that the random notes are unmarked.

    Raises
    ------
    SamplingError
        Where there is nothing to draw from.
    """
    if not frame.candidates:
        raise SamplingError(_nothing(frame))
    size = min(size, len(frame.candidates))
    number = min(max(round(size * at_random), 1), size - 1)
    if not at_random or size == len(frame.candidates):
        number = 0
    ranked = sorted(frame.candidates, key=_badness if order is Order.WEAKEST else _doubt)
    listed, rest = ranked[: size - number], ranked[size - number :]
    drawn = [Drawn(candidate=c, stratum="", probability=1.0, draw=Draw.RISK) for c in listed]
    chance = number / len(rest) if rest else 0.0
    drawn += [
        Drawn(candidate=c, stratum="", probability=chance, draw=Draw.AMONG_RISK)
        for c in Random(seed).sample(sorted(rest, key=lambda c: (c.id, c.source)), number)
    ]
    Random(seed).shuffle(drawn)
    mixed = f"; {number} of them drawn at random from the others and not marked" if number else ""
    return Sample(
        drawn=tuple(drawn),
        strata=(),
        words=(
            f"Risk list of {count(size, 'note')} of {len(frame.candidates):,}, {_FIRST[order]}{mixed}, seed {seed}. "
            "It was not drawn at random, so no share can be worked out from it."
        ),
    )


def allocate(
    size: int, strata: Mapping[str, Sequence[Candidate]], allocation: Allocation
) -> Mapping[str, int]:
    """Share a draw among strata.

    After the first notes of each stratum, the next goes where ``w / sqrt(n (n + 1))`` is greatest, with
    ``n`` notes given so far and ``w`` the stratum's size (proportional), 1 (equal), or its size times the
    standard deviation of the tool's weak flag (Neyman). That is the exact optimum in whole numbers
    (Wright 2012, The American Statistician 66(4), 217-224).

    Parameters
    ----------
    size : int
        At most as many as there are candidates.
    strata : mapping of str to sequence of Candidate
    allocation : Allocation

    Returns
    -------
    mapping of str to int

    Raises
    ------
    SamplingError
        Where `size` is smaller than the number of strata.
    """
    if size < len(strata):
        raise SamplingError(
            f"{count(size, 'note')} cannot cover {count(len(strata), 'group')}: draw at least {len(strata)}, "
            "or stratify by something with fewer."
        )
    pairs = {name: min(2, len(candidates)) for name, candidates in strata.items()}
    numbers = pairs if sum(pairs.values()) <= size else dict.fromkeys(strata, 1)
    weights = {name: _weight(candidates, allocation) for name, candidates in strata.items()}
    waiting = [
        (-weights[name] / math.sqrt(n * (n + 1)), name)
        for name, n in numbers.items()
        if n < len(strata[name])
    ]
    heapq.heapify(waiting)
    for _ in range(size - sum(numbers.values())):
        _, name = heapq.heappop(waiting)
        numbers[name] += 1
        n = numbers[name]
        if n < len(strata[name]):
            heapq.heappush(waiting, (-weights[name] / math.sqrt(n * (n + 1)), name))
    return numbers


def _weight(candidates: Sequence[Candidate], allocation: Allocation) -> float:
    if allocation is Allocation.EQUAL:
        return 1.0
    if allocation is Allocation.PROPORTIONAL:
        return float(len(candidates))
    # Laplace's rule of succession: a stratum where the tool flags all or none still has some spread.
    share = (sum(c.weak for c in candidates) + 1) / (len(candidates) + 2)
    return len(candidates) * math.sqrt(share * (1 - share))


def _strata(frame: Frame, by: Sequence[By]) -> Mapping[str, Sequence[Candidate]]:
    """The candidates by the name of their stratum, names in order."""
    if not frame.candidates:
        raise SamplingError(_nothing(frame))
    for part in by:
        if not is_known(frame.candidates, part):
            raise SamplingError(
                f"None of the records has a {part.words}: say in checker.toml, under [columns], what the "
                f"export calls it, or draw without --by {part}."
            )
    strata: dict[str, list[Candidate]] = {}
    for names, places in grouped(frame.candidates, by).items():
        strata.setdefault(", ".join(names), []).extend(frame.candidates[place] for place in places)
    return {name: strata[name] for name in sorted(strata)}


def _size_within(within: float, strata: Mapping[str, Sequence[Candidate]], allocation: Allocation) -> int:
    records = sum(map(len, strata.values()))

    def is_enough(size: int) -> bool:
        given = allocate(size, strata, allocation)
        effective = effective_size((len(strata[name]), drawn) for name, drawn in given.items())
        return 0.5 - shows_as(0.5, effective).low <= within

    sizes = range(len(strata), records + 1)
    return sizes[min(bisect_left(sizes, True, key=is_enough), len(sizes) - 1)]


def _badness(candidate: Candidate) -> tuple:
    return (not candidate.weak, -candidate.weak_probability, candidate.bands, candidate.id, candidate.source)


def _doubt(candidate: Candidate) -> tuple:
    return (abs(candidate.weak_probability - 0.5), candidate.id, candidate.source)


def _nothing(frame: Frame) -> str:
    if frame.left_out:
        return (
            "Every record was audited before and is left out: give newer records, or a shorter --leave-out."
        )
    why = frame.unreadable[0].error.message if frame.unreadable else "the input is empty."
    return f"There is no record to draw from: {why}"

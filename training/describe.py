"""What a corpus is made of, as the tables of its data card."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from checker.codebook import (
    REFLECTIVE,
    ActionBand,
    ActionKind,
    Element,
    Flag,
    Label,
    PlanBand,
    RecordType,
    ReflectionBand,
    action_band,
)
from training.annotate.draft import band_by_rule
from training.corpus import GoldRecord, Split, groups, read
from training.metrics import collapse, confusion, f1, kappa, macro_f1
from training.near_duplicates import MINIMUM_WORDS, NEARLY, Duplicates, find
from training.train import IGNORED, targets

CARD = Path(__file__).parent / "corpus" / "README.md"
SECOND = Path(__file__).parent / "corpus" / "second_labels.jsonl"
"""Records of the corpus that another annotator labelled as well, without seeing the first labels."""
BEGIN = "<!-- figures: python -m training describe --write -->"
END = "<!-- end of figures -->"


def describe(records: Sequence[GoldRecord], split: Split) -> str:
    """The figures of a data card.

    Parameters
    ----------
    records : sequence of GoldRecord
    split : Split

    Returns
    -------
    str
        Markdown; counts are of records or of units, by part of the split.
    """
    parts = {name: split.take(name, records) for name in split.__struct_fields__}
    by_type = _table("records by type", RecordType, parts, lambda r: [r.record_type])
    labels = _table("units by label", Label, parts, lambda r: [u.label for u in r.units])
    flags = _table("units by flag", Flag, parts, lambda r: [f for u in r.units for f in u.flags])
    reflection = _table("records by reflection band", ReflectionBand, parts, lambda r: [r.reflection])
    plans = _table("records by plan band", PlanBand, parts, lambda r: [r.plan])
    weak = _table(
        "records by the weak rule",
        ("weak", "not weak"),
        parts,
        lambda r: ["weak" if r.weak else "not weak"],
    )
    bands = _table("actions by band", ActionBand, parts, lambda r: [action_band(a) for a in _elements(r)])
    kinds = _table(
        "actions by kind", ActionKind, parts, lambda r: [u.action.kind for u in r.units if u.action]
    )
    tables = [by_type, labels, flags, reflection, plans, weak, bands, kinds, _scores(records)]
    found = [_rules(records), agreement(records, read(SECOND)), _copies(find(records, split))]
    return "\n\n".join([_opening(records, parts), *tables, *found])


def agreement(first: Sequence[GoldRecord], second: Sequence[GoldRecord]) -> str:
    """How far two annotators agree on the units of the records that both labelled.

    Parameters
    ----------
    first, second : sequence of GoldRecord
        The same units of the same records; those of `first` that are not in `second` are passed over.

    Returns
    -------
    str
        Label agreement by kappa and macro-F1, flags by F1, action elements (where both saw an action) by
        quadratic kappa, reflection bands by quadratic kappa.
    """
    known = {record.id: record for record in first}
    pairs = [(known[record.id], record) for record in second]
    a, b = (targets([unit for pair in pairs for unit in pair[side].units]) for side in (0, 1))
    labels = confusion(a["label"], b["label"], len(Label))
    reflective = collapse(labels, [list(Label).index(label) for label in REFLECTIVE])
    flags = {flag: f1(confusion(a["flag"][:, i], b["flag"][:, i], 2))[1] for i, flag in enumerate(Flag)}
    both = (a["kind"] != IGNORED) & (b["kind"] != IGNORED)
    elements = {
        element: kappa(confusion(a["element"][both, i], b["element"][both, i], 3), quadratic=True)
        for i, element in enumerate(Element)
    }
    bands = list(ReflectionBand)
    band = kappa(
        confusion(
            *(np.array([bands.index(pair[side].reflection) for pair in pairs]) for side in (0, 1)), len(bands)
        ),
        quadratic=True,
    )
    each = f1(labels)
    return (
        f"Two annotators on {len(pairs)} records of the later sets ({len(a['label']):,} units, "
        f"`second_labels.jsonl`): label kappa {kappa(labels):.2f}, macro-F1 {macro_f1(labels):.2f} ("
        + ", ".join(f"{label} {each[i]:.2f}" for i, label in enumerate(Label))
        + f"), reflective or not F1 {f1(reflective)[1]:.2f}; flags F1 "
        + ", ".join(f"{flag} {value:.2f}" for flag, value in flags.items())
        + "; action elements, quadratic kappa "
        + ", ".join(f"{element} {value:.2f}" for element, value in elements.items())
        + f"; reflection band, quadratic kappa {band:.2f}."
    )


def _opening(records: Sequence[GoldRecord], parts: Mapping[str, Sequence[GoldRecord]]) -> str:
    words = [len(record.text.split()) for record in records]
    low, middle, high = (int(n) for n in np.percentile(words, (10, 50, 90)))
    shares = ", ".join(
        f"{name} {len(part):,} records by {len({r.author for r in part})} authors"
        for name, part in parts.items()
    )
    return (
        f"{len(records):,} records, {sum(len(r.units) for r in records):,} labelled units, "
        f"{len({r.author for r in records})} authors, {len(groups(records))} groups that a split keeps whole "
        f"(an author, a person's series, brothers and sisters). Words in a record: median {middle:,}, "
        f"eight in ten records between {low:,} and {high:,}, longest {max(words):,}. Split: {shares}."
    )


def _table(
    title: str,
    rows: Iterable[str],
    parts: Mapping[str, Sequence[GoldRecord]],
    found: Callable[[GoldRecord], Iterable[str]],
) -> str:
    counts = {name: Counter(key for record in part for key in found(record)) for name, part in parts.items()}
    lines = [f"| {title} | all | {' | '.join(parts)} |", f"|---|{'--:|' * (len(parts) + 1)}"]
    for row in rows:
        each = [count[row] for count in counts.values()]
        lines.append(f"| {row} | {' | '.join(f'{n:,}' for n in (sum(each), *each))} |")
    return "\n".join(lines)


def _scores(records: Sequence[GoldRecord]) -> str:
    counts = {element: Counter(e[element] for r in records for e in _elements(r)) for element in Element}
    lines = ["| actions by element | 0 | 1 | 2 |", "|---|--:|--:|--:|"]
    lines += [
        f"| {element} | {' | '.join(f'{n[score]:,}' for score in (0, 1, 2))} |"
        for element, n in counts.items()
    ]
    return "\n".join(lines)


def _rules(records: Sequence[GoldRecord]) -> str:
    scorable = [r for r in records if r.reflection is not ReflectionBand.NOT_SCORABLE]
    differ = sum(band_by_rule(r.text, r.units) != r.reflection for r in scorable)
    return (
        f"The reflection band was judged on the whole record; the codebook's rules, applied to the labels, "
        f"give another band in {differ} of {len(scorable)} scorable records. The plan band and weak are not "
        "stored: the rules derive them."
    )


def _copies(found: Duplicates) -> str:
    exact = sum(pair.similarity == 100 for pair in found.sentences)
    return (
        f"Sentences of {MINIMUM_WORDS} words and more that stand in records by two authors: {exact} word for word, "
        f"{len(found.sentences) - exact} nearly (similarity {NEARLY} of 100 and more), of which "
        f"{len(found.crossing)} across parts of the split. Near-duplicate records by two authors: "
        f"{len(found.records)}. Sentences that one author's records share: {found.within_author}. "
        "List them with `python -m training duplicates`."
    )


def _elements(record: GoldRecord) -> list[dict[Element, int]]:
    return [unit.action.elements for unit in record.units if unit.action]


def with_figures(card: str, figures: str) -> str:
    """A data card with its figures, which stand between two comments, written anew."""
    before, _, rest = card.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{figures}\n\n{END}{after}"

"""What an evaluation or a comparison found, and how it reads on a terminal."""

from collections.abc import Mapping

import msgspec

from checker.label import ModelConfig
from training.metrics import Estimate
from training.robustness import Gains, Moves

TARGETS: Mapping[str, float | None] = {
    "label.macro_f1": 0.85,
    "label.kappa": None,
    "reflective.f1": 0.92,
    "flag.mean_f1": 0.75,
    "element.mean_kappa": 0.85,
    "reflection.kappa": 0.85,
    "reflection.accuracy": None,
    "plan.kappa": 0.90,
    "plan.accuracy": None,
    "weak.f1": 0.94,
    "weak.auc": None,
}
"""The figures that head every table, each with the value the project set itself before measuring."""

TITLES: Mapping[str, str] = {
    "label.macro_f1": "labels, macro-F1",
    "label.kappa": "labels, kappa",
    "reflective.f1": "reflective or not, F1",
    "flag.mean_f1": "flags, mean F1",
    "element.mean_kappa": "action elements, mean quadratic kappa",
    "reflection.kappa": "reflection band, quadratic kappa",
    "reflection.accuracy": "reflection band, accuracy",
    "plan.kappa": "plan band, quadratic kappa",
    "plan.accuracy": "plan band, accuracy",
    "weak.f1": "weak record, F1",
    "weak.auc": "weak record, AUC",
}

CEILING: Mapping[str, str] = {
    "label.macro_f1": "0.96",
    "label.kappa": "0.96",
    "reflective.f1": "0.96",
    "flag.mean_f1": "0.89 to 0.99 by flag",
    "element.mean_kappa": "0.95 to 0.99 by element",
}
"""Agreement of two annotators on the 1,631 units labelled twice (the corpus's own account)."""


class Row(msgspec.Struct, frozen=True):
    """Every figure of one predictor, by the names of `training.tally.figures`."""

    name: str
    figures: Mapping[str, Estimate]


class Group(msgspec.Struct, frozen=True):
    """The headline figures of some of the records; `by` is service, record type, author or length."""

    by: str
    name: str
    records: int
    units: int
    figures: Mapping[str, Estimate]


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """What `evaluation.json` in a model folder holds.

    Attributes
    ----------
    model : ModelConfig
    model_sha256 : str
    corpus_sha256 : str
        Of all the labelled records, whichever part was measured.
    part : str
        Which part of the split was measured.
    records, units, authors, replicates, seed : int
    table : tuple of Row
        The model first, then the baselines. Bands and `weak` are from the raw text; names that begin
        with ``given.`` are the same with the annotators' units given.
    groups : tuple of Group
    invariance, gaming : tuple
        Measured on the development part.
    """

    model: ModelConfig
    model_sha256: str
    corpus_sha256: str
    part: str
    records: int
    units: int
    authors: int
    replicates: int
    seed: int
    table: tuple[Row, ...]
    groups: tuple[Group, ...]
    invariance: tuple[Moves, ...]
    gaming: tuple[Gains, ...]

    def __str__(self) -> str:
        """The headline figures of model and baselines as plain text."""
        width = max(map(len, TITLES.values()))
        lines = [f"{self.model.name} {self.model.version} on {self.records} {self.part} records"]
        for name, title in TITLES.items():
            target = f"target {TARGETS[name]:.2f}" if TARGETS[name] else ""
            lines.append(f"{title:{width}}  {self.table[0].figures[name]!s:18} {target}")
        for moves in self.invariance:
            lines.append(f"{moves.kind:{width}}  reflection moves {moves.reflection}, plan {moves.plan}")
        lines += [f"{gains.kind}: {gains.gained}" for gains in self.gaming]
        return "\n".join(lines)


class Difference(msgspec.Struct, frozen=True):
    """One figure of two models, and b minus a with its paired 95% interval."""

    name: str
    a: float | None
    b: float | None
    difference: Estimate

    @property
    def verdict(self) -> str:
        """``better``, ``worse`` or ``no clear difference``, of b."""
        if self.difference.low is None or self.difference.low <= 0 <= self.difference.high:
            return "no clear difference"
        return "better" if self.difference.low > 0 else "worse"


class Comparison(msgspec.Struct, frozen=True):
    """Two models on the same records, drawn together."""

    a: str
    b: str
    part: str
    records: int
    differences: tuple[Difference, ...]

    def __str__(self) -> str:
        """The headline figures and a closing sentence as plain text."""
        width = max(map(len, TITLES.values()))
        lines = [f"{self.b} against {self.a} on {self.records} {self.part} records"]
        headline = [d for d in self.differences if d.name in TITLES and d.difference.low is not None]
        for d in headline:
            change = f"{d.difference.value:+.3f} ({d.difference.low:+.3f} to {d.difference.high:+.3f})"
            lines.append(f"{TITLES[d.name]:{width}}  {d.a:.3f} → {d.b:.3f}  {change}  {d.verdict}")
        better, worse = ([d for d in headline if d.verdict == v] for v in ("better", "worse"))
        if better and not worse:
            closing = f"{self.b} is better than {self.a}, beyond chance, in {len(better)} of {len(headline)} figures."
        elif worse and not better:
            closing = (
                f"{self.b} is worse than {self.a}, beyond chance, in {len(worse)} of {len(headline)} figures."
            )
        elif better:
            closing = f"{self.b} is better in {len(better)} figures and worse in {len(worse)}: look at which matter to you."
        else:
            closing = (
                f"No figure tells {self.a} and {self.b} apart beyond chance; more labelled records might."
            )
        return "\n".join([*lines, closing])

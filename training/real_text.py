"""Real text that others collected and labelled, read where it lies and as its authors publish it."""

import csv
from pathlib import Path
from typing import Literal, get_args

import msgspec
from msgspec.structs import replace

from training.network import Heads
from training.train import Recipe

SURE = 3.0
"""Mean rating of typicality from which the authors of CEReD count a sentence when they test."""


class DataError(Exception):
    """Data by others cannot be used; the message says which file, why, and what to do."""


class Sentence(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence or a goal as its annotators labelled it.

    Attributes
    ----------
    text : str
    note : str
        What it was taken from; the bootstrap draws whole notes.
    label : int
        Its place among the labels of its data.
    flags : tuple of int
        0 or 1 for each flag of its data.
    sure : bool
        Whether its annotators found it typical of its label.
    """

    text: str
    note: str
    label: int
    flags: tuple[int, ...] = ()
    sure: bool = True


class Fold(msgspec.Struct, frozen=True):
    """One split of the data, as its authors made it."""

    train: tuple[Sentence, ...]
    validation: tuple[Sentence, ...]
    test: tuple[Sentence, ...]


class Data(msgspec.Struct, frozen=True, kw_only=True):
    """Sentences with one label and any number of flags each.

    Attributes
    ----------
    name : str
    labels, flags : tuple of str
    flags_make : tuple of int
        The label that so many flags make; empty where flags do not make the label.
    folds : tuple of Fold
        Figures are means over these.
    recipe : Recipe
        How the network is trained on them; the rest is as for supervision records.
    in_context : int
        How many test sentences can be read in the context that is given with some training sentence.
    """

    name: str
    labels: tuple[str, ...]
    flags: tuple[str, ...] = ()
    flags_make: tuple[int, ...] = ()
    folds: tuple[Fold, ...]
    recipe: Recipe
    in_context: int = 0

    @property
    def heads(self) -> Heads:
        """Label and flags in the network's row; there are no actions."""
        k, every = len(self.labels), len(self.labels) + len(self.flags)
        nothing = slice(every, every)
        return Heads(label=slice(0, k), flag=slice(k, every), element=nothing, scores=every)


def read(folder: Path, epochs: int | None = None, layers: int | None = None) -> tuple[Data, Data]:
    """CEReD and SMARTSpan from the folder that holds both.

    Parameters
    ----------
    folder : Path
        Holds `cered/en` and `smartspan/SMARTSpan`.
    epochs, layers : int, optional
        In place of those of the recipes, for a quick trial.

    Raises
    ------
    DataError
        When something is missing or damaged.
    """
    given = {name: value for name, value in (("epochs", epochs), ("layers", layers)) if value}
    found = read_cered(folder / "cered" / "en"), read_smartspan(folder / "smartspan" / "SMARTSpan")
    return tuple(replace(data, recipe=replace(data.recipe, **given)) for data in found)


def read_cered(folder: Path) -> Data:
    """Read the English part of CEReD, each sentence without its context.

    Parameters
    ----------
    folder : Path
        Holds `train`, `val` and `test`, each with a `sentences.tsv`.

    Raises
    ------
    DataError
    """
    rows = {part: _table(folder / part / "sentences.tsv") for part in ("train", "val", "test")}
    labels = tuple(sorted({row["y"] for row in rows["train"]}))
    parts = []
    for part, of_part in rows.items():
        sentences = []
        for number, row in enumerate(of_part, 2):
            where = f"{folder / part / 'sentences.tsv'}, row {number}"
            label = {"Difficulties": "Difficulty"}.get(row["y"], row["y"])  # so spelt in test alone
            if label not in labels:
                raise DataError(f"{where}: the training part has no label “{label}”; take a whole copy.")
            try:
                ratings = msgspec.json.decode(row["confidence"], type=list[float])
                sure = sum(ratings) / len(ratings) >= SURE
            except (msgspec.MsgspecError, ZeroDivisionError):
                raise DataError(f"{where}: the ratings of confidence cannot be read.") from None
            text = row["sentence"]
            sentences.append(Sentence(text=text, note=row["idx"], label=labels.index(label), sure=sure))
        parts.append(tuple(sentences))
    contexts = "\n".join(row["context"] for row in rows["train"])
    return Data(
        name="CEReD",
        labels=labels,
        folds=(Fold(*parts),),
        recipe=Recipe(epochs=6, augment=False),
        in_context=sum(sentence.text in contexts for sentence in parts[2]),
    )


def _table(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines, delimiter="\t"))
    except FileNotFoundError:
        raise DataError(
            f"{path} is not there; name the folder that holds cered/en and smartspan/SMARTSpan."
        ) from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path} cannot be read as a table: {error}.") from None
    if not rows:
        raise DataError(f"{path} is empty; take a whole copy.")
    if missing := _COLUMNS - set(rows[0]):
        raise DataError(f"{path} has no column {' and no column '.join(sorted(missing))}; take a whole copy.")
    for number, row in enumerate(rows, 2):
        if any(row[column] is None for column in _COLUMNS):
            raise DataError(f"{path}, row {number} is cut short; take a whole copy.")
    return rows


_COLUMNS = {"idx", "context", "sentence", "y", "confidence"}


_Smart = Literal["Not SMART", "Partially SMART", "SMART"]


class _Goal(msgspec.Struct):
    id: str
    goal: str
    label: tuple[Literal[0, 1], Literal[0, 1], Literal[0, 1]]
    smart: _Smart = msgspec.field(name="SMARTlabel")


_PARTS = ("train", "valid", "test")


def read_smartspan(folder: Path) -> Data:
    """Read the goals of SMARTSpan in its five splits.

    Parameters
    ----------
    folder : Path
        Holds `split_1` to `split_5`, each with `train_classify.jsonl`, `valid_classify.jsonl` and
        `test_classify.jsonl`.

    Raises
    ------
    DataError
    """
    return Data(
        name="SMARTSpan",
        labels=get_args(_Smart),
        flags=("Specific", "Measurable", "Attainable"),
        flags_make=(0, 0, 1, 2),
        folds=tuple(
            Fold(*(_goals(folder / f"split_{n}" / f"{part}_classify.jsonl") for part in _PARTS))
            for n in range(1, 6)
        ),
        # Fewer than 200 goals a split: small batches, many rounds.
        recipe=Recipe(epochs=20, batch_tokens=256, augment=False),
    )


def _goals(path: Path) -> tuple[Sentence, ...]:
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        raise DataError(
            f"{path} is not there; name the folder that holds cered/en and smartspan/SMARTSpan."
        ) from None
    goals = []
    for number, line in enumerate(lines, 1):
        try:
            goal = msgspec.json.decode(line, type=_Goal)
        except msgspec.MsgspecError as error:
            raise DataError(f"{path}, line {number}: {error}; take a whole copy.") from None
        label = get_args(_Smart).index(goal.smart)
        goals.append(Sentence(text=goal.goal, note=goal.id, label=label, flags=goal.label))
    if not goals:
        raise DataError(f"{path} is empty; take a whole copy.")
    return tuple(goals)

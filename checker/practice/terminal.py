"""Practice in the terminal: what there is, a pair with its margin, and a note to label line by line."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from checker.codebook import LABEL_TESTS, PLAN_SENTENCES, REFLECTION_SENTENCES, Label
from checker.practice import AnnotatedRecord, Exercise, Pair, Service
from checker.practice.marking import ASKED, WHOSE_READINGS, Mark, Score, asked, often_mistaken, score
from checker.record import Assessment, LabelledUnit
from checker.report.words import count, legible, plain

SIDE_BY_SIDE = 90
"""From this many columns on, the margin stands beside the record; below, under each unit."""

STOP, TESTS = "q", "?"

_TITLES = {Service.CHILDREN: "Children’s services", Service.ADULTS: "Adults’ services"}


def contents(pairs: Sequence[Pair], exercises: Sequence[Exercise], console: Console) -> None:
    """Print what there is to practise on."""
    console.print("Pairs: a weak and a good record of one case, with notes in the margin.")
    for service, inside in groupby(pairs, key=lambda pair: pair.service):
        _heading(_TITLES[service], console)
        table = Table.grid(padding=(0, 2))
        for pair in inside:
            table.add_row(Text(pair.name, style="bold"), Text(pair.case))
        console.print(table)
    console.print("\nSpot it: notes to label unit by unit.")
    for difficulty, inside in groupby(exercises, key=lambda exercise: exercise.difficulty):
        _heading(difficulty.capitalize(), console)
        table = Table.grid(padding=(0, 2))
        for exercise in inside:
            units = count(len(asked(exercise.note)), "unit")
            table.add_row(Text(exercise.name, style="bold"), Text(legible(exercise.service)), units)
        console.print(table)


def show(pair: Pair, console: Console) -> None:
    """Print a pair: each record with its labels, and what a teacher would write in the margin."""
    console.print(Text(pair.title, style="bold"))
    console.print(Text(pair.case))
    for title, side in (("The weak record", pair.weak), ("The good record", pair.good)):
        _heading(title, console)
        console.print(Text(side.lesson))
        console.print()
        for band in _bands(side.assessment):
            console.print(band)
        console.print()
        _print_with_margin(side, console)


def spot_it(exercise: Exercise, answers: Iterable[str], console: Console) -> Score:
    """Ask for the label of each unit of a note, say at once what is right and why, and add up.

    Parameters
    ----------
    exercise : Exercise
    answers : iterable of str
        Lines as typed: a label or its beginning; `STOP` ends, `TESTS` shows every label's test. The
        practice ends with the answers, too.
    console : rich.console.Console

    Returns
    -------
    Score
    """
    typed = iter(answers)
    marks: list[Mark] = []
    total = len(asked(exercise.note))
    console.print(Text(f"{exercise.name}: {count(total, 'unit')}, {legible(exercise.service)}", style="bold"))
    console.print(Text(_choices()))
    for unit in exercise.note.assessment.units:
        if unit.label not in ASKED:
            console.print(Text(f"\n{legible(unit.text)}", style="dim"))
            continue
        console.print(Text(f"\n{len(marks) + 1} of {total}  ", style="dim").append(_words(unit)))
        answer = _answer(typed, console)
        if answer is None:
            break
        marks.append(Mark(unit, answer))
        _print_mark(marks[-1], console)
    result = score(marks)
    _print_score(result, total, console)
    if result.answered == total:
        _print_often_mistaken(exercise.note, console)
    return result


def label_said(line: str) -> Label | None:
    """The label that a typed line begins to spell, or none.

    Examples
    --------
    >>> label_said("Reas")
    <Label.REASONED: 'reasoned'>
    >>> label_said("x") is None
    True
    """
    said = line.strip().casefold()
    return next((label for label in ASKED if said and label.startswith(said)), None)


def _answer(typed: Iterator[str], console: Console) -> Label | None:
    """The next label typed; none when the learner stops."""
    while True:
        console.print("> ", end="")
        line = next(typed, STOP).strip()
        if line.casefold() == STOP:
            return None
        if line == TESTS:
            for label in ASKED:
                console.print(_test(label))
        elif label := label_said(line):
            return label
        else:
            console.print(_choices())


def _choices() -> str:
    labels = ", ".join(f"{label[0]} {label}" for label in ASKED)
    return f"Type {labels}; {TESTS} shows what each means, {STOP} stops."


def _print_mark(mark: Mark, console: Console) -> None:
    console.print(Text("  Right." if mark.right else f"  No: {plain(mark.unit.label)}.", style="bold"))
    near = () if mark.right else mark.near_misses
    for line in (_test(mark.unit.label), *map(Text, near)):
        console.print(Padding(line, (0, 0, 0, 2)))


def _print_score(result: Score, total: int, console: Console) -> None:
    _heading(f"{result.right} of {result.answered} right", console)
    if left := total - result.answered:
        console.print(f"{count(left, 'unit')} not answered.")
    for confusion in result.confusions:
        console.print(
            f"{plain(confusion.label)} taken for {plain(confusion.answer)}: {count(confusion.times, 'time')}"
        )


def _print_often_mistaken(note: AnnotatedRecord, console: Console) -> None:
    found = often_mistaken(note)
    if not found:
        return
    _heading("Often taken for something else", console)
    console.print(WHOSE_READINGS)
    for unit in found:
        console.print(Text("\n").append(_words(unit.mark.unit), style="bold"))
        for line in (
            unit.sentence,
            *map(_test, (unit.mark.unit.label, unit.mark.answer)),
            *unit.mark.near_misses,
        ):
            console.print(Padding(line, (0, 0, 0, 2)))


def _print_with_margin(side: AnnotatedRecord, console: Console) -> None:
    beside = console.width >= SIDE_BY_SIDE
    table = Table.grid(padding=(0, 3, 0, 0))
    table.add_column(ratio=3)
    if beside:
        table.add_column(ratio=2)
    for row in side.rows:
        if row.after_gap:
            table.add_row()
        if beside:
            table.add_row(_tagged(row.unit), Text(row.note))
            continue
        table.add_row(_tagged(row.unit))
        if row.note:
            table.add_row(Padding(Text(row.note), (0, 0, 0, 4)))
    console.print(table)


def _bands(assessment: Assessment) -> list[Text]:
    reflection, plan = assessment.reflection.band, assessment.plan
    specific = f" ({plan.specific} of {plan.actions})"
    return [
        Text.assemble("Reflection: ", (plain(reflection), "bold"), f". {REFLECTION_SENTENCES[reflection]}"),
        Text.assemble("Plan: ", (plain(plan.band), "bold"), f". {PLAN_SENTENCES[plan.band]}{specific}"),
    ]


def _tagged(unit: LabelledUnit) -> Text:
    if unit.label is Label.ADMIN:
        return Text(_words(unit), style="dim")
    band = f" ({unit.action.band})" if unit.action else ""
    tag = ", ".join([unit.label + band, *map(plain, unit.flags)])
    return Text.assemble((f"[{tag}]", "bold"), " ", _words(unit))


def _words(unit: LabelledUnit) -> str:
    return legible(unit.text)


def _test(label: Label) -> Text:
    return Text.assemble((plain(label), "bold"), f": {LABEL_TESTS[label]}")


def _heading(title: str, console: Console) -> None:
    console.print()
    console.print(Rule(Text(title, style="bold"), align="left", style="dim"))

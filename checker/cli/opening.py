"""What every command that reads records opens first: the settings, the model, and what went wrong with them."""

from collections.abc import Iterator, Sequence
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from checker.record import Assessment, Unreadable


class ExitStatus(IntEnum):
    """What the command's exit status says."""

    OK = 0
    WEAK = 1
    USAGE = 2
    UNREADABLE = 3
    STOPPED = 130


jobs_option = click.option(
    "--jobs", "-j", type=click.IntRange(min=1), help="Records read at a time; without it, one for each core."
)
model_option = click.option(
    "--model",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="Folder of a model trained on your own labels.",
)
config_option = click.option(
    "--config",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help="Settings; without it, the checker.toml beside the input or in this folder.",
)


def open_settings(inputs, config: Path | None):
    """The settings for these inputs: those of `config`, of the `checker.toml` that is found, or the usual ones."""
    from checker import settings

    found = config or settings.find(path for path in inputs if path != "-")
    try:
        return settings.load(found) if found else settings.Settings()
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def open_checker(inputs, config: Path | None, model: Path | None, jobs: int | None):
    """A `Checker` whose network goes on opening while the caller goes on."""
    from checker.checking import Checker
    from checker.label import ModelError

    try:
        return Checker(model, open_settings(inputs, config), jobs)
    except (ValueError, ModelError) as error:
        raise click.UsageError(str(error)) from None


def wait_for_model(checker) -> None:
    """Wait until the network is open."""
    from checker.label import ModelError

    try:
        checker.wait()
    except ModelError as error:
        raise click.UsageError(str(error)) from None


def read_assessments(
    inputs, config: Path | None, model: Path | None, jobs: int | None
) -> "Iterator[Assessment | Unreadable]":
    """The assessments of these inputs; a model is opened only where something has to be checked."""
    from checker.assessments import assessments

    def ready():
        checker = open_checker(inputs, config, model, jobs)
        wait_for_model(checker)
        return checker

    return assessments(inputs, ready)


def report_form(format_: str | None, output: Path | None, formats: Sequence[str]) -> str:
    """The form of the report, from --format or the ending of --output."""
    if format_ is None:
        format_ = output.suffix.lower().lstrip(".") if output else "terminal"
        format_ = {"htm": "html"}.get(format_, format_)
        if format_ not in formats:
            raise click.UsageError(f"What form should {output} have? Say it with --format.")
    if format_ in ("xlsx", "html") and not output:
        raise click.UsageError(f"A report in {format_} is a file: name it with --output.")
    if format_ == "terminal" and output:
        raise click.UsageError("--format terminal prints to the screen; leave out --output.")
    return format_


def refuse_to_overwrite_input(output: Path, inputs: Sequence[str]) -> None:
    """Stop where a report would change an input, or has no folder to lie in."""
    target = output.resolve()
    for given in inputs:
        path = Path(given)
        if given != "-" and (
            path.resolve() == target or (path.is_dir() and target.is_relative_to(path.resolve()))
        ):
            raise click.UsageError(
                f"{output} is, or lies in, an input, which is never changed: write elsewhere."
            )
    if not target.parent.is_dir():
        raise click.UsageError(f"{output.parent} is not a folder; make it first, or write elsewhere.")

"""The command line: arguments in, calls to the rooms of the house, an exit status out."""

import gc
import os
import sys
from contextlib import suppress
from importlib import import_module
from typing import NoReturn

import click

COMMANDS = {
    "check": "check",
    "rules": "rules",
    "explain": "rules",
    "practice": "practice",
    "history": "history",
    "sample": "sample",
    "agree": "agree",
    "estimate": "estimate",
    "serve": "serve",
}
"""Each command, in the order of the help, and the module here that it lives in."""

EXTRAS = {
    "serve": "serve",
    "history": "quality",
    "sample": "quality",
    "agree": "quality",
    "estimate": "quality",
}
"""The commands that rest on libraries which the checker itself does without, and the extra that holds these."""


class Commands(click.Group):
    """The commands, each loaded when it is asked for: what one needs must not delay another."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Load one of them."""
        if name not in COMMANDS:
            return None
        module = import_module(f"checker.cli.{COMMANDS[name]}")
        return next(
            found
            for found in vars(module).values()
            if isinstance(found, click.Command) and found.name == name
        )

    def resolve_command(self, ctx: click.Context, args: list[str]):
        """Find the command that was named, or say which was probably meant: `check` is easily left out."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            from difflib import get_close_matches  # seldom needed, so not at every start

            meant = [*get_close_matches(name, COMMANDS, 1), f"check {name}"][0]
            raise click.UsageError(f"There is no command {name}; did you mean “checker {meant}”?", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command, or say what it needs that is not installed."""
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as missing:
            if ctx.invoked_subcommand not in EXTRAS:
                raise
            raise click.UsageError(
                f"checker {ctx.invoked_subcommand} needs {missing.name}, which is not installed: "
                f'pip install "supervision-checker[{EXTRAS[ctx.invoked_subcommand]}]"'
            ) from None


@click.command(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="supervision-checker", prog_name="checker")
def main() -> None:
    """Read records of social-work supervision and flag the weak ones.

    It says, with its evidence quoted, whether a record reflects or only lists facts, and whether its
    plan says who does what by when and why. Everything stays on this machine.

    Start with: checker check NOTE.docx
    """


def run() -> NoReturn:
    """The `checker` command: `main`, and then out at once.

    Taking the interpreter and the network apart takes time that a person waits for, and nothing of it
    is needed: files are closed by now, and the system takes the memory back.
    """
    gc.disable()  # imports make much that stays, and looking through it for waste delays the start
    try:
        main(prog_name="checker")
    except SystemExit as end:
        status = end.code
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # a reader that has gone, as in `checker rules | head`
            stream.flush()
    os._exit(status if isinstance(status, int) else bool(status))

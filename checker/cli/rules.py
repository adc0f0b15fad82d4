"""`checker rules` and `checker explain`: what the checker asks, and why."""

import click


@click.command("rules")
def list_rules():
    """List every rule with the question that it asks."""
    from rich.console import Console
    from rich.table import Table

    from checker.rules import all_rules

    table = Table("Rule", "Severity", "Question", box=None, pad_edge=False, header_style="bold")
    for rule in all_rules():
        table.add_row(rule.id, rule.severity, rule.question)
    Console().print(table)


@click.command()
@click.argument("rule")
def explain(rule):
    """Tell all about one RULE.

    What it finds and asks, why it matters, and an example each way.
    """
    from rich.console import Console
    from rich.markdown import Markdown

    from checker.rules import rule_called

    try:
        found = rule_called(rule)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    quoted = {name: getattr(found, name).strip().replace("\n", "  \n> ") for name in ("failing", "passing")}
    Console().print(
        Markdown(
            f"# {found.id} ({found.severity})\n\n**{found.question}**\n\n{found.finds}\n\n"
            f"Why it matters: {found.why}\n\nRecord types: {', '.join(sorted(found.record_types))}. "
            f"{found.record_types_why}\n\nIt asks here:\n\n> {quoted['failing']}\n\n"
            f"It does not ask here:\n\n> {quoted['passing']}\n\n"
            f'To change it, in checker.toml: `[rules]`, then `{found.id} = "off"` (or error, warning, hint).'
        )
    )

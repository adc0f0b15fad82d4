"""Pages of figures: written from a template and what was measured, never by hand."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from training.metrics import Estimate

DOCS = Path(__file__).parents[1] / "docs"


def written(template: str, **measured: object) -> str:
    """A page in Markdown from a template beside this module; a figure that is missing is an error."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # the page is Markdown
    )
    environment.filters["signed"] = _signed
    return environment.get_template(template).render(measured)


def _signed(difference: Estimate) -> str:
    return f"{difference.value:+.2f} ({difference.low:+.2f} to {difference.high:+.2f})"

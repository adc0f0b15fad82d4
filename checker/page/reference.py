"""The codebook, the rules, and about the tool: written by the code itself, so that they cannot be out of date."""

from functools import cache
from importlib.metadata import version
from pathlib import Path

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from checker.page.refused import Refused
from checker.rules import all_rules


async def codebook(request: Request) -> Response:
    """What the labels, flags, elements and bands mean."""
    return request.app.state.desk.show(request, "codebook.html")


async def rules(request: Request) -> Response:
    """Every rule: its question, why it matters, an example each way."""
    return request.app.state.desk.show(request, "rules.html", rules=all_rules())


async def about(request: Request) -> Response:
    """What the tool does not do, how good it is, and how to contest a result."""
    desk = request.app.state.desk
    return desk.show(
        request,
        "about.html",
        model=desk.checker.model,
        version=version("supervision-checker"),
        card=model_card(desk.model_folder),
    )


async def figure(request: Request) -> Response:
    """A figure of the model card."""
    figures = {path.name: path for path in (request.app.state.desk.model_folder / "figures").glob("*.png")}
    path = figures.get(request.path_params["name"])
    if path is None:
        raise Refused(404, "There is no such figure.")
    return FileResponse(path, media_type="image/png")


@cache
def model_card(folder: Path) -> Markup:
    """The model card as part of a page: headings one level down, wide tables that scroll, nothing but Markdown."""
    from markdown_it import MarkdownIt

    card = folder / "README.md"
    if not card.is_file():
        return Markup("<p>This model has no card.</p>")
    text = card.read_text(encoding="utf-8")
    if text.startswith("---\n"):  # what model hubs read
        text = text.partition("\n---\n")[2]
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{int(token.tag[1]) + 1}"
    page = markdown.renderer.render(tokens, markdown.options, {})
    tables = iter(range(1, page.count("<table>") + 1))
    pieces = page.split("<table>")
    page = pieces[0] + "".join(
        f'<div class="wide" role="region" aria-label="Table {next(tables)} of the model card" tabindex="0"><table>{piece}'
        for piece in pieces[1:]
    )
    page = page.replace("</table>", "</table></div>").replace('src="figures/', 'src="/about/figures/')
    return Markup(page)

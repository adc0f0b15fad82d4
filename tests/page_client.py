"""A visitor of the page, for the tests of it."""

import re
from functools import cache
from pathlib import Path

import html5lib
from starlette.testclient import TestClient

from checker.checking import Checker
from checker.page.app import application
from checker.page.guard import Door

ROOT = Path(__file__).parents[1]
NOTES = sorted((ROOT / "examples" / "notes").iterdir())
NAME = "checker.example"


@cache
def checker() -> Checker:
    """The real one, opened once."""
    return Checker()


@cache
def open_page():
    """The page as `checker serve` opens it on one's own machine."""
    return application(checker(), Door(hosts=frozenset({NAME})))


class Visitor(TestClient):
    """Somebody with a browser: keeps the cookie, and sends each form with the token that the page gave."""

    def __init__(self, app=None, **more):
        super().__init__(app or open_page(), base_url=f"http://{NAME}", **more)

    def token(self, path: str = "/") -> str:
        """The token that a page's forms carry."""
        return re.search(r'name="token" value="(\w+)"', self.get(path).text)[1]

    def sends(self, path: str, file: tuple[str, bytes] | None = None, **fields):
        """Send a form."""
        files = {"file": file} if file else None
        return self.post(path, data={"token": self.token()} | fields, files=files)


def tree(answer):
    """A page as a tree; any error against the HTML standard is raised."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(answer.text)


def words(element) -> str:
    """What a person reads in an element."""
    return " ".join("".join(element.itertext()).split())


def marked(page, tag: str, **attributes: str) -> list:
    """The elements of a tree with these attributes; `class_` is one of the classes."""
    class_ = attributes.pop("class_", None)
    return [
        element
        for element in page.iter(tag)
        if all(element.get(name) == value for name, value in attributes.items())
        and (class_ is None or class_ in element.get("class", "").split())
    ]

"""The house: who may import whom, and what never comes in."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ORDER = ("codebook", "record", "due", "settings", "read", "segment", "label", "judge", "rules", "report", "journal", "practice", "checking", "spark", "assessments", "history", "sampling", "worksheet", "agreement", "estimation", "page", "cli")  # fmt: skip
MAY_IMPORT = {
    "codebook": set(),
    "record": {"codebook"},
    "due": {"record"},
    "settings": {"codebook", "record"},
    "read": {"codebook", "record", "settings"},
    "segment": {"record"},
    "label": {"codebook", "record"},
    "judge": {"codebook", "record"},
    "rules": {"codebook", "record", "settings"},
    "report": {"codebook", "record", "due"},
    "journal": {"record", "report"},
    "practice": {"codebook", "record", "judge", "report"},
}
MODULES = sorted(
    path
    for path in (ROOT / "checker").rglob("*.py")
    if "__" not in path.name or path.parent.name != "checker"
)


def imported(path: Path) -> set[str]:
    """Every module that a file imports, at the top or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= (
                {f"{node.module}.{name.name}" for name in node.names} if node.module == "checker" else set()
            )
    return found


def room(module: str) -> str | None:
    """The room of one of our modules, such as ``rules`` of ``checker.rules.no_deadline``."""
    parts = module.split(".")
    return parts[1] if parts[0] == "checker" and len(parts) > 1 else None


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_only_the_rooms_before_it(path):
    own = path.relative_to(ROOT / "checker").parts[0].removesuffix(".py")
    rooms = {room(module) for module in imported(path)} - {None, own}
    if own in MAY_IMPORT:
        assert rooms <= MAY_IMPORT[own]
    else:
        assert {ORDER.index(name) for name in rooms} <= set(range(ORDER.index(own)))


def test_the_checker_never_imports_what_only_training_needs():
    for path in MODULES:
        roots = {module.split(".")[0] for module in imported(path)}
        assert not roots & {"training", "torch", "transformers", "sklearn", "datasets"}, path


def test_the_checker_imports_nothing_that_speaks_over_a_network():
    for path in MODULES:
        assert not imported(path) & {
            "socket",
            "ssl",
            "http",
            "http.client",
            "urllib.request",
            "requests",
            "httpx",
        }, path


def test_the_words_of_the_codebook_are_spelt_nowhere_else():
    spelt = {"not_scorable", "management_oversight", "previous_action", "purposeful"}
    for path in MODULES:
        if path.name == "codebook.py":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        literals = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
        assert not literals & spelt, path

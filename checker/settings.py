"""A council's own settings: `checker.toml`.

The file says how the council's columns are called, what its words for a kind of record mean, and
which rules it wants louder, quieter or off.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from checker.codebook import RecordType

FILE_NAME = "checker.toml"
"""What a settings file is called, in a folder of records or in the current folder."""

Level = Literal["error", "warning", "hint", "off"]


_KINDS = {
    "str": "a name in quotation marks",
    "str | array": "a name in quotation marks or a list of such names",
    "object": "a table, that is lines below a heading in square brackets",
    "array": "a list",
    "int": "a whole number",
    "int | null": "a whole number",
    "float": "a number",
    "bool": "true or false",
}


class BadSettings(ValueError):
    """A settings file cannot be used; its message is one sentence: what, where, what to do."""


class Columns(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a council calls each column; case, spaces and underscores do not matter.

    Attributes
    ----------
    text : str or tuple of str
        The column that holds the note, or several that are joined, each under its own name.
    id, record_type, date, recorded, person, worker, supervisor, team, service : str
        The columns of the same fields of a `checker.record.Record`.
    """

    text: str | tuple[str, ...] = "text"
    id: str = "id"
    record_type: str = "record_type"
    date: str = "date"
    recorded: str = "recorded"
    person: str = "person"
    worker: str = "worker"
    supervisor: str = "supervisor"
    team: str = "team"
    service: str = "service"

    @property
    def named(self) -> tuple[str, ...]:
        """The columns that the council named itself, so that a table without one is an error."""
        named = []
        for field in msgspec.structs.fields(self):
            name = getattr(self, field.name)
            if name != field.default:
                named += [name] if isinstance(name, str) else name
        return tuple(named)


class LongForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The columns of an export with one row for each question and answer of a form.

    Attributes
    ----------
    group : str
        The column that says which form a row belongs to; it becomes the record's id.
    question, answer : str
        The columns that hold a question, which becomes a heading, and its answer.
    """

    group: str
    question: str
    answer: str


class ServicePolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one service or kind of plan asks instead; what it leaves out is as elsewhere."""

    weeks_between: int | None = None
    days_to_record: int | None = None


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often supervision is to be held and how soon recorded, for `checker history`.

    There is no national rule for either. Nottinghamshire, for one, asks for supervision every four weeks
    (supplementary policy on children's social care supervision), and each case is commonly discussed
    less often than that; six weeks between two notes and five working days to record one are this
    tool's examples, to be replaced by the council's own.

    Attributes
    ----------
    weeks_between : int
        The most weeks from one supervision of a person to the next.
    days_to_record : int
        The most working days from a supervision to its record; bank holidays are not known.
    services : mapping of str to ServicePolicy
        By what stands in the service column, whatever its case: a service, a team or a kind of plan.
    """

    weeks_between: int = 6
    days_to_record: int = 5
    services: Mapping[str, ServicePolicy] = {}

    def for_service(self, service: str | None) -> "Policy":
        """The policy of one service, whole."""
        wanted = " ".join((service or "").split()).casefold()
        for name, own in self.services.items():
            if " ".join(name.split()).casefold() == wanted:
                return Policy(
                    weeks_between=own.weeks_between or self.weeks_between,
                    days_to_record=own.days_to_record or self.days_to_record,
                )
        return self


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `checker.toml` may say.

    Attributes
    ----------
    rules : mapping of str to str
        For a rule, by its id: ``"error"``, ``"warning"``, ``"hint"`` or ``"off"``.
    columns : Columns
    long_form : LongForm, optional
        Present where a table holds one row for each question of a form.
    record_types : mapping of str to RecordType
        The council's own words for a kind of record, such as ``"1:1 Supervision"``.
    history : Policy
    """

    rules: Mapping[str, Level] = {}
    columns: Columns = Columns()
    long_form: LongForm | None = None
    record_types: Mapping[str, RecordType] = {}
    history: Policy = Policy()

    @property
    def text_columns(self) -> tuple[str, ...]:
        """The columns, one at least, that the words of a note stand in."""
        if self.long_form:
            return (self.long_form.answer,)
        text = self.columns.text
        return (text,) if isinstance(text, str) else text

    @property
    def named_columns(self) -> tuple[str, ...]:
        """The columns that `checker.toml` names, so that a table without one is an error."""
        form = self.long_form
        return self.columns.named + ((form.group, form.question, form.answer) if form else ())


def find(inputs: Iterable[str | Path]) -> Path | None:
    """Look for `checker.toml` in each folder given, beside each file given, then in the current folder.

    Parameters
    ----------
    inputs : iterable of str or pathlib.Path
        What the user asked to read.

    Returns
    -------
    pathlib.Path or None
        The first found; a path that cannot be looked at counts as not there.
    """
    for place in [*map(Path, inputs), Path()]:
        try:
            found = (place if place.is_dir() else place.parent) / FILE_NAME
            if found.is_file():
                return found
        except (OSError, ValueError):
            continue
    return None


def load(path: str | Path) -> Settings:
    """Read a settings file.

    Parameters
    ----------
    path : str or pathlib.Path

    Returns
    -------
    Settings

    Raises
    ------
    BadSettings
        Where the file cannot be read, is not TOML, or says what it may not.
    """
    import tomllib  # here and below: most runs have no settings to read, and none to correct

    try:
        data = tomllib.loads(Path(path).read_bytes().decode("utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(
            f"{path} is not valid TOML: {str(error).rstrip('.')}; look there for a missing quotation mark or bracket."
        ) from None
    except UnicodeDecodeError:
        raise BadSettings(f"{path} is not UTF-8 text; save it again as UTF-8.") from None
    except (OSError, ValueError, RecursionError):
        raise BadSettings(
            f"{path} cannot be opened; check that it is there and that you may read it."
        ) from None
    try:
        settings = msgspec.convert(data, Settings)
    except msgspec.ValidationError as error:
        raise BadSettings(f"{path}: {_mistake(data, str(error))}") from None
    if settings.long_form and settings.columns.text != Columns().text:
        raise BadSettings(
            f"{path}: [long_form] already says where the note stands; take “text” out of [columns]."
        )
    if (
        not all(name.strip() for name in (*settings.text_columns, *settings.named_columns))
        or not settings.text_columns
    ):
        raise BadSettings(f"{path}: a column's name is empty; give the name as it stands in the table.")
    for policy in (settings.history, *settings.history.services.values()):
        for asked in (policy.weeks_between, policy.days_to_record):
            if asked is not None and asked < 1:
                raise BadSettings(f"{path}: in [history], weeks and days are whole numbers from 1 on.")
    return settings


def _mistake(data: Mapping[str, Any], error: str) -> str:
    """Say in plain words what msgspec found wrong, and where."""
    import difflib

    choices: Mapping[str, tuple[str, ...]] = {
        "rules": Level.__args__,
        "record_types": tuple(RecordType),
    }
    history = data.get("history")
    services = history.get("services") if isinstance(history, Mapping) else None
    tables = [
        ("at the top", data, Settings),
        ("in [columns]", data.get("columns"), Columns),
        ("in [long_form]", data.get("long_form"), LongForm),
        ("in [history]", history, Policy),
        *(
            (f"in [history.services] for “{name}”", own, ServicePolicy)
            for name, own in (services.items() if isinstance(services, Mapping) else ())
        ),
    ]
    for where, table, known in tables:
        if not isinstance(table, Mapping):
            continue
        fields = known.__struct_fields__
        for key in table:
            if key not in fields:
                close = difflib.get_close_matches(key, fields, n=1)
                hint = f"did you mean “{close[0]}”?" if close else f"it may be {_either(fields)}."
                return f"there is no setting “{key}” {where}; {hint}"
    for name, allowed in choices.items():
        table = data.get(name)
        for key, value in table.items() if isinstance(table, Mapping) else ():
            if value not in allowed:
                return f"in [{name}], “{key}” is “{value}”; it may be {_either(allowed)}."
    what, _, where = error.partition(" - at `$.")
    where = where.rstrip("`").replace("[...]", "")
    if missing := re.search(r"missing required field `(\w+)`", what):
        return f"[{where}] needs a “{missing[1]}” as well."
    expected, got = re.search(r"Expected `(.+)`, got `(.+)`", what).groups()
    return f"“{where}” must be {_KINDS.get(expected, expected)}, not {_KINDS.get(got, got)}."


def _either(words: Iterable[str]) -> str:
    *most, last = (f"“{word}”" for word in words)
    return f"{', '.join(most)} or {last}" if most else last

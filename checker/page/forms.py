"""What people send: read into memory, never onto a disk, and only with the page's own token."""

import asyncio
import hmac
from collections.abc import Mapping

import msgspec
from starlette.datastructures import UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import Request

from checker.codebook import RecordType
from checker.page.guard import LARGEST_REQUEST
from checker.page.lengths import LONGEST_NOTE
from checker.page.refused import Refused
from checker.read.held import HeldFile

LONGEST_SECONDS = 120
"""How long a request may take to come in."""

MOST_FIELDS = 300

TYPED = ("note", "answers", "answer")
"""The fields of forms that people write in, or answer."""

BESIDE = ("kind", "before", "name")
"""The fields that go with them."""

_UNREADABLE = "What was sent cannot be read; load the page again and send it once more."
_OUTDATED = "This page was open too long, or in another window; load it again and send it once more."


class Sent(msgspec.Struct, frozen=True):
    """A form as sent: its fields, each with all its values, and its file where one was chosen."""

    fields: Mapping[str, tuple[str, ...]]
    file: HeldFile | None

    def first(self, name: str) -> str:
        """A field's first value, or nothing."""
        return next(iter(self.fields.get(name, ())), "")

    @property
    def typed(self) -> dict[str, str]:
        """What somebody wrote or answered, with the fields that belong to it; nothing where it is too long to check."""
        typed = {name: self.first(name) for name in (*TYPED, *BESIDE) if name in self.fields}
        written = any(typed.get(name) for name in TYPED)
        return typed if written and sum(map(len, typed.values())) <= 2 * LONGEST_NOTE else {}

    def kind(self) -> RecordType:
        """The kind of record chosen; a case record where none is."""
        try:
            return RecordType(self.first("kind"))
        except ValueError:
            return RecordType.CASE


class Outdated(Refused):
    """A form of our own page whose token is of another time: before a restart, or before somebody signed out.

    Nothing that it asks for may be done, but its sender may have back what it holds: `Refused` says no more
    than a sentence, and hours of typing would be gone.

    Parameters
    ----------
    sent : Sent

    Attributes
    ----------
    again : str
        What to say above a fresh form that holds what was sent.
    """

    def __init__(self, sent: Sent):
        super().__init__(403, _OUTDATED)
        self.sent = sent
        again = "choose the file again, and press" if sent.file else "what you sent is here again: press"
        self.again = (
            "This page was open too long, or the program was restarted, so nothing was done yet; "
            f"{again} the button once more."
        )


class _InMemory(MultiPartParser):
    """Starlette's parser, whose files would go to a temporary folder from 1 MB on."""

    spool_max_size = 2 * LARGEST_REQUEST


async def read_form(request: Request) -> Sent:
    """Read a form that was sent to a page.

    Parameters
    ----------
    request : Request
        A POST, as ``multipart/form-data`` or URL-encoded.

    Returns
    -------
    Sent

    Raises
    ------
    Outdated
        Where it has no token or that of another visitor, and yet was sent from a page of ours.
    Refused
        Where it is no form, comes too slowly, or has a wrong token and may come from anywhere.
    """
    is_multipart = request.headers.get("content-type", "").lower().startswith("multipart/form-data")
    if is_multipart:
        parser = _InMemory(
            request.headers,
            request.stream(),
            max_files=1,
            max_fields=MOST_FIELDS,
            max_part_size=LARGEST_REQUEST,
        )
    else:
        parser = FormParser(
            request.headers, request.stream(), max_fields=MOST_FIELDS, max_part_size=LARGEST_REQUEST
        )
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            items = (await parser.parse()).multi_items()
    except TimeoutError:
        raise Refused(408, "That came too slowly to wait for; try again.") from None
    except (MultiPartException, ValueError, LookupError, AssertionError):  # damage, and invented encodings
        raise Refused(400, _UNREADABLE) from None
    fields: dict[str, tuple[str, ...]] = {}
    file = None
    for name, value in items:
        if isinstance(value, UploadFile):
            data = await value.read()
            await value.close()
            if value.filename:
                file = HeldFile(_plain_name(value.filename), data)
        else:
            fields[name] = (*fields.get(name, ()), value)
    sent = Sent(fields, file)
    if not hmac.compare_digest(sent.first("token").encode("utf-8", "replace"), request.state.token.encode()):
        raise Outdated(sent) if request.state.from_own_page else Refused(403, _OUTDATED)
    return sent


def _plain_name(name: str) -> str:
    """A file's name without folders, as some browsers send them, and no longer than a name is."""
    name = name.replace("\\", "/").rpartition("/")[2].strip() or "file"
    return name if len(name) <= 120 else f"{name[:80]}…{name[-20:]}"

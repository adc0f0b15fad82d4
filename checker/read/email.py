"""E-mails: the subject and the body's text; attachments are left alone."""

import re
from typing import Any

from checker.read.markup import html_text
from checker.read.plain import decode, tidy
from checker.read.problem import CannotRead

_HEADER = re.compile(rb"^(from|to|date|subject|received|mime-version|content-type|return-path):", re.I | re.M)
_ENCRYPTED = {"application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted"}


def read_email(data: bytes, source: str) -> str:
    """Read a saved e-mail.

    Parameters
    ----------
    data : bytes
    source : str
        The file's name, for the message.

    Returns
    -------
    str
        The subject on the first line, then the body: its plain text where it has one, else its HTML.

    Raises
    ------
    CannotRead
        ``wrong_type``, ``protected``, ``corrupt`` or ``empty`` (nothing but attachments).
    """
    from email import policy
    from email.parser import BytesParser

    if not _HEADER.search(data[:20_000]):
        raise CannotRead(
            "wrong_type", f"{source} is not an e-mail; save the e-mail again as .eml or as text."
        )
    try:
        message = BytesParser(policy=policy.default).parsebytes(data)
        encrypted = message.get_content_type() in _ENCRYPTED
        subject = " ".join(tidy(str(message.get("subject", ""))).split())
        text = _body(message, "plain") or _body(message, "html")
    except CannotRead as problem:
        raise CannotRead(problem.kind, f"{source} cannot be read: {problem.message}.") from problem
    except Exception as error:  # the standard parser trips over damaged headers in many ways
        raise CannotRead(
            "corrupt", f"{source} is damaged and cannot be read; save the e-mail again and check that."
        ) from error
    if encrypted:
        raise CannotRead(
            "protected", f"{source} is an encrypted e-mail; copy its text into a new document and check that."
        )
    if not text:
        raise CannotRead("empty", f"{source} has no text of its own; save its attachment and check that.")
    return f"{subject}\n\n{text}" if subject else text


def _body(message: Any, form: str) -> str:
    """The body's text in one form, or nothing."""
    part = message.get_body(preferencelist=(form,))
    if part is None:
        return ""
    data = part.get_payload(decode=True) or b""
    try:
        text = data.decode(part.get_content_charset("utf-8"))
    except (LookupError, UnicodeError):  # a charset that is misnamed, or no name of one
        text = decode(data)
    if form == "html":
        return html_text(text)
    text = text.replace("\r\n", "\n")
    if part.get_param("format") == "flowed":
        # A space before a line end marks where the mail program, not the author, broke the line (RFC 3676).
        text = re.sub(r"(?<!^--) \n(?!>)", "" if part.get_param("delsp") == "yes" else " ", text, flags=re.M)
    return tidy(text)

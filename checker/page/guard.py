"""What stands between the network and the pages: who may come in, how much they may bring, what leaves.

The rules are those of the OWASP Application Security Verification Standard that apply to a page with forms
and one cookie: host names known, requests from other sites refused, sizes bounded, and headers that let a
browser run and fetch nothing but what this server sends.
"""

import hashlib
import hmac
import secrets
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable
from threading import Lock

import msgspec
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, cookie_parser
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from checker.page.refused import FAULT, Refused

LARGEST_REQUEST = 20_000_000
"""Bytes of one request: an upload and the form around it."""

LARGEST_TOGETHER = 200_000_000
"""Bytes of all requests that are on their way in."""

COOKIE = "checker"
"""A random number that tells people's spreadsheets apart; gone when the browser is closed."""

STAYS = 12 * 3600
"""Seconds after which the password is asked for again: longer than a working day."""

MOST_INSIDE = 10_000
MOST_TRIES = 5
TRIES_WITHIN = 60
"""Wrong passwords, of all people together, that are looked at within so many seconds."""

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
"""Sent with every answer; no page is kept by a browser or on the way."""

STATIC = "/static/"


class Door(msgspec.Struct, frozen=True, kw_only=True):
    """Who may come in.

    Attributes
    ----------
    hosts : frozenset of str
        The names, without port, under which the page may be asked for; another name is a trick to reach
        a page on somebody's own machine (DNS rebinding).
    password : str, optional
        The argon2 hash of the password that everybody gives.
    user_header : str, optional
        The header in which a proxy says who has signed in; needs `proxies`.
    proxies : frozenset of str
        Addresses whose word on the user and on HTTPS is taken.
    """

    hosts: frozenset[str]
    password: str | None = None
    user_header: str | None = None
    proxies: frozenset[str] = frozenset()


class Guard:
    """ASGI middleware around all pages.

    Parameters
    ----------
    app : ASGI application
    door : Door
    say_no : callable
        Makes the page for a status and a sentence.
    """

    def __init__(self, app: ASGIApp, door: Door, say_no: Callable[[int, str], HTMLResponse]):
        self.app = app
        self.door = door
        self.say_no = say_no
        self._secret = secrets.token_bytes(32)
        self._inside: dict[str, float] = {}
        self._tries: deque[float] = deque(maxlen=MOST_TRIES)
        self._trying = Lock()
        self._coming_in = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        begun = False

        async def start(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith(STATIC):
                    headers["Cache-Control"] = "no-cache"  # kept, but asked about each time
                if cookie := scope["state"].get("new_cookie"):
                    headers.append("Set-Cookie", cookie)
            await send(message)

        scope.setdefault("state", {})
        bounded = _Bounded(self, receive)
        try:
            self._let_in(scope)
            bounded.check_said(Headers(scope=scope))
            if not self._must_enter(scope):
                await self.app(scope, bounded, start)
            elif scope["method"] == "POST" and scope["state"]["from_own_page"]:
                # Signed out with a form open: the door takes what was typed along.
                scope["state"]["wanted"] = scope["path"]
                await self.app(scope | {"path": "/enter"}, bounded, start)
            else:
                await RedirectResponse("/enter", 303)(scope, receive, start)
        except ClientDisconnect:
            pass
        except Refused as no:
            await self.say_no(no.status, no.message)(scope, receive, start)
        except Exception as error:
            _report(error)
            if not begun:
                await self.say_no(500, FAULT)(scope, receive, start)
        finally:
            bounded.close()

    def _let_in(self, scope: Scope) -> None:
        """Check host, proxy and origin, and say in the scope who this is."""
        headers = Headers(scope=scope)
        if _host(headers.get("host", "")) not in self.door.hosts:
            raise Refused(400, "This page is not called by that name; use the address that it was given.")
        peer = (scope.get("client") or ("", 0))[0]
        from_proxy = peer in self.door.proxies
        secure = scope["scheme"] == "https" or (
            from_proxy and headers.get("x-forwarded-proto", "") == "https"
        )
        origin = headers.get("origin")
        if scope["method"] not in ("GET", "HEAD") and (
            headers.get("sec-fetch-site", "none") not in ("same-origin", "none")  # none: loaded anew by hand
            or (origin and origin.partition("://")[2] != headers.get("host"))
        ):
            raise Refused(
                403, "That was sent from another site; open this page itself and send it from there."
            )
        # Some old browsers say neither: what they send may come from anywhere.
        own = headers.get("sec-fetch-site") == "same-origin" or bool(origin)
        user = ""
        if self.door.user_header:
            said = headers.getlist(self.door.user_header) if from_proxy else []
            user = said[0] if len(said) == 1 else ""  # a second one may be the visitor's own
            if not user:
                raise Refused(403, "Sign in first, through the address that your IT service gives out.")
        visitor = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
        if not 40 <= len(visitor) <= 64 or not visitor.isascii():
            visitor = self._welcome(scope["state"], secure)
        state = scope["state"]
        state.update(visitor=visitor, secure=secure, from_own_page=own)
        for purpose in ("person", "token"):
            words = f"{purpose}\0{visitor}\0{user}".encode()
            state[purpose] = hmac.new(self._secret, words, hashlib.sha256).hexdigest()

    def _welcome(self, state: dict, secure: bool) -> str:
        """Give a visitor a new number."""
        visitor = secrets.token_urlsafe(32)
        # Lax, not strict: whoever follows a link from an e-mail keeps the spreadsheet that is open elsewhere,
        # and no request that a link can make changes anything.
        state["new_cookie"] = f"{COOKIE}={visitor}; Path=/; HttpOnly; SameSite=Lax" + "; Secure" * secure
        return visitor

    def _must_enter(self, scope: Scope) -> bool:
        if not self.door.password or scope["path"].startswith(STATIC) or scope["path"] == "/enter":
            return False
        return self._inside.get(scope["state"]["visitor"], 0) < time.monotonic()

    def enter(self, state: dict, password: str) -> None:
        """Let a visitor in, under a new number; `Refused` where the password is wrong.

        Raises
        ------
        Refused
            Where the password is wrong, or too many wrong ones came of late.
        """
        from argon2 import PasswordHasher
        from argon2.exceptions import Argon2Error, InvalidHashError

        now = time.monotonic()
        with self._trying:  # one at a time: each takes the memory and the time that make guessing slow
            if len(self._tries) == MOST_TRIES and now - self._tries[0] < TRIES_WITHIN:
                raise Refused(429, "Too many wrong passwords were given; wait a minute and try again.")
            try:
                PasswordHasher().verify(self.door.password, password)
            except (Argon2Error, InvalidHashError):
                self._tries.append(now)
                raise Refused(403, "That is not the password; try again.") from None
            self._inside = {who: until for who, until in self._inside.items() if until > now}
            if len(self._inside) >= MOST_INSIDE:
                self._inside.pop(next(iter(self._inside)))
            self._inside[self._welcome(state, state["secure"])] = now + STAYS

    def leave(self, visitor: str) -> None:
        """Ask this visitor for the password again."""
        self._inside.pop(visitor, None)


class _Bounded:
    """A request's body, counted as it comes in."""

    def __init__(self, guard: Guard, receive: Receive):
        self.guard, self.receive, self.size = guard, receive, 0

    async def __call__(self) -> Message:
        message = await self.receive()
        more = len(message.get("body", b""))
        self.size += more
        self.guard._coming_in += more
        if self.size > LARGEST_REQUEST:
            raise Refused(413, _TOO_LARGE)
        if self.guard._coming_in > LARGEST_TOGETHER:
            raise Refused(503, "Many files are coming in at this moment; try again in a minute.")
        return message

    def check_said(self, headers: Headers) -> None:
        """Refuse by what the request says of its size, before it comes."""
        said = headers.get("content-length", "0")
        if said.isdigit() and int(said[:12]) > LARGEST_REQUEST:
            raise Refused(413, _TOO_LARGE)

    def close(self) -> None:
        self.guard._coming_in -= self.size


_TOO_LARGE = f"That is more than {LARGEST_REQUEST // 1_000_000} MB; send a smaller file."


def _host(header: str) -> str:
    """A host header without its port, in small letters."""
    name, colon, port = header.rpartition(":")
    return (name if colon and port.isdigit() else header).lower()


def _report(error: Exception) -> None:
    """Say on standard error what kind of fault it was and where, and no more: its message may quote a note."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    print(f"Fault: {type(error).__name__} at {where.filename}:{where.lineno}", file=sys.stderr)

"""The page under load, beside the bare `Checker` in the same run.

    python -m benchmarks.page            both
    python -m benchmarks.page many       one of them: many, beside

The visitors share the cores with the server, as do the notes: absolute figures depend on the machine and
its other work.
"""

import asyncio
import csv
import io
import re
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.__main__ import texts
from checker.checking import Checker
from checker.record import Record

USERS = 50
ROUNDS = 6
SECONDS = 10
NOTES = 250
"""In each round users stop at whichever comes first; then the bare checker has the same notes, so that other
work on the machine falls on both."""

ROWS = 10_000
SINGLES = 40


class Visitor:
    """Somebody with one connection, one cookie and one token, who speaks just enough HTTP."""

    async def come(self, port: int) -> None:
        """Open the page."""
        self.port = port
        await self.connect()
        self.head = f"Host: 127.0.0.1:{port}\r\n"
        _, head, body = await self.ask("GET", "/")
        cookie = re.search(r"set-cookie: ([^;]+)", head, re.I)[1]
        self.token = re.search(r'name="token" value="(\w+)"', body.decode())[1]
        self.head += f"Cookie: {cookie}\r\n"

    async def connect(self) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)

    async def ask(
        self, method: str, path: str, body: bytes = b"", kind: str = "application/x-www-form-urlencoded"
    ) -> tuple[int, str, bytes]:
        """Ask for a page; its status, its head and its body."""
        if self.reader.at_eof():  # the server closes a connection that was idle
            await self.connect()
        sent = f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n" if body else ""
        self.writer.write(f"{method} {path} HTTP/1.1\r\n{self.head}{sent}\r\n".encode() + body)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = int(re.search(r"content-length: (\d+)", head, re.I)[1])
        return int(head.split()[1]), head, await self.reader.readexactly(length)

    async def paste(self, text: str) -> float:
        """Have a note checked; the seconds it took."""
        start = time.perf_counter()
        status, _, body = await self.ask(
            "POST", "/note", urlencode({"token": self.token, "note": text}).encode()
        )
        if status != 200 or b"What the note shows" not in body:
            raise RuntimeError(f"the page answered {status}")
        return time.perf_counter() - start

    async def upload(self, rows: list[tuple[str, str]]) -> None:
        """Have a spreadsheet checked."""
        table = io.StringIO()
        csv.writer(table).writerows([("id", "text"), *rows])
        head = f'--b\r\nContent-Disposition: form-data; name="token"\r\n\r\n{self.token}\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="rows.csv"\r\n\r\n'
        body = head.encode() + table.getvalue().encode() + b"\r\n--b--\r\n"
        for path, sent, kind in (
            ("/many/file", body, "multipart/form-data; boundary=b"),
            ("/many/start", urlencode({"token": self.token, "text": "text", "id": "id"}).encode(), None),
        ):
            status, head, _ = await self.ask("POST", path, sent, *([kind] if kind else []))
            if status != 303:
                raise RuntimeError(f"{path} answered {status}")


class Server:
    """`checker serve` in a process of its own."""

    def __enter__(self) -> int:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        command = [Path(sys.executable).with_name("checker"), "serve", "--port", str(port)]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self.process.stderr.readline()
        return port

    def __exit__(self, *error) -> None:
        self.process.terminate()
        if said := self.process.communicate()[1]:
            print(f"the server complained: {said}")


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def many() -> None:
    """So many users pasting notes, one after the other, against the bare checker on the same notes."""
    checker = Checker()
    checker.wait()

    async def users(visitors: list[Visitor]) -> tuple[float, list[float]]:
        await asyncio.gather(*(visitor.connect() for visitor in visitors))
        left, times = texts(NOTES), []
        start = time.perf_counter()

        async def use(visitor: Visitor) -> None:
            for _, text in left:
                times.append(await visitor.paste(text))
                if time.perf_counter() > start + SECONDS:
                    return

        await asyncio.gather(*map(use, visitors))
        return time.perf_counter() - start, times

    def bare(n: int) -> float:
        start = time.perf_counter()
        for _ in checker.check_records(Record(text=text, id="note", source="") for _, text in texts(n)):
            pass
        return time.perf_counter() - start

    async def rounds(port: int) -> tuple[float, float, list[float]]:
        visitors = [Visitor() for _ in range(USERS)]
        await asyncio.gather(*(visitor.come(port) for visitor in visitors))
        took, alone, times = 0.0, 0.0, []
        for _ in range(ROUNDS):
            seconds, found = await users(visitors)
            took, alone, times = took + seconds, alone + bare(len(found)), times + found
        return took, alone, times

    with Server() as port:
        took, alone, times = asyncio.run(rounds(port))
    print(
        f"many: {USERS} users, {len(times):,} notes, no error: {len(times) / took:.1f} a second, p95 {p95(times):.2f} s; "
        f"bare Checker: {len(times) / alone:.1f} a second; share {alone / took:.0%}; wanted: at least 80%"
    )


def beside() -> None:
    """One user's single notes beside another's long spreadsheet."""

    async def users(port: int) -> list[float]:
        one, other = Visitor(), Visitor()
        await one.come(port)
        await other.come(port)
        notes = [text for _, text in texts(SINGLES)]
        await other.upload([(id_, text[:1500]) for id_, text in texts(ROWS)])
        await asyncio.sleep(2)
        times = [await one.paste(text) for text in notes]
        status, _, body = await other.ask("GET", "/many/how-far")
        if status != 200 or b'"finished":true' in body:
            raise RuntimeError("the spreadsheet was done before the notes")
        return times

    with Server() as port:
        times = asyncio.run(users(port))
    print(
        f"beside: {SINGLES} single notes beside {ROWS:,} rows: median {statistics.median(times):.2f} s, "
        f"p95 {p95(times):.2f} s; wanted: p95 under 2 s"
    )


if __name__ == "__main__":
    for name in sys.argv[1:] or ["many", "beside"]:
        globals()[name]()

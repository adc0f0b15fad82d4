"""What the command `checker serve` promises."""

import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner

from checker.cli import main

CHECKER = Path(sys.executable).with_name("checker")


def serve(*arguments) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["serve", *map(str, arguments)])
    return done.exit_code, done.output


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def test_it_listens_on_this_machine_alone_keeps_no_log_and_stops_when_told(port):
    server = subprocess.Popen([CHECKER, "serve", "--port", str(port)], stdout=-1, stderr=-1, text=True)
    try:
        first = server.stderr.readline()
        assert first == f"The page is at http://127.0.0.1:{port} - stop it with Ctrl-C.\n"
        address = f"http://127.0.0.1:{port}"
        assert httpx2.get(address).status_code == 200
        kind = {"content-type": "multipart/form-data; boundary=b"}
        assert httpx2.post(f"{address}/note", content=b"--Zebediah", headers=kind).status_code == 400
        with socket.create_connection(("127.0.0.1", port)) as raw:
            raw.sendall(b"Zebediah Quillfeather\r\n\r\n")
            assert raw.recv(100).startswith(b"HTTP/1.1 400")
        elsewhere = socket.gethostbyname(socket.gethostname())
        if not elsewhere.startswith("127."):
            with pytest.raises(OSError):
                socket.create_connection((elsewhere, port), timeout=2)
        started = time.monotonic()
    finally:
        server.terminate()
    out, err = server.communicate(timeout=10)
    assert (out, err) == ("", "")
    assert time.monotonic() - started < 5


def test_a_port_that_is_taken_is_said_in_a_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run([CHECKER, "serve", "--port", str(port)], capture_output=True, text=True)
    assert done.returncode == 2 and f"Port {port} is taken" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--address", "0.0.0.0"], "say so with --allow-remote"),
        (["--address", "0.0.0.0", "--allow-remote"], "--allow-remote needs --password-file"),
        (["--user-header", "X-User"], "only believed from a proxy"),
        (["--address", "::", "--allow-remote", "--user-header", "X-User", "--proxy", "::1"], "--host-name"),
        (["--certificate", __file__], "go together"),
        (["--password-file", __file__], "holds no argon2 hash"),
    ],
)
def test_what_would_leave_the_door_open_is_refused(arguments, sentence):
    status, said = serve(*arguments)
    assert status == 2 and sentence in said


def test_a_new_password_is_printed_as_its_hash():
    done = CliRunner().invoke(
        main, ["serve", "--new-password"], input="four words or more\nfour words or more\n"
    )
    assert PasswordHasher().verify(done.output.split()[-1], "four words or more")
    assert CliRunner().invoke(main, ["serve", "--new-password"], input="short\nshort\n").exit_code == 2


def test_the_help_says_what_another_address_needs():
    status, said = serve("--help")
    assert status == 0
    for words in ("--allow-remote", "--password-file", "--user-header", "--proxy", "argon2"):
        assert words in said

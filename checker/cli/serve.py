"""`checker serve`: the page, for people who install nothing."""

import sys
from pathlib import Path

import click

from checker.cli.opening import config_option, jobs_option, model_option, open_checker, wait_for_model

OWN_MACHINE = ("127.0.0.1", "localhost", "::1")
USUAL_PORT = 8765


@click.command()
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help=f"The port to listen on: {USUAL_PORT}, or with --open a free one where that is taken.",
)
@click.option("--open", "open_", is_flag=True, help="Open the page in the browser.")
@click.option(
    "--address",
    default=OWN_MACHINE[0],
    show_default=True,
    help="The address to listen on; any but this machine's own needs --allow-remote.",
)
@click.option(
    "--allow-remote",
    is_flag=True,
    help="Let other machines in; needs --password-file, or --user-header with --proxy.",
)
@click.option(
    "--host-name",
    multiple=True,
    help="A name that people call the page by, such as checker.council.example; repeat for more.",
)
@click.option(
    "--password-file",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help="A file with the hash of the password that everybody gives; see --new-password.",
)
@click.option("--new-password", is_flag=True, help="Ask for a password, print its argon2 hash, and stop.")
@click.option("--user-header", help="The header in which a trusted proxy says who has signed in.")
@click.option(
    "--proxy",
    multiple=True,
    help="The address of a proxy whose word on user and HTTPS is taken; repeat for more.",
)
@click.option(
    "--certificate", type=click.Path(dir_okay=False, exists=True), help="The certificate for HTTPS."
)
@click.option("--key", type=click.Path(dir_okay=False, exists=True), help="The key of the certificate.")
@jobs_option
@model_option
@config_option
def serve(
    port, open_, address, allow_remote, host_name, password_file, new_password, user_header, proxy, certificate,
    key, jobs, model, config,
):  # fmt: skip
    """Open the page: check notes and spreadsheets in a browser.

    It listens on this machine alone unless told otherwise. What people send is held in memory, never on a
    disk, and no word of it comes into a log. Stop it with Ctrl-C.
    """
    if new_password:
        click.echo(_hash_of(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)))
        return
    _check_remote(address, allow_remote, host_name, password_file, user_header, proxy)
    if bool(certificate) != bool(key):
        raise click.UsageError("--certificate and --key go together.")
    door = _door(address, host_name, password_file, user_header, proxy)
    checker = open_checker((), config, model, jobs)
    from checker.page.app import application  # read while the network opens

    app = application(checker, door, model)
    wait_for_model(checker)
    if address not in OWN_MACHINE and password_file and not certificate and not proxy:
        click.echo(
            "The password crosses the network in the clear: add --certificate, or a proxy with HTTPS.",
            err=True,
        )
    _run(app, address, port, open_, certificate, key)


def _check_remote(address, allow_remote, host_name, password_file, user_header, proxy) -> None:
    if user_header and not proxy:
        raise click.UsageError("--user-header is only believed from a proxy: name its address with --proxy.")
    for name in host_name:
        if set("/:") & set(name):
            raise click.UsageError(f"{name} is no bare name: give --host-name without https:// and port.")
    if address in OWN_MACHINE:
        return
    if not allow_remote:
        raise click.UsageError(f"{address} lets other machines in: say so with --allow-remote.")
    if not (password_file or user_header):
        raise click.UsageError("--allow-remote needs --password-file, or --user-header with --proxy.")
    if not host_name:
        raise click.UsageError("--allow-remote needs the page's name: --host-name checker.council.example.")


def _door(address, host_name, password_file, user_header, proxy):
    from checker.page.guard import Door
    from checker.read.plain import decode

    # Windows PowerShell writes what is sent to a file as UTF-16.
    password = decode(password_file.read_bytes()).strip() if password_file else None
    if password_file and not password.startswith("$argon2"):
        raise click.UsageError(
            f"{password_file} holds no argon2 hash; make one with checker serve --new-password."
        )
    names = frozenset(name.lower() for name in (*host_name, address, *OWN_MACHINE, "[::1]"))
    return Door(hosts=names, password=password, user_header=user_header, proxies=frozenset(proxy))


def _hash_of(password: str) -> str:
    from argon2 import PasswordHasher

    if len(password) < 12:
        raise click.UsageError("That is too short: take twelve characters or more, such as four words.")
    return PasswordHasher().hash(password)


def _run(app, address: str, port: int | None, open_: bool, certificate: str | None, key: str | None) -> None:
    """Serve until stopped, without a log: what libraries log quotes what they read."""
    import gc
    import logging
    import webbrowser

    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets=None) -> None:
            await super().startup(sockets=sockets)
            if self.started:
                taken = self.servers[0].sockets[0].getsockname()[1]
                name = f"[{address}]" if ":" in address else address
                where = f"http{'s' if certificate else ''}://{name}:{taken}"
                click.echo(f"The page is at {where} - stop it with Ctrl-C.", err=True)
                if open_:
                    webbrowser.open(where)

    def serve_at(number: int) -> None:
        config = uvicorn.Config(
            app,
            host=address,
            port=number,
            log_level="critical",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="none",
            limit_concurrency=500,
            timeout_graceful_shutdown=2,
            ssl_certfile=certificate,
            ssl_keyfile=key,
        )
        try:
            config.load()
        except OSError:
            raise click.UsageError(
                f"{certificate} and {key} are no certificate with its key; both must be in PEM form."
            ) from None
        Server(config).run()

    logging.disable()
    gc.enable()  # switched off for commands that end soon
    # Whoever has the page opened for them need not know its port, so that any will do where the usual one is
    # taken: on a machine that several people work on, or after a second double-click.
    for number in [port or USUAL_PORT] + [0] * (open_ and port is None):
        try:
            return serve_at(number)
        except SystemExit:  # it cannot listen there
            continue
        except KeyboardInterrupt:
            sys.exit(0)
    raise click.UsageError(
        f"Port {port or USUAL_PORT} of {address} is taken, or is not this machine's; choose another with --port or "
        "--address."
    )

"""`catdog-cli serve`."""

import os
import secrets
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from trainer.cli.console import AsJson, interruptible, print_json, say, say_note
from trainer.cli.photo_choice import Device, Model, default_model
from trainer.core.errors import SettingError

# In import statements, and for pip, which takes _ for -.
_NEEDED = ("starlette", "uvicorn", "python_multipart")
_TOKEN = "CATDOG_TOKEN"  # noqa: S105 - the name of the variable


def serve(
    *,
    model: Model = None,
    host: Annotated[str, typer.Option(help="The address to listen on. By default: this computer alone.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on; 0 takes any that is free.")] = 8000,
    device: Device = "auto",
    token: Annotated[
        str | None,
        typer.Option(
            help=f"What callers have to send as Authorization: Bearer TOKEN. Others can see it in the list of "
            f"processes, so rather set {_TOKEN}.",
            show_default=False,
        ),
    ] = None,
    new_token: Annotated[bool, typer.Option("--new-token", help="Make a token and print it.")] = False,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="A name that callers may use besides localhost and addresses.", show_default=False
        ),
    ] = None,
    page: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Serve this page at /, such as one of export --to web. Anybody who reaches the service may read it, "
            "and the model in it.",
            show_default=False,
            readable=False,
        ),
    ] = None,
    max_mb: Annotated[float, typer.Option(help="Size of one request in MB.")] = 64,
    max_photos: Annotated[int, typer.Option(help="Photos in one request.")] = 64,
    queue: Annotated[int, typer.Option(help="Photos that wait, of all callers together.")] = 256,
    timeout: Annotated[float, typer.Option(help="Seconds for a request to arrive, and for its verdicts.")] = 30,
    json: AsJson = False,
) -> None:
    """Serve a model to programs on HTTP, until Ctrl+C.

    POST /predict takes photos, as a form (curl -F photo=@cat.jpg) or one as the body, and answers as predict --json
    does. GET /models, /health and /openapi.json say more, and a browser finds a page at /. Where other computers can
    reach it, it demands a token.
    """
    _refuse_without_parts()
    if new_token and token is not None:
        raise SettingError("--token and --new-token exclude each other.", remedy="Use one of them.")
    from trainer.serve.address import check_token, is_loopback, listen, url  # noqa: PLC0415 - optional
    from trainer.serve.limits import limits  # noqa: PLC0415

    allowed = limits(megabytes=max_mb, photos=max_photos, queue=queue, seconds=timeout)
    demanded = secrets.token_urlsafe() if new_token else token or os.environ.get(_TOKEN) or None
    path = model or default_model()
    with interruptible() as control, listen(host, port) as listening:
        check_token(listening, demanded)
        from trainer.serve.page import page_files  # noqa: PLC0415
        from trainer.serve.run import serve as run  # noqa: PLC0415 - torch takes seconds; --help must not
        from trainer.serve.service import Service  # noqa: PLC0415

        page_files(page)  # refused before the model is loaded
        service = Service.load(path, allowed, device=device)
        if json:
            print_json({"url": url(listening), "token": demanded if new_token else None, "model": service.model})
        else:
            say(url(listening))
            if new_token:
                say(f"Token: {demanded}")
            reach = "this computer alone" if is_loopback(listening) else "other computers, too"
            say_note(f"{service.model.title} is served to {reach}. End it with Ctrl+C.")
        names = [host, *(allow_host or [])]
        run(service, listening, token=demanded, names=names, page=page, cancelled=control.should_stop)


def _refuse_without_parts() -> None:
    """Raise SettingError where what speaks HTTP is missing: it is optional, and the installers leave it out."""
    if all(map(find_spec, _NEEDED)):
        return
    if getattr(sys, "frozen", False):
        remedy = "Use a CatDog that was installed by pip, from its source."
    else:
        remedy = f"Install what it needs: pip install {' '.join(_NEEDED)}"
    raise SettingError("The service is not installed here.", remedy=remedy)

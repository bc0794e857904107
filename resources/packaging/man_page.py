"""The manual page of catdog-cli, made of what its commands say of themselves with --help."""

import re
from typing import Any

from project import VERSION, release_date
from typer.main import get_command

from trainer.cli.app import app

_MARKUP = re.compile(r"\[/?[a-z]+( [a-z]+)*\]")


def command_line_page() -> str:
    """Return the page in the man macros."""
    group: Any = get_command(app)
    lines = [
        f'.TH CATDOG\\-CLI 1 "{release_date():%Y-%m-%d}" "CatDog {VERSION}" "User Commands"',
        ".SH NAME",
        "catdog\\-cli \\- train, test and use a network that tells two kinds of photos apart",
        ".SH SYNOPSIS",
        "\\fBcatdog\\-cli\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR...] [\\fIARGUMENT\\fR...]",
        ".SH DESCRIPTION",
        *_paragraphs(group.help),
        ".SH COMMANDS",
    ]
    for name, command in group.commands.items():
        lines += _command(name, command)
    lines += [".SH EXIT STATUS", "0 done, 1 failed, 2 wrong use, 130 interrupted.", ".SH SEE ALSO", ".BR catdog (1)"]
    return "\n".join(lines) + "\n"


def _command(name: str, command: Any) -> list[str]:
    arguments = [parameter for parameter in command.params if parameter.param_type_name == "argument"]
    options = [parameter for parameter in command.params if parameter.param_type_name == "option"]
    words = " ".join(f"\\fI{_escaped(one.metavar or one.name.upper())}\\fR" for one in arguments)
    lines = [f".SS catdog\\-cli {_escaped(name)} {words}", *_paragraphs(command.help)]
    for one in options:
        if getattr(one, "hidden", False):
            continue
        names = ", ".join(f"\\fB{_escaped(word)}\\fR" for word in (*one.opts, *one.secondary_opts))
        lines += [".TP", names, *_paragraphs(one.help)]
    return lines


def _paragraphs(text: str | None) -> list[str]:
    clean = _MARKUP.sub("", text or "")
    lines = [_escaped(" ".join(part.split())) for part in clean.split("\n\n")]
    return "\n.PP\n".join(line for line in lines if line).split("\n")


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text.startswith((".", "'")) else text

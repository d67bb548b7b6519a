"""What went wrong, in words for the person at the terminal.

A user's mistake is a message and exit code 2; only a fault of ours is an internal error, with code 1.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from contextlib import suppress

# Typer carries its own click, and exports no base class of usage errors.
from typer._click.exceptions import ClickException

from adwright.errors import AdwrightError, DiskFullError, InputError

__all__ = ["BROKEN_PIPE", "INTERNAL", "STOPPED", "as_adwright", "report", "report_stop", "settle_stdout"]

INTERNAL, BROKEN_PIPE, STOPPED = 1, 1, 130
STOP = "Stopped. What was finished is kept; run the same command again to go on."


def as_adwright(error: Exception) -> AdwrightError | None:
    """The same fault as an error for users; None if it is none of theirs."""
    from pydantic import ValidationError

    from adwright.config import field_faults
    from adwright.runs import is_disk_full

    if isinstance(error, AdwrightError):
        return error
    if is_disk_full(error):
        return DiskFullError(
            "no room left on the disk",
            where=str(getattr(error, "filename", None) or ""),
            fix="free some room and run the same command again: what was finished is kept",
        )
    if isinstance(error, ValidationError):
        return InputError(field_faults(error), fix="correct these options; --help says what they mean")
    if isinstance(error, OSError) and error.filename is not None:
        return InputError(
            (error.strerror or "not accessible").lower(),
            where=str(error.filename),
            fix="check the path, and that you may read and write there",
        )
    return None


def report(error: Exception, *, as_json: bool, debug: bool) -> int:
    """Say what went wrong on standard error, and with ``as_json`` as JSON on standard output.

    Returns:
        the exit code.
    """
    if debug:
        traceback.print_exception(error)
    if isinstance(error, ClickException):
        error.show(file=sys.stderr)
        _print_json(as_json, "UsageError", error.format_message(), fix="--help says what is permitted")
        return error.exit_code
    known = as_adwright(error)
    if known is not None:
        print(known, file=sys.stderr)
        _print_json(as_json, type(known).__name__, known.what, where=known.where, fix=known.fix)
        return known.exit_code
    first = (str(error).strip().splitlines() or ["no message"])[0]
    what = f"internal error ({type(error).__name__}: {first})"
    fix = "please report it, with the trace that 'adwright --debug …' shows for the same command"
    print(f"{what}; {fix}", file=sys.stderr)
    _print_json(as_json, "InternalError", what, fix=fix)
    return INTERNAL


def report_stop(*, as_json: bool) -> int:
    """Ctrl-C: say that nothing is lost."""
    print(STOP, file=sys.stderr)
    _print_json(as_json, "Stopped", STOP)
    return STOPPED


def _print_json(wanted: bool, kind: str, what: str, *, where: str = "", fix: str = "") -> None:
    if wanted:
        content = {"error": {"kind": kind, "what": what, "where": where, "fix": fix}}
        with suppress(OSError):  # a full disk may be what is reported
            print(json.dumps(content, indent=2, ensure_ascii=False))


def settle_stdout() -> None:
    """Write what is buffered; if that fails, drop it, so that the interpreter closes without complaint."""
    try:
        sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)

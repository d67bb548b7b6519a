"""The command line: thin commands over ``adwright.verbs``, of the same names and options."""

from __future__ import annotations

from adwright.cli.entry import app, main

__all__ = ["app", "main"]

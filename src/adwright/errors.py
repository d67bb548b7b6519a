"""Everything that adwright raises on purpose.

AdwrightError              any of the below; the command line prints it and exits with 2
├── InputError             a file, row or field that the user gave is wrong
│   ├── TableError         an ad table or an export cannot be read as one
│   ├── RecipeError        a recipe has faults; all of them are listed
│   └── BriefError         a text or brief cannot be worked with
├── NotFoundError          a run, model, file or recipe that was named is not there
├── NotEnoughDataError     what was asked cannot be computed from so little
├── ModelError             a model cannot be loaded, or its files are damaged
├── RunError               a run folder is damaged, or in use by another process
│   └── DiskFullError      no room left; what was there before is whole
└── EngineError            a generation engine (llama.cpp, an endpoint) failed

A message says what is wrong, where (file, row, field), and what to do about it.
"""

from __future__ import annotations

__all__ = [
    "AdwrightError",
    "BriefError",
    "DiskFullError",
    "EngineError",
    "InputError",
    "ModelError",
    "NotEnoughDataError",
    "NotFoundError",
    "RecipeError",
    "RunError",
    "TableError",
]


class AdwrightError(Exception):
    """Base of all errors that adwright raises on purpose.

    Args:
        what: what is wrong, in one sentence.
        where: file, row and field, if known ("exports/may.csv, row 14, column clicks").
        fix: what the user can do about it.
    """

    exit_code = 2

    def __init__(self, what: str, *, where: str = "", fix: str = "") -> None:
        self.what, self.where, self.fix = what, where, fix
        super().__init__(what)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.what}" + (f"\n  To fix: {self.fix}" if self.fix else "")


class InputError(AdwrightError):
    """A file, row or field that the user gave is wrong."""


class TableError(InputError):
    """An ad table or an export cannot be read as one."""


class RecipeError(InputError):
    """A recipe has faults; ``what`` lists all of them."""


class BriefError(InputError):
    """A text or brief cannot be worked with."""


class NotFoundError(AdwrightError):
    """A run, model, file or recipe that was named is not there."""


class NotEnoughDataError(AdwrightError):
    """What was asked cannot be computed from so little data."""


class ModelError(AdwrightError):
    """A model cannot be loaded, or its files are damaged."""


class RunError(AdwrightError):
    """A run folder is damaged, or in use by another process."""


class DiskFullError(RunError):
    """No room left on the disk; what was there before is whole."""


class EngineError(AdwrightError):
    """A generation engine failed."""

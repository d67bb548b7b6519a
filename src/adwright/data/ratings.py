"""Texts that people are to rate, and the files of their ratings.

A ratings file is JSON Lines, one :class:`adwright.records.Rating` a line; it grows by a line or loses one. A
session that is killed leaves at most half a last line, which the next one drops.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from adwright.data.importers import read_rows
from adwright.data.table import Fault, listed
from adwright.errors import InputError, NotFoundError, TableError
from adwright.records import Brief, Placement, Rating
from adwright.runs import write_text
from adwright.text import LIMITS, measure

__all__ = [
    "Item",
    "append_rating",
    "read_items",
    "read_ratings",
    "resume_ratings",
    "undo_rating",
]

PLACES: tuple[Placement, ...] = ("headline", "description", "primary_text")
"""By length, for texts that come without a placement."""
START = b'{"source":'
"""How each line that we write begins."""
SHOWN = 20
MARK = b"\xef\xbb\xbf"
"""What some editors put at the beginning of a file in UTF-8."""


class Item(BaseModel):
    """A text to be rated: what it stands for, what it advertises, and who wrote it."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    text: str = Field(min_length=1)
    source: str = ""
    brief: Brief = Brief()
    writer: str = ""

    @property
    def question(self) -> tuple[str, str, Brief]:
        """What a rater is asked; see :attr:`adwright.records.Rating.question`."""
        return self.source, self.text, self.brief


def read_items(path: str | Path) -> list[Item]:
    """Texts to be rated.

    A table (JSON Lines, CSV, TSV, Parquet) has a text in each row, in the column ``text``, and where they
    are known its ``source``, its ``writer``, and its brief: as an object or JSON in the column ``brief``, or
    field by field in columns (``product``, ``brand``, ``facts`` as a list or with "; " between them …); where
    both say something the former holds. A text without a placement has the shortest that its source fits.
    A ``.json`` file is what ``adwright generate --json`` printed.

    Raises:
        NotFoundError: there is no such file.
        InputError: it is empty, unreadable, or has no texts; or rows are wrong, and the first five faults
            are listed with their row and column.
    """
    path = Path(path)
    if path.suffix.lower() == ".json":
        return _items(_variations(path), str(path))
    frame = read_rows(path)
    frame.columns = [str(name).strip() for name in frame.columns]
    frame = frame.loc[:, frame.columns.isin([*Item.model_fields, *Brief.model_fields])]
    if repeated := sorted(set(frame.columns[frame.columns.duplicated()])):
        raise TableError(
            f"columns occur twice: {', '.join(repeated)}", where=str(path), fix="keep one of each"
        )
    return _items(frame.to_dict("records"), str(path), list(frame.columns))


def _variations(path: Path) -> list[dict[str, Any]]:
    """Rows of what ``adwright generate --json`` printed."""
    fix = "give what 'adwright generate --json' printed, or a table"
    try:
        said = json.loads(path.read_text(encoding="utf-8-sig"))
        source = said["text"]
        return [
            {"text": one["text"], "source": source, "writer": one["origin"]} for one in said["variations"]
        ]
    except FileNotFoundError as error:
        raise NotFoundError(f"no file at {path}", fix=fix) from error
    except (ValueError, RecursionError) as error:
        what = "the file is empty" if path.stat().st_size == 0 else f"not JSON: {error}"
        raise InputError(what, where=str(path), fix=fix) from error
    except (KeyError, TypeError) as error:
        raise InputError("not the variations of a text", where=str(path), fix=fix) from error


def _items(rows: list[dict[str, Any]], where: str, columns: Sequence[str] = ("text",)) -> list[Item]:
    if not rows:
        raise InputError("no texts", where=where, fix="give at least one text to rate")
    if "text" not in columns:
        raise TableError("no column 'text'", where=where, fix="name the column of the texts to rate 'text'")
    items: list[Item] = []
    faults: list[Fault] = []
    for number, row in enumerate(rows, start=1):
        said = {name: cell for name, cell in row.items() if not _is_blank(cell)}
        try:
            items.append(_item(said))
        except ValidationError as error:
            faults += [(number, *_place_and_fault(fault, said)) for fault in error.errors(include_url=False)]
    if faults:
        raise TableError(listed(faults), where=where, fix="correct these cells, or leave out these rows")
    return items


def _item(said: dict[str, Any]) -> Item:
    brief = {name: said[name] for name in Brief.model_fields if name in said}
    nested = _object(said.get("brief"))
    if isinstance(nested, dict):
        brief |= {name: cell for name, cell in nested.items() if not _is_blank(cell)}
    facts: Any = brief.get("facts")
    if isinstance(facts, str):
        brief["facts"] = [fact.strip() for fact in facts.removesuffix(";").split("; ") if fact.strip()]
    elif hasattr(facts, "tolist"):  # an array, as Parquet gives lists
        brief["facts"] = facts.tolist()
    if "placement" not in brief:
        brief["placement"] = _placement(str(said.get("source", said.get("text", ""))).strip())
    given = {name: said[name] for name in ("text", "source", "writer") if name in said}
    return Item.model_validate({"text": "", **given, "brief": brief if isinstance(nested, dict) else nested})


def _object(cell: Any) -> Any:
    """The brief of a cell that holds an object, or the JSON of one; else the cell itself, which is none."""
    if not isinstance(cell, str):
        return {} if cell is None else cell
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return cell


def _placement(text: str) -> Placement:
    return next((place for place in PLACES if measure(text, place) <= LIMITS[place].max_chars), PLACES[-1])


def _is_blank(cell: Any) -> bool:
    if isinstance(cell, str):
        return not cell.strip()
    return bool(pd.api.types.is_scalar(cell) and pd.isna(cell))


def _place_and_fault(fault: Any, said: dict[str, Any]) -> tuple[str, str]:
    """Column of a fault (a brief's field may have one of its own), and what is wrong."""
    place = [str(part) for part in fault["loc"]]
    if place[0] == "brief" and len(place) > 1 and place[1] in said:
        place = place[1:]
    if fault["type"] == "string_too_short":
        return place[0], "empty"
    if place == ["brief"]:
        return "brief", "not the JSON of a brief"
    return ".".join(place), f"{fault['msg']} (given: {fault['input']!r:.60})"


def read_ratings(paths: str | Path | Iterable[str | Path]) -> list[Rating]:
    """Ratings of one or several files, in the order of files and lines.

    Raises:
        NotFoundError: one of the files is not there.
        InputError: one holds no ratings; or lines are wrong, and the first 20 are named with their file.
    """
    ratings: list[Rating] = []
    faults: list[str] = []
    for path in [paths] if isinstance(paths, str | Path) else paths:
        try:
            lines = _lines(Path(path).read_bytes())
        except FileNotFoundError as error:
            raise NotFoundError(f"no ratings at {path}", fix="make some with 'adwright rate FILE'") from error
        if not any(lines):
            raise InputError("no ratings", where=str(path), fix="rate some texts with 'adwright rate FILE'")
        ratings += _parse(lines, path, faults)
    _refuse(faults)
    return ratings


def resume_ratings(path: str | Path) -> list[Rating]:
    """Ratings that a file holds so far; half a last line, which a killed session left, is dropped from it.

    Args:
        path: a ratings file; none if nothing was rated yet.

    Raises:
        InputError: lines are wrong, and the first 20 are named; the file is left as it is.
    """
    path = Path(path)
    if not path.exists():
        return []
    content = path.read_bytes()
    lines = _lines(content)
    if _is_half(lines[-1]):
        lines[-1] = b""
    faults: list[str] = []
    ratings = _parse(lines, path, faults)
    _refuse(faults)
    if content and not content.endswith(b"\n"):
        _write(path, lines)
    return ratings


def append_rating(path: str | Path, rating: Rating) -> None:
    """Add a rating to a file; made if need be."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.write(rating.model_dump_json().encode() + b"\n")


def undo_rating(path: str | Path, rating: Rating) -> None:
    """Drop the last line that holds this rating.

    Raises:
        InputError: there is none any more.
    """
    path = Path(path)
    lines = _lines(path.read_bytes())
    same = (n for n, line in enumerate(lines) if line and Rating.model_validate_json(line) == rating)
    last = max(same, default=None)
    if last is None:
        raise InputError(
            "the rating to take back is not there any more",
            where=str(path),
            fix="leave the file alone while you rate, and start again",
        )
    _write(path, [*lines[:last], *lines[last + 1 :]])


def _lines(content: bytes) -> list[bytes]:
    return [line.strip() for line in content.removeprefix(MARK).split(b"\n")]


def _write(path: Path, lines: Iterable[bytes]) -> None:
    write_text(path, "".join(line.decode() + "\n" for line in lines if line))


def _is_half(line: bytes) -> bool:
    """Whether a last line, without its end, is the beginning of a line of ours."""
    if not line.startswith(START[: len(line)]):
        return False
    try:
        json.loads(line)
    except ValueError:
        return bool(line)
    return False


def _parse(lines: list[bytes], path: str | Path, faults: list[str]) -> list[Rating]:
    """Ratings of the lines that hold one; what is wrong with others is added to ``faults``."""
    ratings = []
    for number, line in enumerate(lines, start=1):
        try:
            ratings += [Rating.model_validate_json(line)] if line else []
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(map(str, first["loc"]))
            faults.append(f"  {path}, line {number}: {place + ': ' if place else ''}{first['msg']}")
    return ratings


def _refuse(faults: list[str]) -> None:
    if not faults:
        return
    more = [f"  and {len(faults) - SHOWN} more"] if len(faults) > SHOWN else []
    raise InputError(
        f"{len(faults)} fault{'s' if len(faults) > 1 else ''}:\n" + "\n".join([*faults[:SHOWN], *more]),
        fix="correct these lines, or leave them out; each is one rating as 'adwright rate' writes it",
    )

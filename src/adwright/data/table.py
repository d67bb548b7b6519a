"""The ad table: one row is one text shown in one context, with its counts.

It is checked once, where data enters; what is inside the package is trusted. What a column means
stands in :data:`adwright.records.TABLE_COLUMNS`.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pydantic import ValidationError

from adwright.errors import NotFoundError, TableError
from adwright.records import TABLE_COLUMNS, Brief

__all__ = ["REQUIRED_COLUMNS", "Fault", "listed", "numbers", "read_table", "usual", "validate", "write_table"]

REQUIRED_COLUMNS = ("test_id", "text", "impressions", "clicks")
ROLE = "role"
PERMITTED = {"split": ("", "train", "valid", "test"), ROLE: ("", "proxy", "independent")}
TRUTH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False, "": False}
LARGEST_COUNT = 2**53
SHOWN = 5

Fault = tuple[int, str, str]
"""Row, column, and what is wrong."""


def validate(frame: pd.DataFrame, where: str, *, rows: Sequence[int] | None = None) -> pd.DataFrame:
    """A typed copy with exactly the columns of the ad table (and "role", where there is one).

    Missing optional columns get their defaults: "" for words, false for ``flagged``, missing for
    ``conversions`` and ``spend``, ``{}`` for ``brief``, the row's number for ``row_id``.

    Args:
        frame: rows as they were read, of any types; unknown columns are left out.
        where: the file, for messages.
        rows: data row of the file (the first below the header is 1) that each row was, for
            messages; 1, 2, 3 … if not given.

    Raises:
        TableError: columns are missing, there are no rows, or cells are wrong; the first five
            faults are listed with their row and column.
    """
    missing = [name for name in REQUIRED_COLUMNS if name not in frame.columns]
    if missing:
        raise TableError(
            f"missing columns: {', '.join(missing)}; found {', '.join(map(str, frame.columns))}",
            where=where,
            fix=f"an ad table needs at least {', '.join(REQUIRED_COLUMNS)}",
        )
    if frame.empty:
        raise TableError("no rows", where=where, fix="give a table with at least one test of two texts")
    frame = frame.reset_index(drop=True)
    faults: list[Fault] = []
    columns = {name: _column(name, frame, faults) for name in [*TABLE_COLUMNS, ROLE] if name in frame.columns}
    found = pd.DataFrame(columns)
    for name in TABLE_COLUMNS:
        if name not in columns:
            found[name] = _default(name, len(frame))
    _check_rows(found, faults)
    if faults:
        if rows is not None:
            faults = [(rows[row - 1], column, what) for row, column, what in faults]
        raise TableError(listed(faults), where=where, fix="correct these cells, or leave out these rows")
    return found[[*TABLE_COLUMNS, *([ROLE] if ROLE in columns else [])]]


def _at(mask: Any) -> list[int]:
    return [int(i) for i in np.flatnonzero(mask)]


def listed(faults: list[Fault]) -> str:
    """The first five faults, by row, and how many more there are."""
    faults = sorted(faults)
    lines = [f"  row {row}, column {column}: {what}" for row, column, what in faults[:SHOWN]]
    if len(faults) > SHOWN:
        lines.append(f"  and {len(faults) - SHOWN} more")
    return f"{len(faults)} fault{'s' if len(faults) > 1 else ''}:\n" + "\n".join(lines)


def _default(name: str, rows: int) -> Any:
    if name == "row_id":
        return pd.Series(np.arange(1, rows + 1)).astype("str")
    if name == "flagged":
        return False
    if name == "conversions":
        return pd.Series(pd.NA, index=range(rows), dtype="Int64")
    if name == "spend":
        return np.nan
    return pd.Series("{}" if name == "brief" else "", index=range(rows), dtype="str")


def _column(name: str, frame: pd.DataFrame, faults: list[Fault]) -> pd.Series:
    if name in {"impressions", "clicks"}:
        return _whole(name, frame[name], faults).fillna(0).astype("int64")
    if name == "conversions":
        return _whole(name, frame[name], faults, optional=True)
    if name == "spend":
        return _number(name, frame[name], faults, optional=True)
    if name == "flagged":
        return _flags(frame[name], faults)
    words = _words(_as_json(frame[name], faults) if name == "brief" else frame[name])
    if name in PERMITTED:
        wrong = words[~words.isin(PERMITTED[name])]
        permitted = ", ".join(PERMITTED[name][1:])
        faults += [(i + 1, name, f"{value!r} is not {permitted}, or empty") for i, value in wrong.items()]
    return _briefs(words, faults) if name == "brief" else words


def _words(column: pd.Series) -> pd.Series:
    filled = column.astype("object").where(column.notna(), "")
    return filled.map(str).astype("str").str.strip()


def _as_json(briefs: pd.Series, faults: list[Fault]) -> pd.Series:
    """Briefs that came as objects (JSON) or structs (Parquet) as JSON."""
    found = briefs.astype("object")
    for i in _at(found.map(lambda value: isinstance(value, dict))):
        # A column of structs gives every row every field: null where the row has none.
        said = {name: value for name, value in found[i].items() if value is not None}
        try:
            found[i] = json.dumps(said, ensure_ascii=False, default=lambda array: array.tolist())
        except (AttributeError, TypeError):
            faults.append((i + 1, "brief", "not the JSON of a brief: values that JSON has no form for"))
            found[i] = ""
    return found


def numbers(column: pd.Series) -> pd.Series:
    """Floats of cells of any type; infinite beyond a float's range, NaN where a cell is no number."""
    if column.dtype == "object":
        column = column.map(lambda cell: _float(cell) if isinstance(cell, int) else cell)
    return pd.to_numeric(column, errors="coerce").astype("float64")


def _float(number: int) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf


def _number(name: str, column: pd.Series, faults: list[Fault], *, optional: bool = False) -> pd.Series:
    blank = column.isna() | (column.astype("object").map(str).str.strip() == "")
    found = numbers(column.where(~blank, np.nan))
    wrong = ~blank & ~np.isfinite(found)
    faults += [(i + 1, name, f"{column[i]!r} is not a number") for i in _at(wrong)]
    faults += [(i + 1, name, f"{column[i]} is negative") for i in _at(found < 0)]
    if not optional:
        faults += [(i + 1, name, "missing") for i in _at(blank)]
    return found.where(~wrong & (found >= 0), np.nan)


def _whole(name: str, column: pd.Series, faults: list[Fault], *, optional: bool = False) -> pd.Series:
    found = _number(name, column, faults, optional=optional)
    broken = found.notna() & ((found % 1 != 0) | (found > LARGEST_COUNT))
    faults += [(i + 1, name, f"{column[i]!r} is not a whole number") for i in _at(broken)]
    return found.mask(broken).astype("Int64")


def _flags(column: pd.Series, faults: list[Fault]) -> pd.Series:
    words = _words(column).str.lower().str.removesuffix(".0")
    truth = words.map(TRUTH)
    unknown = _at(truth.isna())
    faults += [(i + 1, "flagged", f"{column[i]!r} is not true or false") for i in unknown]
    return truth.eq(True)


def _briefs(words: pd.Series, faults: list[Fault]) -> pd.Series:
    words = words.where(words != "", "{}")
    wrong = {}
    for value in words.unique():
        try:
            Brief.model_validate_json(value)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            field = ".".join(map(str, first["loc"])) or "brief"
            wrong[value] = f"not the JSON of a brief: {field}: {first['msg']}"
    faults += [(i + 1, "brief", wrong[words[i]]) for i in _at(words.isin(list(wrong)))]
    return words


def _check_rows(table: pd.DataFrame, faults: list[Fault]) -> None:
    known = {(row, column) for row, column, _ in faults}
    for name in ("test_id", "text", "row_id"):
        faults += [(i + 1, name, "empty") for i in _at(table[name] == "")]
    repeated = (table["row_id"] != "") & table["row_id"].duplicated()
    ids = table["row_id"]
    faults += [(i + 1, "row_id", f"{ids[i]!r} stands in an earlier row") for i in _at(repeated)]
    for i in _at(table["impressions"] < 1):
        if (i + 1, "impressions") not in known:
            faults.append((i + 1, "impressions", "never shown; at least 1 is needed"))
    clicks, shown = table["clicks"], table["impressions"]
    for i in _at((clicks > shown) & (shown > 0)):
        faults.append((i + 1, "clicks", f"{clicks[i]} clicks of {shown[i]} impressions"))


def usual(values: pd.Series, groups: pd.Series) -> pd.Series:
    """The most common value of each group (of equals, the first in order), indexed by group."""
    both = pd.DataFrame({"group": groups, "value": values})
    counts = both.groupby(["group", "value"]).size().reset_index(name="rows")
    ordered = counts.sort_values(["group", "rows", "value"], ascending=[True, False, True])
    return ordered.drop_duplicates("group").set_index("group")["value"]


def read_table(path: str | Path) -> pd.DataFrame:
    """Read an ad table that adwright wrote.

    Raises:
        NotFoundError: there is no such file.
        TableError: it is not Parquet, or not an ad table.
    """
    path = Path(path)
    if not path.is_file():
        raise NotFoundError(
            f"no ad table at {path}", fix="make one with 'adwright data import' or 'adwright data market'"
        )
    try:
        frame = pd.read_parquet(path)
    except (pa.ArrowException, OSError) as error:
        raise TableError(
            f"not readable as Parquet: {error}",
            where=str(path),
            fix="import the export again with 'adwright data import'",
        ) from error
    return validate(frame, str(path))


def write_table(frame: pd.DataFrame, path: str | Path) -> None:
    """Write an ad table (or pairs) as Parquet: beside, then renamed, so that no reader sees half a file."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".tmp")
    frame.to_parquet(beside, index=False)
    os.replace(beside, path)

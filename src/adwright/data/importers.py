"""Exports of ad platforms and archives, or any table, as one ad table.

A file is recognised by its columns: the Upworthy Research Archive (Matias et al., Scientific Data 8,
195, 2021) and canonical ad tables. Each layout's own rules are in one function.
"""

from __future__ import annotations

import csv
import gzip
import html
import io
import json
import math
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow as pa

from adwright.data.table import REQUIRED_COLUMNS, Fault, listed, numbers, usual, validate
from adwright.errors import NotFoundError, TableError
from adwright.records import Brief

__all__ = ["ImportReport", "import_table", "read_rows"]

UPWORTHY_COLUMNS = ("clickability_test_id", "eyecatcher_id", "headline", "impressions", "clicks")
FORMATS = ".parquet, .csv, .csv.gz, .tsv, .jsonl"
EXCERPT_LENGTH = 300
BOILERPLATE_TESTS = 10
KNOWN_BOILERPLATE = {
    "",
    "things that matter pass em on",
    "things that matter pass them on",
    "stories that matter pass them on and on",
}
SPACE = re.compile(r"\s+")
BLOCK = re.compile(r"</?(?:p|br|div|li|ul|ol|h[1-6]|blockquote|center|iframe|img)\b[^<>]*>", re.IGNORECASE)
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
HASHTAG = re.compile(r"#\w+")
NOT_WORD = re.compile(r"[^\w\s]+")
HALF = re.compile(r"[\ud800-\udfff]")
SENTENCE_END = re.compile(r"[.!?\u2026][\"'\u201d\u2019)]*(?=\s|$)")


@dataclass
class ImportReport:
    """What became of a file's rows.

    Attributes:
        platform: "upworthy" or "table".
        rows_read: rows of the file.
        rows_kept: rows of the ad table.
        dropped: rows left out, by reason.
        merged: rows whose counts were added to another row with the same test and text.
        notes: sentences for the user.
    """

    platform: str
    rows_read: int
    rows_kept: int = 0
    dropped: dict[str, int] = field(default_factory=dict)
    merged: int = 0
    notes: list[str] = field(default_factory=list)


def import_table(path: str | Path) -> tuple[pd.DataFrame, ImportReport]:
    """Read an export or table into an ad table.

    Columns without a name are left out, like those of unknown names (spreadsheets write empty ones).
    Rows with the same test and text are one row with their counts added, so that importing daily
    rows, or a headline that was shown with two excerpts, gives each text once in its test.

    Raises:
        NotFoundError: there is no such file.
        TableError: it is empty, unreadable, of an unknown layout, or has wrong cells.
    """
    path = Path(path)
    raw = read_rows(path)
    if raw.empty:
        raise TableError("no rows", where=str(path), fix="give a file with a header and at least one row")
    raw.columns = [str(name).strip() for name in raw.columns]
    raw = raw.loc[:, raw.columns != ""]
    if repeated := sorted(set(raw.columns[raw.columns.duplicated()])):
        raise TableError(
            f"columns occur twice: {', '.join(repeated)}", where=str(path), fix="keep one of each"
        )
    report = ImportReport("", len(raw))
    layout = _recognise(raw, str(path))
    try:
        frame = _merge(layout(raw, str(path), report), report)
    except UnicodeEncodeError as error:
        raise TableError(
            listed(_torn(raw)), where=str(path), fix="export these texts uncut, or leave out these rows"
        ) from error
    report.rows_kept = len(frame)
    return frame, report


def _recognise(raw: pd.DataFrame, where: str) -> Callable[[pd.DataFrame, str, ImportReport], pd.DataFrame]:
    for needed, layout in ((UPWORTHY_COLUMNS, _upworthy), (REQUIRED_COLUMNS, _canonical)):
        if set(needed) <= set(raw.columns):
            return layout
    raise TableError(
        f"not a layout that is known; columns found: {', '.join(raw.columns)}",
        where=where,
        fix=f"needed are {', '.join(REQUIRED_COLUMNS)}, or the archive's {', '.join(UPWORTHY_COLUMNS)}",
    )


def read_rows(path: Path) -> pd.DataFrame:
    """Rows of a file as they stand in it: words where it is delimited text, any types otherwise.

    Raises:
        NotFoundError: there is no such file.
        TableError: it is empty, unreadable, or not of a kind that is known.
    """
    if not path.is_file():
        raise NotFoundError(f"no file at {path}", fix=f"give the path of an export ({FORMATS})")
    if path.stat().st_size == 0:
        raise TableError("the file is empty", where=str(path), fix="export it again")
    name = path.name.lower()
    try:
        if name.endswith(".parquet"):
            return pd.read_parquet(path)
        text = _text(path)
        if name.endswith((".csv", ".csv.gz")):
            return _delimited(text, ",", str(path))
        if name.endswith(".tsv"):
            return _delimited(text, "\t", str(path))
        if name.endswith(".jsonl"):
            return _jsonl(text, str(path))
    except (pa.ArrowException, UnicodeError, EOFError, OSError, csv.Error, zlib.error) as error:
        raise TableError(
            f"not readable: {error}", where=str(path), fix="export it again, as UTF-8 text or Parquet"
        ) from error
    raise TableError(
        f"not a kind of file that is known ({path.suffix or 'no ending'})",
        where=str(path),
        fix=f"use {FORMATS}",
    )


def _text(path: Path) -> str:
    content = path.read_bytes()
    if path.name.lower().endswith(".gz"):
        content = gzip.decompress(content)
    return content.decode("utf-8-sig")


def _delimited(text: str, separator: str, where: str) -> pd.DataFrame:
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True) if row]
    if not rows:
        raise TableError("the file is empty", where=where, fix="export it again")
    header, body = rows[0], rows[1:]
    for number, row in enumerate(body, start=1):
        if len(row) != len(header):
            raise TableError(
                f"{len(row)} cells where the header has {len(header)}",
                where=f"{where}, row {number}",
                fix="put texts that contain the separator in double quotes",
            )
    return pd.DataFrame(body, columns=header, dtype="str")


def _jsonl(text: str, where: str) -> pd.DataFrame:
    rows = []
    # By the line ends of files alone: str.splitlines also splits at some that JSON allows inside strings.
    for number, line in enumerate(io.StringIO(text, newline=None), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise TableError(
                f"not JSON: {error}", where=f"{where}, line {number}", fix="one JSON object a line"
            ) from error
        if not isinstance(row, dict):
            raise TableError(
                "not a JSON object", where=f"{where}, line {number}", fix="one JSON object a line"
            )
        rows.append(row)
    return pd.DataFrame(rows, dtype="object")


def _torn(raw: pd.DataFrame) -> list[Fault]:
    """Cells with half of a character: JSON can escape one ("\\ud83d"), but it is no text."""
    return [
        (row, name, "half of a character, as when a text is cut inside an emoji")
        for name in raw.columns
        for row, cell in enumerate(raw[name], start=1)
        if HALF.search(json.dumps(cell, ensure_ascii=False, default=str))
    ]


def _canonical(raw: pd.DataFrame, where: str, report: ImportReport) -> pd.DataFrame:
    report.platform = "table"
    frame = validate(raw, where)
    frame["text"] = frame["text"].str.replace(SPACE, " ", regex=True)
    return frame


def _upworthy(raw: pd.DataFrame, where: str, report: ImportReport) -> pd.DataFrame:
    """Visitors were randomised among a test's packages; holding the eyecatcher fixed isolates the text."""
    report.platform = "upworthy"
    raw = raw.assign(headline=raw["headline"].map(_plain))
    ids = [raw[name].astype("object").where(raw[name].notna(), "") for name in UPWORTHY_COLUMNS[:2]]
    wrong = {
        "no test or image": (ids[0] == "") | (ids[1] == ""),
        "no headline": raw["headline"] == "",
        "no impressions": numbers(raw["impressions"]) == 0,
    }
    for reason, rows in wrong.items():
        if count := int(rows[raw.index].sum()):
            report.dropped[reason] = count
        raw = raw[~rows[raw.index]]
    if raw.empty:
        raise TableError(
            "no row has a headline that was shown", where=where, fix="export the archive's packages again"
        )
    if "flagged_period" not in raw.columns:
        report.notes.append(
            "no column flagged_period: the tests of June 2013 to January 2014 cannot be left out"
        )
    test = raw["clickability_test_id"].map(str)
    none = pd.Series(None, index=raw.index, dtype="object")
    weeks = numbers(raw.get("test_week", none))
    frame = pd.DataFrame(
        {
            "test_id": test + "/" + raw["eyecatcher_id"].map(str),
            "text": raw["headline"],
            "impressions": raw["impressions"],
            "clicks": raw["clicks"],
            "period": weeks.map(lambda w: f"{int(w) // 100}-W{int(w) % 100:02d}" if math.isfinite(w) else ""),
            "brief": _upworthy_briefs(raw, report),
            "flagged": raw.get("flagged_period", False),
            "story": test,
            "split": raw.get("split", ""),
        }
    )
    frame.insert(0, "row_id", [f"u{number}" for number in raw.index + 1])
    return validate(frame, where, rows=list(raw.index + 1))


def _upworthy_briefs(raw: pd.DataFrame, report: ImportReport) -> list[str]:
    """One brief a test: its packages advertise one article, and a row's own would give winners away."""
    empty = pd.Series("", index=raw.index)
    excerpt = raw["excerpt"].map(_plain) if "excerpt" in raw.columns else empty
    lede = raw["lede"].map(_plain) if "lede" in raw.columns else empty
    excerpt = excerpt.map(lambda text: SPACE.sub(" ", HASHTAG.sub("", text)).strip())
    kind = excerpt.map(lambda text: " ".join(NOT_WORD.sub("", text.casefold()).split()))
    tests = raw["clickability_test_id"].groupby(kind).nunique()
    boilerplate = kind.isin(KNOWN_BOILERPLATE | set(tests.index[tests > BOILERPLATE_TESTS]))
    if count := int((boilerplate & (kind != "")).sum()):
        report.notes.append(f"{count} rows have a standing phrase for an excerpt; their brief is without it")
    test = raw["clickability_test_id"]
    shown, told = ~boilerplate, lede != ""
    parts = pd.DataFrame(
        {"excerpt": usual(excerpt[shown], test[shown]), "lede": usual(lede[told], test[told])}
    )
    briefs = {row.Index: _story_brief(row.excerpt, row.lede) for row in parts.fillna("").itertuples()}
    return [briefs.get(name, _story_brief("", "")) for name in test]


def _story_brief(excerpt: str, lede: str) -> str:
    passage = lede if excerpt.casefold() in lede.casefold() else f"{excerpt} {lede}".strip()
    return Brief(excerpt=_trim(passage), placement="story_headline").model_dump_json(exclude_defaults=True)


def _plain(value: object) -> str:
    if not isinstance(value, str):
        return ""
    return SPACE.sub(" ", html.unescape(TAG.sub("", BLOCK.sub(" ", value)))).strip()


def _trim(text: str) -> str:
    if len(text) <= EXCERPT_LENGTH:
        return text
    ends = [m.end() for m in SENTENCE_END.finditer(text, 0, EXCERPT_LENGTH + 1) if m.end() <= EXCERPT_LENGTH]
    if ends and ends[-1] >= EXCERPT_LENGTH // 3:
        return text[: ends[-1]]
    return text[:EXCERPT_LENGTH].rsplit(" ", 1)[0] + " …"


def _merge(frame: pd.DataFrame, report: ImportReport) -> pd.DataFrame:
    groups = frame.groupby(["test_id", "text"], sort=False)
    report.merged = len(frame) - groups.ngroups
    if not report.merged:
        return frame
    report.notes.append(
        f"{report.merged} rows repeat a text of their test; their counts were added to its first row"
    )
    first = frame.drop_duplicates(["test_id", "text"]).reset_index(drop=True)
    for name in ("impressions", "clicks", "conversions", "spend"):
        first[name] = groups[name].sum(min_count=1).array
    first["flagged"] = groups["flagged"].any().array
    return first

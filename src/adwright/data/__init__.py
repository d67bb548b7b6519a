"""The ad table, importers, stories and splits, pairs, ratings, the simulated market, the starter corpus."""

from __future__ import annotations

from adwright.data.corpus import CORPUS_SPLITS, CorpusEntry, CorpusSplit, corpus_file, load_corpus
from adwright.data.importers import ImportReport, import_table
from adwright.data.market import Market, make_market
from adwright.data.pairs import evaluation_pairs, make_pairs, sources
from adwright.data.ratings import (
    Item,
    append_rating,
    read_items,
    read_ratings,
    resume_ratings,
    undo_rating,
)
from adwright.data.splits import assign_role, assign_splits, assign_stories, check_leaks, near_duplicates
from adwright.data.summary import inspect
from adwright.data.table import REQUIRED_COLUMNS, read_table, validate, write_table

__all__ = [
    "CORPUS_SPLITS",
    "REQUIRED_COLUMNS",
    "CorpusEntry",
    "CorpusSplit",
    "ImportReport",
    "Item",
    "Market",
    "append_rating",
    "assign_role",
    "assign_splits",
    "assign_stories",
    "check_leaks",
    "corpus_file",
    "evaluation_pairs",
    "import_table",
    "inspect",
    "load_corpus",
    "make_market",
    "make_pairs",
    "near_duplicates",
    "read_items",
    "read_ratings",
    "read_table",
    "resume_ratings",
    "sources",
    "undo_rating",
    "validate",
    "write_table",
]

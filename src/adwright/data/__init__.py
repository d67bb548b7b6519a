"""The ad table, importers, stories and splits, preference pairs, the simulated market, the starter corpus."""

from __future__ import annotations

from adwright.data.corpus import CorpusEntry, load_corpus
from adwright.data.importers import ImportReport, import_table
from adwright.data.market import Market, make_market
from adwright.data.pairs import evaluation_pairs, make_pairs, sources
from adwright.data.splits import assign_role, assign_splits, assign_stories, check_leaks, near_duplicates
from adwright.data.summary import inspect
from adwright.data.table import REQUIRED_COLUMNS, read_table, validate, write_table

__all__ = [
    "REQUIRED_COLUMNS",
    "CorpusEntry",
    "ImportReport",
    "Market",
    "assign_role",
    "assign_splits",
    "assign_stories",
    "check_leaks",
    "evaluation_pairs",
    "import_table",
    "inspect",
    "load_corpus",
    "make_market",
    "make_pairs",
    "near_duplicates",
    "read_table",
    "sources",
    "validate",
    "write_table",
]

"""Texts of ads: limits, prompts, facts, claims, guardrails, filters, diversity, light edits.

Pure Python over words and patterns; nothing here loads a model.
"""

from adwright.text.amounts import moved, role_changed
from adwright.text.claims import unsupported
from adwright.text.diversity import distinct_n, is_copy, openings, same, select_distinct
from adwright.text.edits import light_edits
from adwright.text.facts import Invented, Kept, invented, kept, names, numbers
from adwright.text.filters import FILTER_RULES, overlap, passes
from adwright.text.filters import check as check_filters
from adwright.text.guardrails import RULES
from adwright.text.guardrails import check as check_guardrails
from adwright.text.limits import LIMITS, Limit, fits, measure
from adwright.text.prompts import clean, messages

__all__ = [
    "FILTER_RULES",
    "LIMITS",
    "RULES",
    "Invented",
    "Kept",
    "Limit",
    "check_filters",
    "check_guardrails",
    "clean",
    "distinct_n",
    "fits",
    "invented",
    "is_copy",
    "kept",
    "light_edits",
    "measure",
    "messages",
    "moved",
    "names",
    "numbers",
    "openings",
    "overlap",
    "passes",
    "role_changed",
    "same",
    "select_distinct",
    "unsupported",
]

"""Texts of ads: limits, prompts, facts, claims, guardrails, filters, diversity, light edits.

Pure Python over words and patterns; nothing here loads a model.
"""

from adwright.text.claims import unsupported
from adwright.text.diversity import distinct_n, is_copy, same, select_distinct
from adwright.text.edits import light_edits
from adwright.text.facts import Invented, Kept, invented, kept, names, numbers
from adwright.text.filters import FILTER_RULES, GUARDRAILS, overlap, passes
from adwright.text.filters import check as check_filters
from adwright.text.guardrails import RULES
from adwright.text.guardrails import check as check_guardrails
from adwright.text.limits import LIMITS, Limit, fits, is_short, measure
from adwright.text.placed import moved, role_changed
from adwright.text.prompts import ANGLES, clean, flatten, messages

__all__ = [
    "ANGLES",
    "FILTER_RULES",
    "GUARDRAILS",
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
    "flatten",
    "invented",
    "is_copy",
    "is_short",
    "kept",
    "light_edits",
    "measure",
    "messages",
    "moved",
    "names",
    "numbers",
    "overlap",
    "passes",
    "role_changed",
    "same",
    "select_distinct",
    "unsupported",
]

"""Win rates, quality, and the report."""

from adwright.evaluation.closing import closing_table, variations_lines
from adwright.evaluation.fluency import answer_log_probs, text_log_probs
from adwright.evaluation.policies import (
    Truth,
    best_against_rest,
    best_of_n,
    judge_policies,
    ranks,
    scored,
    served_texts,
)
from adwright.evaluation.report import write_report

__all__ = [
    "Truth",
    "answer_log_probs",
    "best_against_rest",
    "best_of_n",
    "closing_table",
    "judge_policies",
    "ranks",
    "scored",
    "served_texts",
    "text_log_probs",
    "variations_lines",
    "write_report",
]

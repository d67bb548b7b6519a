"""What is in an ad table, for a person to look at before anything is trained on it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from adwright.data.importers import ImportReport
from adwright.stats import Rate

__all__ = ["inspect"]


def inspect(frame: pd.DataFrame, report: ImportReport | None = None) -> dict[str, Any]:
    """Figures of an ad table, ready for JSON.

    Args:
        frame: an ad table.
        report: of the import it came from, if it came from one.

    Returns:
        rows, tests, tests_with_two_texts, texts, texts_per_test (number of texts → tests), impressions,
        clicks, ctr, conversions, spend, periods (first and last, or None), flagged (share of rows), rows
        by split, advertisers, and of the import: platform, rows_read, merged, dropped, notes.

    Raises:
        NotEnoughDataError: the table has no impressions.
    """
    sizes = frame.groupby("test_id")["text"].nunique()
    total = Rate(int(frame["clicks"].sum()), int(frame["impressions"].sum()))
    periods = frame["period"][frame["period"] != ""]
    found: dict[str, Any] = {
        "rows": len(frame),
        "tests": len(sizes),
        "tests_with_two_texts": int((sizes > 1).sum()),
        "texts": int(frame["text"].nunique()),
        "texts_per_test": {int(n): int(tests) for n, tests in sizes.value_counts().sort_index().items()},
        "impressions": total.impressions,
        "clicks": total.clicks,
        "ctr": total.value,
        "conversions": int(frame["conversions"].sum()) if frame["conversions"].notna().any() else None,
        "spend": float(frame["spend"].sum()) if frame["spend"].notna().any() else None,
        "periods": [str(periods.min()), str(periods.max())] if len(periods) else None,
        "flagged": float(frame["flagged"].mean()),
        "splits": {str(split or "none"): int(rows) for split, rows in frame["split"].value_counts().items()},
        "advertisers": int(frame["advertiser"][frame["advertiser"] != ""].nunique()),
    }
    return found | (_imported(report) if report else {})


def _imported(report: ImportReport) -> dict[str, Any]:
    return {
        "platform": report.platform,
        "rows_read": report.rows_read,
        "merged": report.merged,
        "dropped": dict(sorted(report.dropped.items(), key=lambda item: -item[1])),
        "notes": list(report.notes),
    }

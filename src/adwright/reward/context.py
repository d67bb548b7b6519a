"""What a reward network may know besides the text: to whom it is shown and for what."""

from __future__ import annotations

from adwright.records import Brief

__all__ = ["context_of"]


def context_of(brief: Brief | str, audience: str = "") -> str:
    """One line of audience and product, from a brief or its JSON."""
    if isinstance(brief, str):
        brief = Brief.model_validate_json(brief or "{}")
    return ". ".join(part for part in (audience or brief.audience, brief.brand, brief.product) if part)

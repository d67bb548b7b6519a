"""The typed records that cross package borders.

Bulk data travels as pandas frames with the columns named here; single things as frozen models.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator

__all__ = [
    "FAULTS",
    "PAIR_COLUMNS",
    "TABLE_COLUMNS",
    "USABLE",
    "Brief",
    "Finding",
    "GivenBrief",
    "Interval",
    "Placement",
    "Rating",
    "Source",
    "Variation",
]

Placement = Literal["headline", "description", "primary_text", "search_headline", "story_headline"]


class Brief(BaseModel):
    """What is to be advertised: product, brand, audience, goal, placement, and the facts.

    ``excerpt`` is the passage that a text stands for where there is no list of facts (an
    article's first lines). A claim may rest on facts, excerpt, product or brand, on nothing else.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    product: str = ""
    brand: str = ""
    facts: tuple[str, ...] = ()
    excerpt: str = ""
    audience: str = ""
    goal: str = ""
    placement: Placement = "headline"

    def grounds(self) -> str:
        """All that a text may rest its claims on, as one string."""
        return " . ".join(p for p in (self.brand, self.product, *self.facts, self.excerpt) if p)


class GivenBrief(Brief):
    """A brief that a person writes: a field that is not known is a slip, and refused."""

    model_config = ConfigDict(extra="forbid")


USABLE = "a busy owner would run it unchanged: true to the brief, grammatical, makes sense, says something"
FAULTS: dict[str, str] = {
    "meaning": "the meaning changed: a fact is twisted",
    "invented": "claims, names or numbers that source and brief do not have",
    "language": "broken language",
    "off_topic": "not about what is advertised, or says nothing of it",
    "dull": "a dull repeat of the source or of itself",
}
"""What can be wrong with a text that is not usable."""


class Rating(BaseModel):
    """What a person said of a text: usable (see :data:`USABLE`), or which kind of fault it has.

    Attributes:
        source: the person's text that it stands for; empty where there is none.
        text: what was rated.
        brief: what is advertised.
        usable: whether it could be run unchanged.
        fault: one of :data:`FAULTS`; empty if usable.
        rater: who said so.
        writer: who wrote the text ("human", "base", "sft" …; several with ", " between them), which the
            rater did not see; empty if not known.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    text: str = Field(min_length=1)
    brief: Brief
    usable: bool
    fault: str = Field("", validate_default=True)
    rater: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    writer: str = ""

    @field_validator("fault")
    @classmethod
    def _fault_unless_usable(cls, fault: str, info: ValidationInfo) -> str:
        usable = info.data.get("usable")  # None where that field is itself at fault
        if usable is True and fault:
            raise ValueError("a usable text has no fault")
        if usable is False and fault not in FAULTS:
            raise ValueError(f"a text that is not usable has one of {', '.join(FAULTS)}")
        return fault

    @property
    def question(self) -> tuple[str, str, Brief]:
        """What was asked: the same for all raters, and for all writers of the same text."""
        return self.source, self.text, self.brief


@dataclass(frozen=True)
class Source:
    """A person's text to be rewritten, and what it advertises.

    ``story`` groups sources that tell the same thing; intervals are made by it.
    ``second`` is another human text of the same test, the yardstick for faithfulness.
    """

    id: str
    story: str
    text: str
    brief: Brief
    second: str = ""


@dataclass(frozen=True)
class Finding:
    """A guardrail's or filter's objection to a text: rule, span in characters, what to do."""

    rule: str
    start: int
    end: int
    message: str


@dataclass(frozen=True)
class Variation:
    """One generated alternative for a person's text.

    Attributes:
        text: one line.
        beats: calibrated chance, 0 to 1, that it wins against the original.
        score: of the reward model, less that of the person's text, in logits.
        origin: "model" or "edit" (a light edit of the original, the fallback).
    """

    text: str
    beats: float
    score: float
    origin: Literal["model", "edit"] = "model"


@dataclass(frozen=True)
class Interval:
    """An estimate and its 95% interval."""

    value: float
    low: float
    high: float

    def as_dict(self) -> dict[str, float]:
        """``{"value", "low", "high"}``, as written to JSON."""
        return {"value": self.value, "low": self.low, "high": self.high}


TABLE_COLUMNS: dict[str, str] = {
    "row_id": "stable id of the row, unique in the table",
    "test_id": "rows of one test differ in text alone (same campaign, image, audience, period)",
    "text": "what people saw",
    "impressions": "integer, at least 1",
    "clicks": "integer, 0 to impressions",
    "conversions": "integer or missing",
    "spend": "currency units or missing",
    "advertiser": "who advertises, or empty",
    "audience": "to whom it was shown, or empty",
    "period": "ISO week or month, or empty",
    "brief": "JSON of a records.Brief",
    "flagged": "true where the platform or archive says not to trust the row",
    "story": "tests that share a text, or nearly, have the same story",
    "split": "train, valid or test; a story is on one side only",
}

PAIR_COLUMNS: dict[str, str] = {
    "test_id": "the test both texts belong to",
    "story": "the test's story",
    "split": "train, valid or test",
    "winner": "the text with the higher observed rate",
    "loser": "the other text",
    "winner_row": "row_id of the winner",
    "loser_row": "row_id of the loser",
    "winner_clicks": "clicks of the winner",
    "winner_impressions": "impressions of the winner",
    "loser_clicks": "clicks of the loser",
    "loser_impressions": "impressions of the loser",
    "p_win": "probability that the winner truly is (empirical Bayes)",
    "p_value": "two-sided p of equal rates",
    "context": "audience the pair was shown to, or empty",
    "brief": "JSON of a records.Brief",
}

import dataclasses
import typing

import pytest
from pydantic import ValidationError

from adwright.data import REQUIRED_COLUMNS
from adwright.records import (
    FAULTS,
    PAIR_COLUMNS,
    TABLE_COLUMNS,
    Brief,
    Finding,
    GivenBrief,
    Interval,
    Placement,
    Rating,
    Source,
    Variation,
)
from adwright.text import LIMITS


def test_a_brief_grounds_claims_in_all_that_it_says():
    brief = Brief(
        brand="Lapi", product="bags", facts=("handmade", "30 days"), excerpt="From Florence.", goal="sales"
    )
    assert brief.grounds() == "Lapi . bags . handmade . 30 days . From Florence."
    assert Brief().grounds() == ""


def test_a_brief_is_read_from_its_json_and_ignores_what_it_does_not_know():
    brief = Brief(facts=("a", "b"), placement="story_headline")
    assert Brief.model_validate_json(brief.model_dump_json()) == brief
    assert Brief.model_validate({"brand": "Lapi", "colour": "brown"}) == Brief(brand="Lapi")


def test_a_brief_that_a_person_gives_must_be_understood():
    assert GivenBrief(brand="Lapi").model_dump() == Brief(brand="Lapi").model_dump()
    with pytest.raises(ValidationError, match="colour"):
        GivenBrief.model_validate({"brand": "Lapi", "colour": "brown"})
    with pytest.raises(ValidationError, match="frozen"):
        GivenBrief().brand = "Lapi"


def test_a_brief_refuses_a_placement_that_there_is_not():
    with pytest.raises(ValidationError, match="placement"):
        Brief(placement="skywriting")


def test_every_placement_has_its_limits():
    assert set(typing.get_args(Placement)) == set(LIMITS)


@pytest.mark.parametrize(
    "record",
    [
        Source("1", "s", "text", Brief()),
        Finding("copy", 0, 4, "a copy"),
        Variation("text", 0.5, 0.1),
        Interval(1, 0, 2),
    ],
)
def test_records_are_frozen(record):
    first = dataclasses.fields(record)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(record, first, "other")


def test_an_interval_is_written_as_json():
    assert Interval(0.5, 0.4, 0.6).as_dict() == {"value": 0.5, "low": 0.4, "high": 0.6}


def test_a_rating_is_of_a_usable_text_or_names_its_fault():
    fields = {"source": "", "text": "Bags", "brief": {"product": "bags"}, "rater": " anna "}
    good = Rating.model_validate(fields | {"usable": True})
    assert (good.fault, good.rater, good.writer) == ("", "anna", "")
    for kind in FAULTS:
        bad = Rating.model_validate(fields | {"usable": False, "fault": kind, "writer": "sft"})
        assert bad.question == good.question == ("", "Bags", Brief(product="bags"))
        assert Rating.model_validate_json(bad.model_dump_json()) == bad
        with pytest.raises(ValidationError, match="a usable text has no fault"):
            Rating.model_validate(fields | {"usable": True, "fault": kind})
    for fault in ("", "ugly"):
        with pytest.raises(ValidationError, match="not usable has one of meaning"):
            Rating.model_validate(fields | {"usable": False, "fault": fault})
    for wrong in ({"rater": " "}, {"text": ""}, {"usable": None}, {"score": 1}):
        with pytest.raises(ValidationError, match=next(iter(wrong))):
            Rating.model_validate(fields | {"usable": True} | wrong)
    with pytest.raises(ValidationError, match="frozen"):
        good.usable = False


def test_the_columns_that_are_needed_are_columns_of_the_table():
    assert set(REQUIRED_COLUMNS) <= set(TABLE_COLUMNS)
    assert {"test_id", "story", "split", "brief"} <= set(TABLE_COLUMNS) & set(PAIR_COLUMNS)

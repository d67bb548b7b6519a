"""Counts that grounds give without the number, dates, and numbers that stand where the grounds put them."""

import pytest

from adwright.text import invented, moved, numbers
from adwright.text.dates import dates


@pytest.mark.parametrize(
    ("text", "grounds"),
    [
        ("Warm for two ears", "a hat for both ears"),
        ("Three hours of cricket", "cricket 10am to 1pm"),
        ("Two hours of cricket", "cricket 2 to 4pm"),
        ("Two days of music", "music on 14 and 15 June"),
        ("Five mornings of chess", "chess, 9 to 13 June"),
        ("Six days a week", "Monday to Saturday"),
        ("Guides in three languages", "guides in Hindi, Tamil or English"),
        ("Three jobs, one morning", "gutters, windows and paths"),
        ("Two things to know", "soap"),
    ],
)
def test_a_count_that_can_be_counted_off_is_not_invented(text, grounds):
    assert not invented(text, grounds).numbers


@pytest.mark.parametrize(
    ("text", "grounds"),
    [
        ("Four hours of cricket", "cricket 10am to 1pm"),
        ("Three days of music", "music on 14 and 15 June"),
        ("Guides in four languages", "guides in Hindi, Tamil or English"),
        ("Three guides", "guides in Hindi, Tamil or English"),
        ("Three years of cover", "gutters, windows and paths"),
        ("Two free hats", "a hat, a scarf"),
        ("£3 for all", "Hindi, Tamil or English"),
        ("Two books", "second-hand books"),
        ("Ready in two days", "ready within a week"),
    ],
)
def test_any_other_count_is(text, grounds):
    assert invented(text, grounds).numbers


def test_a_dozen_is_twelve_and_number_two_a_name():
    assert numbers("a dozen roses, two dozen eggs") == {"12", "24"}
    assert numbers("half a dozen; number two is here") == set()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("14 and 15 June", [("14", "june"), ("15", "june")]),
        ("from 6 to 12 October", [("6", "october"), ("12", "october")]),
        ("May 25, 2 seats", [("25", "may")]),
        ("Saturday 7 June, 10am", [("7", "june")]),
        ("2 may come", []),
    ],
)
def test_dates_are_days_of_a_month(text, found):
    assert [(date.day, date.month) for date in dates(text)] == found


COURSE = (
    "course of 10 weeks for ages 4 to 7 . 6 children at most . £80 a term, £12 a lesson"
    " . kit 4 x 8 feet . from 9 June to 18 August . C$95 for two . 30 minutes"
)


@pytest.mark.parametrize(
    "text",
    [
        "£12 buys one lesson",
        "Ages 4 to 7, 6 children at most",
        "It begins on June 9",
        "From 9 June, usually £80 a term",
        "Two people pay C$95",
        "10 weeks, £80",
        "Four feet by eight",
    ],
)
def test_a_number_moved_in_wording_alone_stays(text):
    assert not moved(text, COURSE)
    assert not invented(text, COURSE).numbers


@pytest.mark.parametrize(
    "text",
    [
        "£80 a lesson",
        "£12 a term",
        "Ages 4 to 6",
        "From 9 August",
        "10 minutes",
        "6 weeks",
        "Course for 30 children",
    ],
)
def test_a_number_said_of_another_thing_is_moved(text):
    assert moved(text, COURSE)

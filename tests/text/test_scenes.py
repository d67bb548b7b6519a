"""Days and feasts of a text: those of a scene pass, those that are promised do not."""

import pytest

from adwright.text import invented

GROUNDS = "violin lessons in Leeds, £30, taught by two sisters . weddings"


@pytest.mark.parametrize(
    "text",
    [
        "Those long Mondays need music",
        "A rainy Sunday and nothing to do",
        "It's Friday night and the house is quiet",
        "Sleep late on Sunday",
        "How was your Monday?",
        "After Sunday's long walk, play",
        "Practice in the sun by day, sleep by night",
        "Sun by day, stars by night",
        "He sat down and played",
        "Christmas is coming. Learn a carol.",
        "Thank you, Grandpa. Play for Granny.",
        "Mum plays. Dad listens. Auntie sings.",
        "Santa plays the violin",
        "Send your CV",
    ],
)
def test_a_scene_promises_nothing(text):
    assert not invented(text, GROUNDS).names


@pytest.mark.parametrize(
    "text",
    [
        "Ships on Friday",
        "Order by Tuesday",
        "Lessons on Sundays",
        "Every Monday in Leeds",
        "It's Friday 7 to 9",
        "Is it ready by Friday?",
        "We play on a rainy Sunday",
        "A special Friday sale",
        "A free Sunday in Leeds",
        "A Saturday class for all",
        "After Sunday's lesson, tea",
        "Doors open Sat & Sun",
        "Starts in June",
        "Ends in October",
        "Ready by Christmas",
        "Until Christmas, play more",
        "Christmas offer on strings",
        "Easter delivery",
        "Learn with Sven",
        "Now in Dundee",
    ],
)
def test_a_promised_day_or_a_name_is_one(text):
    assert invented(text, GROUNDS).names


@pytest.mark.parametrize(
    ("text", "grounds"),
    [
        ("Slovenian honey", "honey from Slovenia"),
        ("Honey from Slovenia", "Slovenian honey"),
        ("A trek in the Himalaya", "a Himalayan trek"),
        ("Open Sunday", "open Sat & Sun"),
        ("Play on 9 May", "May 9"),
    ],
)
def test_names_in_another_form(text, grounds):
    assert not invented(text, grounds).names

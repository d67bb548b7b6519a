"""Words of claims in harmless senses, and the offers that look like them."""

import pytest

from adwright.records import Brief
from adwright.text import check_filters, unsupported

GROUNDS = "violin lessons . taught in Leeds . £30 a lesson"


@pytest.mark.parametrize(
    "text",
    [
        "Free on 3 March? Play with us.",
        "Free one weekday evening? Learn a tune.",
        "Is the hall free on Friday?",
        "Are your evenings free on Mondays? Learn a tune.",
        "You're free to leave when you like",
        "Nobody free to teach them?",
        "Keep your Saturday mornings free for it",
        "You have a quiet room and a free afternoon. Play.",
        "2 of 9 rooms free",
        "See when each room is free on Tuesdays, when the room is free",
    ],
)
def test_free_as_in_not_busy_is_no_offer(text):
    assert "free" not in " ".join(f.message for f in unsupported(text, GROUNDS))


@pytest.mark.parametrize(
    "text",
    [
        "Free lessons on Friday?",
        "Free for a month? Learn a tune.",
        "Entry is free on Saturday.",
        "Is the lesson free on Saturday?",
        "Have your first evening free.",
        "Have your spa day free",
        "You get a free evening",
        "A free morning with every lesson",
        "Get 2 seats free",
        "It's free to join",
        "Free on Fridays",
        "Kids are free",
        "Free at any of our 9 shops?",
    ],
)
def test_what_costs_nothing_stays_an_offer(text):
    assert unsupported(text, GROUNDS)


@pytest.mark.parametrize(
    "text",
    [
        "Number one is wet. Number two is dry.",
        "The first class is in May",
        "We keep your neighbours posted",
        "Ink running out?",
        "The old piano isn't going anywhere",
        "A lamp for the new flat",
        "Play your favourite tune",
        "Has a favourite string snapped?",
        "Send us your favourite tune",
        "Beat the queue",
        "You practise 3 times. Then you play.",
    ],
)
def test_other_harmless_senses(text):
    assert unsupported(text, GROUNDS) == []


@pytest.mark.parametrize(
    "text",
    [
        "Number one in Leeds",
        "First-class lessons",
        "Posted today",
        "Stock running out?",
        "Are the last seats running out?",
        "Time is running out",
        "Tested strings",
        "Have your strings tested",
        "Works anywhere",
        "Welcome to the new school",
        "Lessons at the new academy",
        "Our pupils' favourite",
        "A firm favourite.",
        "Your favourite school.",
        "This is your favourite school",
        "Parents call it their favourite",
        "Meet your new favourite teacher",
        "A favourite of parents",
        "We beat the other schools",
        "You learn 3 times faster",
        "You can't lose.",
        "If it fails, you pay nothing",
    ],
)
def test_claims_in_the_same_words_stay_claims(text):
    assert unsupported(text, GROUNDS)


@pytest.mark.parametrize(
    ("text", "grounds"),
    [
        ("We come anywhere in Leeds", "lessons at home in Leeds"),
        ("Sent anywhere in the EU", "posted to the EU"),
        ("If we win nothing, you pay nothing", "no win, no fee"),
        ("Get your brakes tested", "brake tests"),
        ("Brakes tested in Leeds", "brake testing, £30"),
        ("We draw 90 maps", "90 maps"),
        ("Earn £14 at our school", "two teaching jobs . £14"),
        ("The fair ends on June 9", "fair from June 2 to 9"),
        ("Lunch is on us", "lunch included"),
        ("A free app for sailors", "free, no adverts . app for sailors . app in Welsh"),
        ("Lessons at home in Leeds are free", "free home lessons in Leeds . violin £90"),
        ("Over 60? Your lesson is free", "violin lessons £30 . free for over-60s"),
        ("Free and fast delivery", "free delivery . fast delivery"),
    ],
)
def test_what_the_grounds_say_in_another_form(text, grounds):
    assert unsupported(text, grounds) == []


@pytest.mark.parametrize(
    ("text", "grounds"),
    [
        ("If it breaks, you pay nothing", "no joining fee"),
        ("The fair ends on June 8", "fair from June 2 to 9"),
        ("Get rich", "two teaching jobs . £14"),
        ("Double your money", "we do small jobs"),
        ("Dinner is on us", "lunch included . dinner £20"),
        ("Is the violin free on Saturday?", "free first lesson . violin £90"),
        ("Your violin is free in Leeds", "free first lesson in Leeds . violin £90"),
        ("Your violin is free", "free first lesson . violin £90"),
        ("A free violin with every order", "free first lesson . violin £90"),
        ("Violins are free of charge", "free first lesson . violin £90"),
        ("A free app for sailors", "app for sailors, £4 . free stickers"),
        ("Loved by parents", "for clubs of 10 members"),
    ],
)
def test_what_the_grounds_do_not_say(text, grounds):
    assert unsupported(text, grounds)


def test_no_sense_hides_an_offer_from_the_filters():
    brief = Brief(product="violin lessons", facts=("£30 a lesson", "hall free on Saturdays"))
    rules = {f.rule for f in check_filters("Free violin lessons in the hall", "Violin lessons, £30", brief)}
    assert "claim" in rules

"""Numbers and names: what is read, kept, invented, moved."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adwright.text import invented, kept, moved, names, numbers, role_changed
from adwright.text.amounts import amounts, clauses

# The dictionary loads on first use, and machines are busy: time is no fault here.


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1,000 rackets", {"1000"}),
        ("£84 a pair", {"84"}),
        ("£84.00", {"84"}),
        ("9.50 and 9,50 €", {"9.5"}),
        ("50% off, 15 percent, ten per cent", {"50%", "15%", "10%"}),
        ("open at 3pm, closed at 6:30pm or 7.30 pm", {"3", "6:30", "7:30"}),
        ("open from 9:00", {"9"}),
        ("ten of sixty-five, twenty five too", {"10", "65", "25"}),
        ("two hundred, a dozen, two dozen", {"200", "12", "24"}),
        ("1.5 million or 3 thousand or £5k", {"1500000", "3000", "5000"}),
        ("a hose of 5 m, a 50m pool, 1.5m wide", {"5", "50", "1.5"}),
        ("5m users, 2M, $3m, 4m euros", {"5000000", "2000000", "3000000", "4000000"}),
        ("your first 5k, a 10k run", {"5", "10"}),
        ("10k followers, 3k fonts", {"10000", "3000"}),
        ("5k and more", {"5000", "5"}),
        ("1 200 homes, 10 000 000 people, €1 500.50", {"1200", "10000000", "1500.5"}),
        ("6 500 ml bottles, 2 100% cotton shirts", {"6", "500", "2", "100%"}),
        ("since 2019", {"2019"}),
        ("one of the first, someone", set()),
        ("one million and one percent", {"1000000", "1%"}),
        ("open 24/7", {"24/7"}),
        ("2-person tent, 55 x 40", {"2", "55", "40"}),
        ("forty winks", {"40"}),
        ("weight, tenor, often, attend", set()),
        ("", set()),
    ],
)
def test_numbers_are_normalised(text, found):
    assert numbers(text) == found


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("£5", "money"),
        ("5 pounds", "money"),
        ("40p off", "money"),
        ("10-pound note", "money"),
        ("10p.m.", "clock"),
        ("10 p.m.", "clock"),
        ("5%", "%"),
        ("8pm", "clock"),
        ("8 places", ""),
    ],
)
def test_amounts_have_kinds(text, kind):
    assert [a.kind for a in amounts(text)] == [kind]
    assert text[amounts(text)[0].start : amounts(text)[0].end].strip()


def test_clauses_leave_numbers_whole():
    text = "Save 1,000 today, from 9.30 until noon; then rest."
    assert [text[a:b].strip() for a, b in clauses(text)] == [
        "Save 1,000 today", "from 9.30 until noon", "then rest"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Book the kayak at Porthenys slipway", {"Porthenys"}),
        ("Dustin Hoffman Breaks Down Crying Trying To Explain Something", {"Dustin", "Hoffman"}),
        ("This Is How The World Is A Beautiful Place", set()),
        ("The NRA and its members in the USA", {"NRA", "USA"}),
        ("Get the iPhone app on TV and DIY", {"iPhone"}),
        ("Oktavi's buds, made by Oktavi", {"Oktavi"}),
        ("Open on Monday in June. Free delivery", set()),
        ("I think I'm fine", set()),
        ("FREE BAGS FOR EVERYONE", set()),
        ("Rounds at the Copper Heron", {"Copper", "Heron"}),
    ],
)
def test_names_see_through_title_case(text, found):
    assert names(text) == found


def test_names_of_the_brief_are_names_in_title_case():
    assert names("Copper Heron Rooms Are Quiet Places", "Stay at the Copper Heron tonight") == {
        "Copper",
        "Heron",
    }


def test_kept_is_a_share_and_nan_without_any():
    whole = kept("Dustin Hoffman cried for 3 minutes", "For 3 minutes, Dustin Hoffman cried")
    half = kept("We saw Dustin Hoffman cry for 3 or 4 minutes", "Hoffman cried for 3 minutes")
    none = kept("a plain text", "whatever")
    assert (whole.names, whole.numbers) == (1.0, 1.0)
    assert (half.names, half.numbers) == (0.5, 0.5)
    assert math.isnan(none.names)
    assert math.isnan(none.numbers)


@pytest.mark.parametrize(
    ("text", "grounds", "strange", "values"),
    [
        ("Bags from Milan", "Bags from Florence", {"Milan"}, set()),
        ("Bags by the Florentine firm Corvani", "Corvani bags", {"Florentine"}, set()),
        ("Open on Saturday", "Open Monday to Friday", {"Saturday"}, set()),
        ("Open on Wednesday", "Open Monday to Friday", set(), set()),
        ("Come on Sunday", "Open at the weekend", set(), set()),
        ("Come on Monday", "Open every day", set(), set()),
        ("Come on Tuesday", "Open on weekdays", set(), set()),
        ("Irish delivery is free", "Free delivery in Ireland", set(), set()),
        ("American made", "Made in America", set(), set()),
        ("Handmade in India for you", "Handmade for individual tastes", {"India"}, set()),
        ("Toys made in Chile for all", "Toys for children", {"Chile"}, set()),
        ("Toys made in Chile for all", "Children love our toys", {"Chile"}, set()),
        ("Boots made in Maine", "Boots, easy to maintain, from the main street", {"Maine"}, set()),
        ("Boots made in Maine", "Boots from 5 Main Street", {"Maine"}, set()),
        ("Boots made in Australia", "Boots made in Austria", {"Australia"}, set()),
        ("Food from Indiana", "Indian food", {"Indiana"}, set()),
        ("A week in Romania", "A Roman holiday", {"Romania"}, set()),
        ("Boots made in America", "Join us for boots", {"America"}, set()),
        ("Boots made in Poland", "Boots and shoe polish", {"Poland"}, set()),
        ("Sung with Christina", "Sung by Christian", {"Christina"}, set()),
        ("Plates from Poland", "Polish plates", set(), set()),
        ("Boots made in the USA", "American boots", set(), set()),
        ("Boots made in America", "Boots from the U.S. for all", set(), set()),
        ("Italian leather", "Leather from Italy", set(), set()),
        ("Leather from Italy", "italian leather", set(), set()),
        ("Chilean wine", "Wine from Chile", set(), set()),
        ("Wine from Peru", "Peruvian wine", set(), set()),
        ("Cakes from Paris", "Parisian cakes", set(), set()),
        ("Chinese tea", "Tea from China", set(), set()),
        ("Beer from Germany", "German beer", set(), set()),
        ("Canadians skate", "Skates from Canada", set(), set()),
        ("A class in Norwegian", "Learn it in Norway", set(), set()),
        ("Wifi and a phone", "Wi-Fi in rooms", set(), set()),
        ("50% less", "Save $50", set(), {"50%"}),
        ("One kayak for 2", "a kayak for two", set(), set()),
        ("1 kayak", "kayaks", set(), set()),
        ("Order in May", "<p>until 1 May</p>", set(), set()),
        ("Order in July", "until 1 May", {"July"}, set()),
    ],
)
def test_invented_names_and_numbers(text, grounds, strange, values):
    found = invented(text, grounds)
    assert found.names == strange
    assert found.numbers == values


def test_a_currency_belongs_to_the_number_behind_it():
    assert [(a.value, a.kind) for a in amounts("Buy 2 £20 tickets")] == [("2", ""), ("20", "money")]
    assert [(a.value, a.kind) for a in amounts("One £24 ticket, 9 € a child")] == [
        ("24", "money"),
        ("9", "money"),
    ]


@pytest.mark.parametrize(
    ("text", "grounds"),
    [
        ("A 5-metre garden hose that never kinks", "Garden hose, 5 m, never kinks"),
        ("A garden hose of 5 m", "5-metre garden hose"),
        ("Swim in a 50-metre pool", "Heated 50m pool"),
        ("Swim in a 50m pool", "Heated 50-metre pool"),
        ("Your first 5 km", "Run your first 5k"),
        ("Run your first 5k", "Your first 5 km"),
        ("Run 5 km", "A sponsored 5k"),
        ("10,000 followers", "10k followers"),
        ("10k followers", "10,000 followers"),
        ("Two million users", "2m users"),
        ("5 million pounds raised", "£5m raised"),
        ("Over 1,200 homes", "1 200 homes built"),
        ("A 10 pounds bag of flour", "10 lb bag of flour"),
        ("A 10 lb bag of flour", "10-pound bag of flour"),
        ("A ten-pound lesson", "£10 a lesson"),
        ("10 pounds a lesson", "£10 a lesson"),
        ("Open until 10p.m.", "Open until 10pm"),
        ("200 g of seed, 22 native species", "Seed mix with 22 native species . 200 g covers 50 sq m"),
    ],
)
def test_other_forms_of_a_number_are_the_same_number(text, grounds):
    assert not invented(text, grounds).numbers
    assert not role_changed(text, grounds)
    assert not moved(text, grounds)


@pytest.mark.parametrize(
    ("text", "grounds"),
    [
        ("A 5 km hose", "Garden hose, 5 m"),
        ("5 million hoses", "Garden hose, 5 m"),
        ("5 minutes", "Garden hose, 5 m"),
        ("Run 5 miles", "Run your first 5k"),
        ("£5 a metre", "Garden hose, 5 m"),
        ("A £10 bag", "10 lb bag of flour"),
        ("10 lessons", "10 pounds a lesson"),
        ("10 pounds a lesson", "10 lessons"),
        ("12p off", "Open until 12pm"),
        ("1,200 homes", "1,500 homes and 200 flats"),
        ("22 g of seed", "Seed mix with 22 native species . 200 g covers 50 sq m"),
    ],
)
def test_another_unit_is_another_number(text, grounds):
    assert invented(text, grounds).numbers or role_changed(text, grounds) or moved(text, grounds)


HOLIDAY = (
    "Book before 1 June and save 20% on beach holidays, breakfast included"
    " . 7 nights from €540 . open 6am to 10pm"
)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Book before 1 June and save 20% of your breakfast", ["20%"]),
        ("Get 20% off your breakfast when you book a beach holiday", ["20%"]),
        ("Save 20% on beach holidays", []),
        ("A 20% saving on holidays by the beach", []),
        ("7 days from €540", ["7"]),
        ("Seven nights from €540", []),
        ("€540 a month", ["540"]),
        ("Open 10am to 6pm", ["10"]),
        ("Open 6am to 10pm", []),
    ],
)
def test_a_number_stays_where_it_belongs(text, wrong):
    assert [str(a) for a in moved(text, HOLIDAY)] == wrong


def test_two_prices_may_not_be_exchanged():
    grounds = "case £65 . replacement wheels £6 a pair"
    assert [a.value for a in moved("Pay £6 for the case", grounds)] == ["6"]
    assert not moved("Pay £65 for the case", grounds)


@pytest.mark.parametrize(
    ("text", "grounds", "wrong"),
    [
        ("€20 off", "20% off", ["20"]),
        ("20% off", "€20 off", ["20%"]),
        ("10 lessons", "$10 a lesson", ["10"]),
        ("Only £12", "£12 off a new pair", ["12"]),
        ("Take £12 off a pair", "a pair for £12", ["12"]),
        ("Pay £12 less for boots", "£12 off a new pair", []),
        ("Boots for £12", "£12 a pair", []),
        ("Open till 8", "open until 8pm", []),
        ("Nothing here", "£12", []),
    ],
)
def test_a_number_keeps_its_role(text, grounds, wrong):
    assert [str(a) for a in role_changed(text, grounds)] == wrong


@given(st.text(), st.text())
def test_facts_take_any_text(text, grounds):
    found = invented(text, grounds)
    shares = kept(text, grounds)
    assert found.numbers <= numbers(text)
    assert all(math.isnan(share) or 0 <= share <= 1 for share in (shares.names, shares.numbers))
    assert len(moved(text, grounds)) <= len(amounts(text))
    assert len(role_changed(text, grounds)) <= len(amounts(text))


@given(st.text())
def test_a_text_invents_nothing_against_itself(text):
    if "<" not in text and "&" not in text:
        assert not invented(text, text).numbers


@given(st.text(alphabet="0123456789.,:%$£ ampkto-/"))
def test_number_soup_is_read_without_fail(text):
    for amount in amounts(text):
        assert amount.value
        assert 0 <= amount.start < amount.end <= len(text)

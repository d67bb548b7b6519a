"""Numbers and names: what is read, kept, invented, moved."""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adwright.text import invented, kept, moved, names, numbers, role_changed
from adwright.text.amounts import amounts, clauses

# The dictionary loads on first use, and machines are busy: time is no fault here.
CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


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
        ("two hundred, a dozen, two dozen", {"200", "24"}),
        ("1.5 million or 3 thousand or 5k", {"1500000", "3000", "5000"}),
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


@CALM
@given(st.text(), st.text())
def test_facts_take_any_text(text, grounds):
    found = invented(text, grounds)
    shares = kept(text, grounds)
    assert found.numbers <= numbers(text)
    assert all(math.isnan(share) or 0 <= share <= 1 for share in (shares.names, shares.numbers))
    assert len(moved(text, grounds)) <= len(amounts(text))
    assert len(role_changed(text, grounds)) <= len(amounts(text))


@CALM
@given(st.text())
def test_a_text_invents_nothing_against_itself(text):
    if "<" not in text and "&" not in text:
        assert not invented(text, text).numbers


@CALM
@given(st.text(alphabet="0123456789.,:%$£ ampkto-/"))
def test_number_soup_is_read_without_fail(text):
    for amount in amounts(text):
        assert amount.value
        assert 0 <= amount.start < amount.end <= len(text)

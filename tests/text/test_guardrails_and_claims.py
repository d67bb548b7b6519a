"""Editorial rules and claims, by good and bad examples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adwright.records import Brief
from adwright.text import LIMITS, RULES, check_guardrails, unsupported

# The dictionary loads on first use, and machines are busy: time is no fault here.

AD = Brief(placement="description", product="trail shoes", brand="NORTHFOLD", facts=("£84 a pair",))

BAD = [
    ("length", "x " * 60),
    ("length", "Shoes"),
    ("several lines", "Trail shoes for runners\nat £84 a pair"),
    ("several lines", "Trail shoes for \x07 runners at £84"),
    ("markup", "Trail shoes <b>for</b> runners at £84"),
    ("markup", "Trail shoes for [Your Name] at £84 a pair"),
    ("markup", "**Trail shoes** for runners at £84"),
    ("markup", "Trail shoes for {brand} runners"),
    ("repeated punctuation", "Trail shoes for runners!! At £84"),
    ("repeated punctuation", "Trail shoes for runners? ?"),
    ("repeated punctuation", "Trail shoes..... for runners"),
    ("repeated punctuation", "Run! Trail shoes for runners!"),
    ("symbols", "Trail shoes for runners 🎉 at £84"),
    ("symbols", "★ Trail shoes ★ for runners"),
    ("symbols", "Trail sh\u200boes for runners"),
    ("symbols", "Trail $hoes for runners today"),
    ("symbols", "F R E E trail shoes for runners"),
    ("capitals", "GET YOUR TRAIL SHOES for running"),
    ("capitals", "SENSATIONAL trail shoes"),
    ("contact", "Trail shoes: call 020 7946 0958 today"),
    ("contact", "Trail shoes at www.example.com for £84"),
    ("contact", "Trail shoes from sales@example.com"),
    ("contact", "Trail shoes by @northfold for runners"),
    ("contact", "Trail shoes, ring 555-1234 for yours"),
    ("contact", "Trail shoes at northfold.com for £84"),
    ("contact", "Trail shoes, call today: 555-1234"),
    ("contact", "Trail shoes: (555) 123-4567 for yours"),
    ("contact", "Trail shoes: 555.123.4567 for yours"),
    ("contact", "Trail shoes: 07700 900123 for yours"),
    ("contact", "Trail shoes: +44 20 7946 0958 for yours"),
    ("contact", "Trail shoes: call 612 345 678 today"),
    ("personal attribute", "Are you overweight? Run in trail shoes"),
    ("personal attribute", "Are you gay? Trail shoes for you"),
    ("personal attribute", "Trail shoes because you are diabetic"),
    ("personal attribute", "Run away from your debt in trail shoes"),
    ("personal attribute", "You're too old for road shoes, try these"),
    ("personal attribute", "Do you have depression? Trail shoes help"),
    ("personal attribute", "Are you sick? Run in trail shoes"),
    ("personal attribute", "Are you old? Trail shoes for you"),
    ("personal attribute", "Are you too old to get life insurance?"),
    ("personal attribute", "Are you a single parent? Trail shoes"),
    ("personal attribute", "Are you a black woman? Trail shoes"),
    ("personal attribute", "If you're broke, trail shoes at £84"),
    ("personal attribute", "Are you pregnant with twins? Run less"),
    ("personal attribute", "Runners of your race or religion, meet"),
    ("personal attribute", "Meet runners of your faith for £84"),
    ("personal attribute", "Your criminal conviction, forgotten"),
    ("personal attribute", "Trail shoes for your acne-prone skin"),
    ("personal attribute", "Old? Trail shoes for you, £84 a pair"),
    ("personal attribute", "Tired and broke? Trail shoes for £84"),
    ("profanity", "These trail shoes are the shit for mud"),
]
GOOD = [
    "Trail shoes for muddy paths, £84 a pair.",
    "Muddy paths ahead? Trail shoes, £84 a pair",
    "New mud, new shoes! £84 a pair for the trail",
    "Over 65? The guided walk in trail shoes is free",
    "Trail shoes #1 to #9 in the USA: TV, GPS and DIY",
    "NORTHFOLD trail shoes “for mud” – from 2024-05-06",
    "Old path, new shoes... £84 a pair & free returns",
    "Walk in Monday to Friday, 9am to 6pm, £84, 1220 Harbor Road",
    "Trail shoes for £84 (sizes 3 to 13, 4½ too) • café included",
    "Run your best race in trail shoes",
    "Are you sick of slow Wi-Fi at home?",
    "Are you old enough to remember vinyl?",
    "You're never too old to learn to run",
    "If you're single-minded about coffee, come in",
    "Are you a black coffee person?",
    "Put your faith in our mechanics today",
    "The courage of your convictions, and shoes",
    "Start your debt-free life in trail shoes",
    "Is your boiler old? Replace it for £84",
    "Essays of 500-1000 words, written well",
    "Bottles from 250-1000 ml for the trail",
    "Loans of $500-1500 in one day, no fuss",
    "Over 10 000 000 downloads worldwide",
    "For towns of 100 000-200 000 people",
]


@pytest.mark.parametrize(("rule", "text"), BAD)
def test_bad_texts_break_their_rule(rule, text):
    found = check_guardrails(text, AD)
    assert rule in {f.rule for f in found}
    assert all(0 <= f.start <= f.end <= len(text) and f.message for f in found)


@pytest.mark.parametrize("text", GOOD)
def test_good_texts_break_none(text):
    assert check_guardrails(text, AD) == []


def test_every_rule_has_an_example():
    assert {rule for rule, _ in BAD} == set(RULES)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("Call 020 7946 0958 for trail shoes", "Trail shoes: 020 7946 0958"),
        ("The ★ trail shoes for runners", "★ trail shoes ★"),
        ("BUY TRAIL SHOES NOW, £84", "TRAIL SHOES FOR RUNNERS"),
        ("Run! Trail shoes! For runners", "Go! Run! Trail! Shoes!"),
        ("Bloody trails, damned good shoes", "Those damned trails"),
    ],
)
def test_what_the_source_has_is_let_pass(text, source):
    assert check_guardrails(text, AD, source) == []


def test_a_brand_that_is_a_domain_may_be_named_and_no_other():
    hotels = Brief(brand="Hotels.com", product="1-800-ROOMS", placement="description")
    assert check_guardrails("Hotels.com: rooms by the sea, or 1-800-ROOMS", hotels) == []
    assert [f.rule for f in check_guardrails("Hotels.com: rooms by the sea, rooms.com", hotels)] == [
        "contact"
    ]
    assert [f.rule for f in check_guardrails("Rooms by the sea at Hotels.com", AD)] == ["contact"]


@pytest.mark.parametrize(
    ("text", "placement", "start"),
    [
        ("佛罗伦萨手工皮包" * 2, "search_headline", 15),
        ("a" * 29 + "皮包", "search_headline", 29),
        ("e\u0301" * 31, "search_headline", 60),
        ("a" * 61, "headline", 60),
    ],
)
def test_the_length_finding_begins_at_what_does_not_fit(text, placement, start):
    found = check_guardrails(text, Brief(placement=placement))
    assert [(f.start, f.end) for f in found if f.rule == "length"] == [(start, len(text))]


def test_a_short_chinese_text_is_long_enough():
    assert check_guardrails("佛罗伦萨手工皮包", Brief(placement="headline")) == []
    assert check_guardrails("佛罗伦萨手工皮包制作", Brief(placement="description")) == []


@pytest.mark.parametrize(
    ("text", "grounds", "claimed"),
    [
        ("Free delivery on all bags", "leather bags", True),
        ("Delivered at no extra cost", "free shipping", False),
        ("Get your bag at a discount", "leather bags €180", True),
        ("Save 20% on bags", "20% off bags", False),
        ("Guaranteed for life", "leather bags", True),
        ("With a two-year warranty", "guaranteed for 2 years", False),
        ("The best bags in town", "leather bags", True),
        ("Award-winning bags", "leather bags", True),
        ("Organic cotton bags", "cotton bags", True),
        ("Clinically proven cream", "face cream", True),
        ("Certified technicians", "certified EV technicians", False),
        ("Hurry, while stocks last", "leather bags", True),
        ("Until Sunday only: last chance", "offer ends Sunday June 8", False),
        ("Money-back promise", "leather bags", True),
        ("Better than any other bag", "leather bags", True),
        ("Thousands of happy customers", "leather bags", True),
        ("Ready in minutes", "leather bags", True),
        ("Lose weight fast", "gym membership", True),
        ("Earn money from home", "leather bags", True),
        ("Our new collection", "leather bags", True),
        ("Feel free to look", "leather bags", False),
        ("Sugar-free tea", "sugar-free tea", False),
        ("A free bag with oil", "free comb with every order . leather bag", True),
        ("A free comb with oil", "free comb with every order . leather bag", False),
        ("Bags and more", "<p>free bags</p>", False),
    ],
)
def test_a_claim_needs_its_family_in_the_grounds(text, grounds, claimed):
    found = unsupported(text, grounds)
    assert bool(found) == claimed
    assert all(f.rule == "claim" and 0 <= f.start < f.end <= len(text) for f in found)


def test_stories_may_praise_but_not_offer():
    assert not unsupported("The Best Thing You Will See", "a video", story=True)
    assert unsupported("Get A Free Trial Of This Video", "a video", story=True)


@given(
    st.text() | st.text(alphabet="a皮e\u0301\u200b1 -.", min_size=25),
    st.text(),
    st.text(),
    st.sampled_from(list(LIMITS)),
)
def test_rules_take_any_text(text, source, fact, placement):
    brief = Brief(facts=(fact,), placement=placement)
    for finding in [*check_guardrails(text, brief, source), *unsupported(text, fact)]:
        assert 0 <= finding.start <= finding.end <= len(text)


CLAIMS = (
    "Free delivery on all bags", "A free bag with oil", "Bags at a discount", "Half-price bags",
    "The best bags in town", "Guaranteed for life", "Clinically proven", "Award-winning bags",
    "Organic cotton", "Certified technicians", "Hurry, while stocks last", "Money-back promise",
    "Better than any other bag", "Ready in minutes", "Thousands of happy customers", "Lose weight fast",
    "Earn money from home", "Our new collection",
)  # fmt: skip


@pytest.mark.parametrize("claim", CLAIMS)
def test_every_claim_of_the_list_is_one(claim):
    assert unsupported(claim, "leather bags")


@given(st.lists(st.sampled_from(CLAIMS), min_size=1, max_size=4))
def test_the_source_itself_makes_no_claim_of_its_own(claims):
    text = ". ".join(claims)
    assert not unsupported(text, text)
    assert not unsupported(claims[0], text)

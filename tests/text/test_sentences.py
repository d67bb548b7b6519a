"""Form: beginnings, ends, spacing and balance that are wrong, and that only look so."""

import pytest

from adwright.records import Brief
from adwright.text import check_filters
from adwright.text.sentences import bad_beginning, bad_end, bad_spacing, lone_article, repeated, unbalanced

ENGLISH, FRENCH, CHINESE = (
    "Leather bags from Florence",
    "Sacs en cuir faits main à Florence",
    "佛罗伦萨手工皮包",
)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("Bread baked at 5 a.m., gone by noon", ENGLISH),
        ("Sofas from the U.K., ready in 5 days", ENGLISH),
        ("Pots, pans, etc., for less", ENGLISH),
        ("Made by Harlow Inc., in Leeds", ENGLISH),
        ("限时特惠!佛罗伦萨皮包手工制作", CHINESE),
        ("手工皮包,佛罗伦萨制作出品", CHINESE),
        ("手工皮包,Florence制作", CHINESE),
        ("Sacs en cuir cousus main !", FRENCH),
        ("Cousus main : des sacs en cuir", FRENCH),
    ],
)
def test_good_spacing(text, source):
    assert bad_spacing(text, source) is None


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("Bread., and butter", ENGLISH),
        ("Bags made by hand !", ENGLISH),
        ("Bags : made by hand", ENGLISH),
        ("Bags ,made by hand", ENGLISH),
        ("Bags,made by hand", ENGLISH),
        ("Des sacs , cousus main", FRENCH),
    ],
)
def test_bad_spacing(text, source):
    assert bad_spacing(text, source) is not None


@pytest.mark.parametrize(
    ("text", "known", "bad"),
    [
        ("adidas shoes for muddy trails", {"adidas"}, False),
        ("lululemon leggings for the gym", {"lululemon"}, False),
        ("iPhone cases of leather", {"iPhone"}, False),
        ("Spoons, forks etc. and more", set(), False),
        ("Open approx. two hours", set(), False),
        ("adidas shoes for muddy trails", {"Adidas"}, True),
        ("leather bags from Florence", {"leather"}, True),
        ("the bags from Florence", {"the"}, True),
        ("Bags for life. they last", set(), True),
        (", bags from Florence", set(), True),
    ],
)
def test_a_text_begins_small_only_as_source_and_brief_write_the_name(text, known, bad):
    assert (bad_beginning(text, ENGLISH, frozenset(known)) is not None) == bad


def test_a_brand_in_lower_case_may_begin_a_text():
    brief = Brief(brand="adidas", product="shoes", placement="headline")
    rules = {
        f.rule for f in check_filters("adidas shoes for muddy trails", "Shoes for mud and trails", brief)
    }
    assert "beginning" not in rules


@pytest.mark.parametrize(
    "text",
    [
        "A bed to come home to",
        "A view to die for.",
        "Two weeks off: the place to be",
        "For your well-being",
        "This summer's must-have",
        "Bags you can't live without",
        "Sofas to sink into",
        "All your cleaning, taken care of",
        "What we are looking for",
        "Nothing tastes like that",
        "Open from 6 am",
    ],
)
def test_whole_ends(text):
    assert bad_end(text, story=False) is None


@pytest.mark.parametrize(
    "text",
    [
        "Sign up to be",
        "Sign up to learn about",
        "Visit us to talk with",
        "Come to Florence to",
        "Book beach holidays before 1 June with",
        "Bags delivered without",
        "Look into",
        "A new kind of",
        "Save on shoes and the",
        "We stand for",
    ],
)
def test_ends_in_mid_sentence(text):
    assert bad_end(text, story=False) is not None


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("Join the class of '99", False),
        ("The '99 vintage is back", False),
        ("Louis C.K.'s new show", False),
        ("Rock 'n' roll in the '80s", False),
        ("Bags 'made in Florence'", False),
        ("Bags 'made in Florence", True),
        ("The '20% off sale", True),
        ("Bags (made in Florence", True),
    ],
)
def test_balance(text, bad):
    assert (unbalanced(text) is not None) == bad


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("Bags made by the of us", True),
        ("Carry your with you", True),
        ("Buy a and a bag", True),
        ("From A to Z, and a to-do list", False),
        ("The bag that we made", False),
        ("A with-it bag", False),
    ],
)
def test_an_article_has_a_noun(text, bad):
    assert (lone_article(text) is not None) == bad


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("A bag for you. You carry it", False),
        ("After 3 lessons. Lessons are £9", False),
        ("A bag bag for you", True),
        ("Bags for £69 £69 a piece", True),
        ("Bags in sizes 60, 60 and 70", True),
        ("Bags for £69. 69 of them", False),
        ("Sizes 6 and 16, 60 and 600", False),
        ("We sew bags. We sew bags.", True),
        ("One for £5 each, ten for £4 each", False),
    ],
)
def test_a_word_or_number_is_said_once(text, bad):
    assert (repeated(text, "Bags") is not None) == bad


def test_a_long_text_may_name_its_subject_three_times():
    text = (
        "You bring the kettle, we look at the kettle. Most need a new seal and nothing else, so the bill is"
        " small and your kettle is home again by the evening."
    )
    assert repeated(text, "Kettle repairs") is None
    assert repeated("The kettle, a kettle, your kettle", "Kettle repairs") is not None

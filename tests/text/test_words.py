"""The dictionary: words with accents are known, and tell languages apart."""

import pytest

from adwright.records import Brief
from adwright.text import check_filters, names
from adwright.text.words import is_english, is_known


@pytest.mark.parametrize(
    "word", ["crème", "brûlée", "Brûlée", "jalapeño", "soufflé", "façade", "naïve", "éclairs"]
)
def test_words_are_known_with_their_accents(word):
    assert is_known(word)


@pytest.mark.parametrize("word", ["brülxe", "crêmxe", "Corväni", "ñ"])
def test_an_accent_makes_no_word_known(word):
    assert not is_known(word)


def test_a_dish_is_neither_a_name_nor_misspelt():
    brief = Brief(product="desserts", placement="headline")
    assert not names("Crème brûlée and coffee in town")
    rules = {f.rule for f in check_filters("Crème brûlée and desserts to share", "Desserts to share", brief)}
    assert not rules & {"spelling", "name invented"}


def test_accents_do_not_make_other_languages_english():
    assert is_english("Crème brûlée and café crème in the old town")
    assert not is_english("Des sacs en cuir faits à la main, à Florence")
    assert not is_english("Bolsos de cuero hechos a mano, más baratos")

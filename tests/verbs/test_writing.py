"""Without a placement, the shortest that the text fits is taken."""

import pytest

from adwright.errors import BriefError
from adwright.verbs.writing import _brief


@pytest.mark.parametrize(
    ("text", "placement"),
    [
        ("Leather bags from Florence", "headline"),
        ("佛罗伦萨手工皮包", "headline"),
        ("Bread", "headline"),
        ("皮包", "headline"),
        ("Leather bags\n\n\n" + "from Florence and " * 2 + "Rome", "headline"),
        ("Leather bags from Florence, made by hand, for every day of the year", "description"),
        ("bag " * 40, "primary_text"),
        ("bag " * 80, "primary_text"),
    ],
)
def test_the_placement_follows_from_the_length(text, placement):
    assert _brief(text, "", "", (), "", None).placement == placement


def test_a_named_placement_is_taken_or_refused():
    assert _brief("Bread", "", "", (), "", "description").placement == "description"
    with pytest.raises(BriefError, match="no placement 'banner'"):
        _brief("Bread", "", "", (), "", "banner")

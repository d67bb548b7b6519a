"""Words of claims in senses that claim nothing: a free evening, number one and number two, the new flat.

Such a word is blanked before claims are looked for, in a text and in what it rests on alike: that the hall
is free on Saturday allows no free delivery. Where a sense cannot be told from an offer by its words, the
word stays and counts as one.
"""

from __future__ import annotations

import re
from itertools import pairwise

from adwright.text.families import folded
from adwright.text.lexicon import MONTHS, WEEKDAYS, listed
from adwright.text.words import content_stems, stem

__all__ = ["sensed"]

_SHORT = listed("sun sat wed mar jun dec jan")
_DAY = "|".join(sorted({*WEEKDAYS, *MONTHS} - _SHORT, key=len, reverse=True))
_TIME = rf"(?:days?|mornings?|afternoons?|evenings?|nights?|hours?|weekdays?|weekends?|lunchtimes?|{_DAY})"
_SLOT = rf"(?:mornings?|afternoons?|evenings?|lunchtimes?|weekends?|{_DAY})"
_WHEN = rf"(?:(?:on|in|this|next|one|all|any|for an?)\b[^.!?,;:]*?\b{_TIME}\b|at \d)[^.!?]*\?"
# What is let, booked or sat on, and may be free for the taking.
_VACANT = (
    r"(?:room|hall|place|space|seat|spot|slot|bed|desk|pitch|court|field|driveway|garage|van|sofa|calendar)s?"
)
# What an advertiser says is running out.
_OFFERED = r"(?:time|stock|chance|place|spot|seat|ticket|offer|deal|sale|pair|size|copie|day|hour|last|left)"
_START = r"(?:^|(?<=[.!?] ))"
_WHO = r"(?:you(?:'re| are|'ve)?|i'm|we're|(?:no|any|some)(?:body|one)(?: is|'s)?|no one|are you|is anyone)"

_FREE = (
    # At liberty: "you're free to cancel", "nobody free to build it?"
    rf"\b{_WHO} (free)(?= to \w)",
    r"\b(?:you(?:'re| are)|i'm|we're) (free)(?= (?:at|on|in|this|next)\b)",
    # Not busy, asked of the reader: "Free on 14 June?", "Is the hall free on Saturday?"
    rf"{_START}(free)(?= {_WHEN})",
    rf"{_START}(?:is|are) (?:the|your|our|this|that) (?:[\w'-]+ ){{0,2}}(?:{_VACANT}|{_TIME}) (free)"
    rf"(?= {_WHEN})",
    rf"{_START}(?:[\w'-]+ ){{0,2}}{_VACANT} (free)(?= {_WHEN})",
    # Not let: "when the hall is free", "3 rooms free"
    rf"\bwhen (?:the|your|our|a|each|every) (?:[\w'-]+ )?{_VACANT} (?:is|are) (free)(?! (?:of|for|with)\b)",
    r"(?<!first )(?<!last )(?<!get )(?<!plus )\b\d+ (?:of \d+ )?"
    rf"{_VACANT} (?:are |still )?(free)(?! (?:of|for|with)\b)",
    # Time of one's own: "have your evenings free", "keep 29 November free", "you have a free morning"
    rf"\b(?:have|keep|want|leaves?) (?:your|my|their|our) (?:(?:weekday|weekend|{_DAY}) )?{_SLOT} (free)\b",
    rf"\b(?:have|keep|leaves?) the (?:middle|rest|whole|end) of the {_TIME} (free)\b",
    rf"\bkeep (?:the )?(?:\d{{1,2}} )?(?:{_DAY})(?: \d{{1,2}})? (free)\b",
    r"\b(?:you|who|people)(?:'ve| have)? (?:have|has|got) (?:[\w'-]+ ){0,6}(free)"
    rf"(?= {_SLOT}(?: (?:a|every|each) \w+)?(?:[.,;:?!]|$))",
)
_OTHERS = (
    # One of several, not the first in rank.
    r"\bnumber (one)\b(?=.*\bnumber two\b)",
    r"\b(?:the|your|our|each|a|his|her|their) (first class)"
    r"(?= (?:is|are|was|on|at|in|for|with|free|starts?|begins?|costs?|lasts?)\b|[.,;:?!]|$)",
    r"\bthe (latest)(?= (?:you|we|it|to)\b)",
    # Informed, not sent by post.
    r"\bkeep(?:s|ing)? (?:[\w'-]+ ){1,3}(posted)\b",
    r"\b(?:the|a|by|off|cruise) (ship)\b",
    # The reader's own thing runs out.
    rf"{_START}(?![^.!?]*\b{_OFFERED}s?\b)[^.!?]*?\b(running out)(?=[^.!?]*\?)",
    r"\bgoing (anywhere)\b",
    r"\bnot for a (lifetime)\b",
)
_SENSES = tuple(re.compile(pattern) for pattern in (*_FREE, *_OTHERS))
_MAY = re.compile(
    r"\b(?:free|number one|first class|latest|posted|ship|running out|tested|anywhere|lifetime)\b"
)
# A place in the names of which the claim is judged: "anywhere in Chicago" is as good as Chicago.
_PLACE = re.compile(r"\b(?:any|every|Any|Every)where(?= in (?:the )?[A-Z])")
# The new flat that one moves to is not what is advertised, unless grounds speak of one.
_SOMEBODYS_NEW = re.compile(
    r"\b(?:in|into|at|for|from|(?<!welcome )to) the (new) (home|house|flat|apartment|place|room|office|job)\b"
)
# What is tested for the reader, where grounds speak of tests.
_HAVE_DONE = re.compile(r"\b(?:have|get|having|getting) (?:your|my) (?:[\w'-]+ ){1,4}(tested)\b")
_DONE_TO = re.compile(r"\b(\w+) (tested)\b")
_NO_FEE = re.compile(r"\bno \w+, no (?:fee|charge|pay|cost)")
_IF_NOTHING = re.compile(
    r"\b(?:if|unless|when) [^.!?]*\b(pays? nothing)\b|\b(pays? nothing)(?= (?:if|unless|until|when) )"
)


def _blank(match: re.Match[str], group: int = 0) -> str:
    """The match with a group (else its last one, else all of it) written over."""
    start, end = (at - match.start() for at in match.span(group or match.lastindex or 0))
    return f"{match[0][:start]}{'_' * (end - start)}{match[0][end:]}"


def sensed(text: str, grounds: str | None = None) -> str:
    """The text in lower case (``families.folded``), letter for letter, harmless senses of claims blanked.

    Args:
        text: the text to judge, or what it rests on.
        grounds: for a text to judge, what it rests on, in lower case: some senses follow from it.
    """
    low = folded(_PLACE.sub(_blank, text) if grounds is not None else text)
    if _MAY.search(low):
        for pattern in _SENSES:
            low = pattern.sub(_blank, low)
    return low if grounds is None else _of_others(low, grounds)


def _of_others(low: str, grounds: str) -> str:
    """Blanks what is said of another thing than the grounds', or of the same in another form of the word."""
    stems = content_stems(grounds)

    def new(match: re.Match[str]) -> str:
        return match[0] if stem(match[2]) in stems else _blank(match, 1)

    def done(match: re.Match[str]) -> str:
        pair = (stem(match[1]), stem(match[2]))
        return _blank(match) if pair in pairwise(stems) else match[0]

    low = _DONE_TO.sub(done, _SOMEBODYS_NEW.sub(new, low))
    if "test" in stems:
        low = _HAVE_DONE.sub(_blank, low)
    return _IF_NOTHING.sub(_blank, low) if _NO_FEE.search(grounds) else low

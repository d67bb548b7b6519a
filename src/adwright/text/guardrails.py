"""Hard editorial rules that publishers reject on.

Rules are those that the platforms publish: repeated punctuation, gimmicky symbols, needless
capitals, contact details in the text, claims about a person's attributes, profanity, length.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right

from adwright.records import Brief, Finding
from adwright.text.lexicon import ACRONYMS, PROFANITY, UNITS
from adwright.text.limits import LIMITS, is_short, measure
from adwright.text.words import is_known, plain, words

__all__ = ["RULES", "check"]

RULES: dict[str, str] = {
    "length": "longer or shorter than the placement takes",
    "several lines": "more than one line, or control characters",
    "markup": "HTML, Markdown, chat markup, script or template placeholders",
    "repeated punctuation": "!! or ??, more than one exclamation mark in an ad, or more than three dots",
    "symbols": "emoji, gimmicky symbols, invisible characters, signs for letters, unless the source has them",
    "capitals": "three or more shouted words, or over 30% of the letters shouted, unless the source shouts",
    "contact": "a phone number, e-mail address, web address or handle that the source does not have",
    "personal attribute": (
        "says or asks what the reader is: health, money, age, religion, origin, orientation, record"
    ),
    "profanity": "swear words and slurs, unless the source has them",
}

_MARKUP = re.compile(
    r"</?[a-z!][^<>]*>?|&(?:[a-z]{2,8}|#\d{1,6});|\*\*|__|```|\[[^\]]*\]\([^)]*\)|<\||\|>|\[/?(?:INST|SYS)"
    r"|\{\{|\}\}|\{[a-z_ ]*\}"
    r"|javascript:|\[(?:your |insert |brand|product|name|company|city)[^\]]*\]|^#{1,6}\s|on\w+=",
    re.IGNORECASE,
)
_PUNCTUATION = re.compile(
    r"[!?¡¿！？]\s?[!?！？]|\.{4,}|…[.…]|[,;:]{2,}|(?<!\.)\.\.(?!\.)|[-–—]{3,}|\$\$|--+"
)
_PLAIN_SIGNS = frozenset(
    """!"%&'()+,-./:;?[]’‘“”„«»–—…£$€¥₹¢©®™°º½¼¾⅓⅔×·•§№‑′″,。！？、；：（）「」『』《》·～¿¡，"""
)
_GIMMICK = re.compile(
    r"[^\W\d_]+[$@€]+[^\W\d_]+|(?<!\w)\$[^\W\d_]{2,}|\b[A-Za-z]\d[a-z]{2,}\d?\b(?<![a-z]\dst)"
    r"|\b(?:[A-Za-z] ){3,}[A-Za-z]\b"
)
_PHONE_CUE = (
    r"\b(?:call|phone|tel|telephone|text|whatsapp|ring|dial|fax)\.?"
    r"(?: (?:us|me|now|today|free|on|at))*:? ?"
)
_CONTACT = re.compile(
    r"(?<![\w.+-])[\w.+-]++@[\w-]+\.[\w.]+|https?:|www\.|(?<![\w-])[\w-]{2,}+\.(?:com|net|org|co|io|uk|de|fr|shop|app|info|biz"
    r"|store|online|ly|me|tv)(?:/\S*)?\b"
    r"|(?<!\w)@\w{2,}"
    # In three groups, or in two behind a plus, a bracket or a nought: two groups alone are a range too.
    r"|(?<![\d$£€.,])(?:\+\d{1,3}[\s.-]?)?\(?\d{2,5}\)?[\s.-]\d{3,4}[\s.-]\d{3,4}(?![\d%])"
    r"|(?<![\d$£€.,])(?:\+\d{1,3}[\s.-]?\(?\d|\(\d|0)\d{1,4}\)?[\s.-]?\d{3,4}[\s.-]?\d{3,4}(?![\d%])"
    r"|(?<![\d$£€.,])\+?\d{9,15}(?!\d)"
    rf"|\b1-8\d\d-\w+|{_PHONE_CUE}\+?[\d(](?:[\s().-]{{0,2}}\d){{5,}}",
    re.IGNORECASE,
)
# Dates, and thousands set apart by spaces, look like telephone numbers.
_FIGURE = re.compile(
    r"\b\d{4}[-./]\d{1,2}[-./]\d{1,2}\b|\b\d{1,2}[-./]\d{1,2}[-./]\d{2,4}\b"
    r"|(?<![\d+(])(?<!\d[ .])[1-9]\d{0,2}(?:\s\d{3})+(?!\d|[\s-]\d{4}|\s\d)"
)

# Words that are also said of other things: "sick of", "old enough", "a black coffee".
_LOOSE_TRAITS = r"straight|black|white|foreign|anxious|fat|sick|ill|broke|poor|single|old"
_PERSON = (
    r"(?:m[ae]n|wom[ae]n|person|people|parents?|m[uo]ms?|mothers?|dads?|fathers?|guys?|girls?|boys?|students?"
    r"|seniors?|singles|famil(?:y|ies)|american|british|african)\b"
)
_TRAITS = (
    r"(?:gay|lesbian|bisexual|transgender|trans|queer|asian|hispanic|latino|latina|jewish|muslim|christian"
    r"|catholic|hindu|buddhist|atheist|immigrant|disabled|autistic|diabetic|depressed"
    r"|bipolar|obese|overweight|ugly|bald|balding|impotent|infertile|pregnant|addicted|alcoholic|an? addict"
    r"|an? alcoholic|hiv[- ]positive|mentally ill|bankrupt|in debt|unemployed|jobless|divorced|lonely"
    r"|elderly|too old|getting old|senile|a criminal|a felon|an ex-con|menopausal|incontinent"
    r"|suffering from \w+|struggling with (?:debt|depression|anxiety|addiction|your weight|money)"
    rf"|(?:{_LOOSE_TRAITS}) {_PERSON}"
    rf"|(?<! a )(?<! an )(?:{_LOOSE_TRAITS})(?! (?:to|of|at|enough|and tired|school|fashioned)\b))(?![\w-])"
)
_AILMENTS = (
    r"(?:debts?|bankruptcy|bad credit|poor credit|credit score|divorce|depression|anxiety|addiction"
    r"|alcoholism|drinking problem|diabetes"
    r"|cancer|obesity|belly fat|weight problem|acne|arthritis|erectile dysfunction|incontinence"
    r"|infertility|menopause|adhd|autism"
    r"|disability|disease|illness|disorder|criminal (?:record|conviction)s?|sexuality|sexual orientation"
    r"|religion|race(?:,| or| and) (?:religion|colou?r|ethnicity|gender|sex|age|background)|ethnicity"
    r"|faith(?! in\b)|skin colou?r"
    r"|immigration status|unemployment|mental health|wrinkles|baldness|hair loss|std|hiv)(?!\w|-free)"
)
_PERSONAL = re.compile(
    rf"\b(?:are|aren't) you (?:\w+ )?{_TRAITS}"
    rf"|\b(?:because|since|if|when|as|that) you(?:'re| are| were) (?:(?!not)\w+ )?{_TRAITS}"
    rf"|\byou(?:'re| are) (?:too |so |very |really )?{_TRAITS}"
    rf"|\b(?:your|you have|do you have|have you got|suffering from|(?:^|[.!?] )got) (?:\w+ )?{_AILMENTS}"
    r"|\b(?:fellow|other|meet|date|for) (?:black|gay|lesbian|jewish|muslim|christian|asian"
    r"|hispanic) (?:singles|people like you|men like you|women like you|like you)\b"
    r"|(?:^|[.!?] )(?:(?:too|so|feeling|still|\w+ and|\w+ or) )?"
    r"(?:gay|black|old|fat|broke|poor|disabled|diabetic|jewish|muslim|christian)\? ",
    re.IGNORECASE,
)


def _first(pattern: re.Pattern[str], text: str, rule: str, message: str, known: str = "") -> Finding | None:
    """A finding for the first match that is not, letter for letter, in ``known``."""
    for match in pattern.finditer(text):
        if match.group().strip().casefold() not in known:
            return Finding(rule, match.start(), match.end(), message)
    return None


def _length(text: str, brief: Brief) -> Finding | None:
    limit, chars = LIMITS[brief.placement], measure(text, brief.placement)
    if chars > limit.max_chars:
        ends = range(len(text) + 1)
        start = bisect_right(ends, limit.max_chars, key=lambda end: measure(text[:end], brief.placement)) - 1
        return Finding("length", start, len(text), f"{chars} characters, {limit.max_chars} fit: shorten it")
    if is_short(text, brief.placement):
        return Finding(
            "length", 0, len(text), f"{chars} characters, at least {limit.min_chars} are needed: say more"
        )
    return None


def _symbols(text: str, source: str) -> Finding | None:
    for at, char in enumerate(text):
        if char.isalnum() or char == " " or char in _PLAIN_SIGNS or char in source:
            continue
        if unicodedata.category(char) in {"Mn", "Mc"} and at and text[at - 1].isalpha():
            continue
        if char == "#" and text[at + 1 : at + 2].isdigit():
            continue
        return Finding("symbols", at, at + 1, f"{char!r} is not accepted in ads: leave it out")
    return _first(
        _GIMMICK, text, "symbols", "letters mixed with signs or spaces: write the word", source.casefold()
    )


def _shouted(text: str, known: frozenset[str]) -> list[tuple[int, int]]:
    spans = []
    for word in words(text):
        low = word.low
        if len(low) < 2 or not word.text.isupper() or low in ACRONYMS or low in UNITS or word.text in known:
            continue
        if len(low) > 2 and (is_known(low) or len(low) > 5):
            spans.append((word.start, word.end))
    return spans


def _capitals(text: str, grounds: str, source: str) -> Finding | None:
    known = frozenset(w.text for w in words(grounds) if w.text.isupper())
    spans = _shouted(text, known)
    letters = sum(ch.isalpha() for ch in text)
    shouting = len(_shouted(source, frozenset()))
    if spans and shouting < 3 and (len(spans) >= 3 or sum(b - a for a, b in spans) > 0.3 * letters):
        message = "words in capitals look shouted: write them in lower case"
        return Finding("capitals", spans[0][0], spans[-1][1], message)
    return None


def _contact(text: str, known: str) -> Finding | None:
    for match in _CONTACT.finditer(text):
        number = re.sub(r"\D", "", match.group())
        if len(number) >= 7 and number in re.sub(r"\D", "", known):
            continue
        if any(figure.start() <= match.start() < figure.end() for figure in _FIGURE.finditer(text)):
            continue
        if match.group().strip().casefold() not in known:
            message = "contact details do not belong in the text: use the ad's own fields"
            return Finding("contact", match.start(), match.end(), message)
    return None


def _punctuation(text: str, source: str) -> Finding | None:
    message = "repeated punctuation: one mark is enough"
    marks = [at for at, char in enumerate(text) if char in "!！"]
    if len(marks) > 1 and source.count("!") < len(marks):
        return Finding("repeated punctuation", marks[1], marks[1] + 1, message)
    return _first(_PUNCTUATION, text, "repeated punctuation", message, source)


def _profanity(text: str, source: str) -> Finding | None:
    known = {w.low for w in words(source)}
    for word in words(text):
        if word.low in PROFANITY and word.low not in known:
            return Finding("profanity", word.start, word.end, "not fit for an ad: choose another word")
    return None


def check(text: str, brief: Brief, source: str = "") -> list[Finding]:
    """The editorial rules that a text breaks, by the names in ``RULES``; at most one finding a rule.

    Args:
        text: the text to judge, as it would be shown.
        brief: gives the placement and known spellings; facts never excuse markup or shouting.
        source: the person's own text: signs, contact details and words that it has are let pass; contact
            details in the names of brand and product are as well ("Hotels.com").
    """
    known = plain(source).casefold()
    lines = re.search(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]|[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]", text)
    found = [
        _length(text, brief),
        Finding("several lines", lines.start(), lines.end(), "one line only: join or cut") if lines else None,
        _first(_MARKUP, text, "markup", "markup shows as it stands: write plain words"),
        _punctuation(text, known),
        _symbols(text, source),
        _capitals(text, f"{source} {brief.grounds()}", source),
        _contact(text, plain(f"{source} {brief.brand} {brief.product}").casefold()),
        _first(_PERSONAL, text.replace("’", "'"), "personal attribute",
               "speaks of the reader's own attributes: speak of the product instead"),
        _profanity(text, source),
    ]  # fmt: skip
    return [finding for finding in found if finding]

"""Words of a text: tokens, stems, content words, the dictionary, title case.

The lowest layer of the package: everything above reads texts through it. Tokens of a text are
cached, since one text goes through many rules.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from adwright.text.lexicon import EVERYDAY_NAMES, FUNCTION_WORDS, MODERN_WORDS, UNITS, listed

__all__ = [
    "CJK",
    "Word",
    "bare",
    "content_stems",
    "is_english",
    "is_known",
    "is_title_case",
    "plain",
    "stem",
    "words",
]

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_OPENS = re.compile(r"(?:^|[.!?…:|•]['\")\]’”]*\s|[\"“‘(\[–—]|\s-\s|(?:^|\s)['*])\W*$")
_TAG = re.compile(r"<[^<>]{0,300}>")
CJK = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
"""Chinese, Japanese and Korean letters, as ranges of a character class."""
_CJK = re.compile(f"[{CJK}]")
_TITLE_SHARE = 0.7
_ENGLISH_SHARE = 0.6


@dataclass(frozen=True)
class Word:
    """A word: as written, lower case without possessive, span, whether it opens a sentence or quote."""

    text: str
    low: str
    start: int
    end: int
    opens: bool


def plain(text: str) -> str:
    """The text without HTML tags and entities, white space collapsed."""
    if "<" in text or "&" in text:
        text = _TAG.sub(" ", html.unescape(_TAG.sub(" ", text)))
    return " ".join(text.split())


def bare(word: str) -> str:
    """Lower case, straight apostrophe, without the possessive."""
    low = word.lower().replace("’", "'")
    if low.endswith("'s") and low not in FUNCTION_WORDS:
        return low[:-2]
    return low


@lru_cache(maxsize=8192)
def words(text: str) -> tuple[Word, ...]:
    """The words of a text in order; digits are no words."""
    return tuple(
        Word(m.group(), bare(m.group()), m.start(), m.end(), _opens(text, m.start()))
        for m in _WORD.finditer(text)
    )


def _opens(text: str, start: int) -> bool:
    # Most words follow another word and one space; the pattern is for the rest.
    if start > 1 and text[start - 1] == " " and (text[start - 2].isalnum() or text[start - 2] == ","):
        return False
    return bool(_OPENS.search(text, max(0, start - 6), start))


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A light English stem: "delivered", "delivery" and "delivers" become one."""
    low = bare(word).replace("'", "")
    if len(low) > 4 and low.endswith(("sses", "shes", "ches", "xes", "zes")):
        low = low[:-2]
    elif len(low) > 3 and low.endswith("s") and not low.endswith(("ss", "us", "is")):
        low = low[:-3] + "y" if low.endswith("ies") and len(low) > 4 else low[:-1]
    for ending in ("ingly", "edly", "ing", "ed", "ly"):
        if low.endswith(ending) and len(low) - len(ending) >= 3:
            low = low[: -len(ending)]
            if len(low) > 3 and low[-1] == low[-2] and low[-1] not in "sl":
                low = low[:-1]
            break
    return low[:-1] if len(low) > 3 and low[-1] in "eyi" else low


@lru_cache(maxsize=8192)
def content_stems(text: str) -> tuple[str, ...]:
    """Stems of the words that carry meaning; of Chinese, Japanese and Korean, pairs of characters."""
    stems: list[str] = []
    for word in words(text):
        if not word.low.isascii() and _CJK.search(word.low):
            stems.extend(word.low[i : i + 2] for i in range(max(1, len(word.low) - 1)))
        elif word.low not in FUNCTION_WORDS and (len(word.low) > 1):
            stems.append(stem(word.low))
    return tuple(stems)


# Dishes and the like that the dictionary lacks, without their accents.
_LOANS = frozenset({"acai", "brulee", "brulees", "eclair", "eclairs", "creche", "creches", "uber"})


@lru_cache(maxsize=1)
def _dictionary() -> frozenset[str]:
    from spellchecker import SpellChecker

    # Single letters are in the list; in a text they are words cut short.
    listed = set(SpellChecker(language="en", distance=1).word_frequency.words())
    long = frozenset(word for word in listed if len(word) > 1)
    return long | MODERN_WORDS | EVERYDAY_NAMES | FUNCTION_WORDS | _LOANS | {"a", "i", "o"}


_BRITISH = (
    *(("our", "or"), ("ise", "ize"), ("isi", "izi"), ("isa", "iza"), ("yse", "yze"), ("ysi", "yzi")),
    *(("tre", "ter"), ("centr", "center"), ("lled", "led"), ("lling", "ling"), ("ller", "ler")),
    *(("ence", "ense"), ("tyre", "tire"), ("grey", "gray"), ("ogue", "og"), ("aemi", "emi")),
    *(("oeu", "eu"), ("mme", "m"), ("plough", "plow"), ("kerb", "curb"), ("pyjama", "pajama")),
    *(("ellery", "elry"), ("cheque", "check"), ("mould", "mold"), ("aluminium", "aluminum")),
    *(("sceptic", "skeptic"), ("draught", "draft"), ("woollen", "woolen"), ("oestr", "estr")),
    *(("aedi", "edi"), ("aeco", "eco"), ("manoeuvre", "maneuver")),
)
_SIBILANTS = ("s", "x", "z", "ch", "sh", "o")
_SUFFIXES = ("s", "es", "ed", "ing", "able", "ly", "ness", "less", "ful")
# What a compound is a kind of: woodsmoke is smoke, a glovebox a box. Any two words would hide a lost space.
_HEADS = listed("box smoke fish wood house proof berry ware wear cloth stone light")
_PREFIXES = (
    "un",
    "re",
    "non",
    "pre",
    "over",
    "under",
    "mini",
    "multi",
    "anti",
    "co",
    "mid",
    "semi",
    "super",
    "ultra",
)


def _without_accents(word: str) -> str:
    return "".join(ch for ch in unicodedata.normalize("NFD", word) if not unicodedata.combining(ch))


@lru_cache(maxsize=65536)
def is_known(word: str) -> bool:
    """Whether it is an English word of either spelling, with accents or without; a form of one, or a unit."""
    return _is_listed(word) or (not word.isascii() and _is_listed(_without_accents(word)))


@lru_cache(maxsize=65536)
def _is_listed(word: str) -> bool:
    low, listed = bare(word), _dictionary()
    if low in listed or low in UNITS or word.lower() in listed:
        return True
    if any(low.replace(ours, theirs) in listed for ours, theirs in _BRITISH if ours in low):
        return True
    if "'" in low:
        return all(part in listed or part in UNITS for part in low.split("'") if len(part) > 2)
    return _is_derived(low, listed)


def _is_derived(low: str, listed: frozenset[str]) -> bool:
    for ending in _SUFFIXES:
        base = low[: -len(ending)]
        if (
            low.endswith(ending)
            and len(base) >= 4
            # Boxes and dresses, but neither "samplees" nor "classs".
            and not (ending == "s" and base.endswith("s"))
            and (ending != "es" or base.endswith(_SIBILANTS))
            and (base in listed or (ending != "s" and base + "e" in listed))
        ):
            return True
    # Who or what does it: a fermenter. Of short verbs, most such words are misspelt ("lether").
    doer = low.removesuffix("s").removesuffix("er")
    if low.endswith(("er", "ers")) and len(doer) >= 5 and (doer in listed or f"{doer}e" in listed):
        return True
    if any(
        low.endswith(head) and len(low) - len(head) >= 4 and low[: -len(head)] in listed for head in _HEADS
    ):
        return True
    return any(
        low.startswith(start) and len(low) - len(start) >= 4 and low[len(start) :] in listed
        for start in _PREFIXES
    )


@lru_cache(maxsize=4096)
def is_english(text: str) -> bool:
    """Whether the rules for English apply: most lower-case words are known ones.

    Texts of fewer than three lower-case words are taken for English unless written in another script.
    """
    found = words(text)
    if not text.isascii() and any(_CJK.search(word.low) for word in found):
        return False
    lower = [word.low for word in found if word.text[0].islower()] or [word.low for word in found]
    if not text.isascii() and any(ord(ch) > 0x24F for word in found for ch in word.low if ch != "'"):
        return sum(word.isascii() for word in lower) > len(lower) / 2
    # With their accents: without them, half of French would be English.
    return len(lower) < 3 or sum(map(_is_listed, lower)) >= _ENGLISH_SHARE * len(lower)


@lru_cache(maxsize=8192)
def is_title_case(text: str) -> bool:
    """Whether Most Words Are Capitalised, so that a capital says nothing of a name."""
    found = words(text)
    longer = [word.text[0].isupper() for word in found if not word.opens and len(word.low) > 3]
    if len(longer) < 3:
        # Of so few, only a text without any small word is sure: "Stay at the Copper Heron" is no title.
        return len(found) > 2 and all(word.text[0].isupper() for word in found)
    return sum(longer) >= _TITLE_SHARE * len(longer)

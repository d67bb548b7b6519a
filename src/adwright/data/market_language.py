"""What a text is made of, and whether it reads like a sentence a person wrote.

Tokens, stems and numbers; and a class trigram model of the corpus' human texts (interpolated as
in Jelinek and Mercer 1980), which tells word order from word salad without knowing the words.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from adwright.data.corpus import load_corpus
from adwright.data.market_lexicon import FUNCTION, IMPERATIVES, NUMBER_WORDS, READER

__all__ = [
    "Fluency",
    "fluency",
    "numbers_held",
    "numbers_in",
    "plain",
    "sentences",
    "stem",
    "stems_of",
    "tokens",
    "words_of",
]

_TOKEN = re.compile(
    r"[£$€]?[0-9][0-9,.:]*[0-9]|[£$€]?[0-9]"  # 84, 1,690, 6:30, £8.50
    r"|[^\W\d_]+(?:['-][^\W\d_]+)*"  # words, don't, dog-friendly
    r"|[^\w\s]|_"
)
_STRAIGHT = str.maketrans({"\u2018": "'", "\u2019": "'", "\u2013": "-", "\u2014": "-"})
_NUMBER = re.compile(r"[0-9][0-9,.:]*[0-9]|[0-9]")
_SENTENCE_END = re.compile(r"(?<=[.?!])\s+")


def plain(text: str) -> str:
    """NFKD without accents, with straight apostrophes, hyphens for dashes, and single spaces."""
    text = unicodedata.normalize("NFKD", text.translate(_STRAIGHT))
    return " ".join("".join(c for c in text if not unicodedata.combining(c)).split())


def tokens(text: str) -> list[str]:
    """Words, numbers (with their currency sign) and single marks of a ``plain`` text, in order."""
    return _TOKEN.findall(text)


def words_of(text: str) -> list[str]:
    """The words of a ``plain`` text, in lower case, numbers left out."""
    return [t.lower() for t in tokens(text) if t[0].isalpha()]


def sentences(text: str) -> list[str]:
    """Sentences, by their closing marks."""
    return [s for s in _SENTENCE_END.split(text.strip()) if s]


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A crude stem, good enough to know "plumber" and "plumbing" as kin."""
    word = word.lower().removesuffix("'s").removesuffix("'")
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    for ending in ("ings", "ing", "ers", "er", "ed", "es", "s", "e"):
        if len(word) - len(ending) >= 3 and word.endswith(ending) and not word.endswith("ss"):
            word = word[: -len(ending)]
            break
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


def stems_of(text: str) -> set[str]:
    """Stems of the content words of a ``plain`` text; parts of a hyphenated word count too."""
    parts = (p for w in words_of(text) for p in {w, *w.split("-")})
    return {stem(p) for p in parts if p and p not in FUNCTION}


def numbers_in(text: str) -> list[str]:
    """Numbers of a ``plain`` text in order: "£1,690" is "£1690", "six" is "6", "9:00" is "9"."""
    found = []
    for token in tokens(text):
        if match := _NUMBER.search(token):
            found.append(token[: match.start()] + _number(match.group()))
        else:
            found += [NUMBER_WORDS[p] for p in token.lower().split("-") if p in NUMBER_WORDS]
    return found


def numbers_held(text: str) -> frozenset[str]:
    """Numbers that a ``plain`` text vouches for: those in it, and its prices without their sign too."""
    found = numbers_in(text)
    return frozenset(found) | {n.lstrip("£$€") for n in found}


def _number(digits: str) -> str:
    digits = digits.replace(",", "").strip(".:")
    digits = digits.removesuffix(":00")
    return digits.removesuffix(".00") if "." in digits else digits


@dataclass(frozen=True)
class Fluency:
    """Class trigram model.

    Attributes:
        grams: counts of classes, pairs and triples of the human texts.
        total: number of classes counted.
        common: words that are a class of their own.
        mean, spread: of the mean log probability of a class (nats) over texts left out of the counts.
    """

    grams: Counter[tuple[str, ...]]
    total: int
    common: frozenset[str]
    mean: float = 0.0
    spread: float = 1.0

    def log_probability(self, text: str) -> float:
        """Mean log probability, nats a class, of a ``plain`` text."""
        classes = _classes(text, self.common)
        return sum(math.log(self._chance(classes, i)) for i in range(2, len(classes))) / (len(classes) - 2)

    def oddness(self, text: str) -> float:
        """How many spreads less likely than the mean human text; short texts are allowed to vary more."""
        return (self.mean - self.log_probability(text)) / self.spread

    def _chance(self, classes: list[str], i: int) -> float:
        u, v, w = classes[i - 2], classes[i - 1], classes[i]
        grams = self.grams
        chance = 0.05 / 300 + 0.2 * grams[(w,)] / self.total
        if before := grams[(v,)]:
            chance += 0.4 * grams[(v, w)] / before
        if before := grams[(u, v)]:
            chance += 0.35 * grams[(u, v, w)] / before
        return chance


@lru_cache(maxsize=1)
def fluency() -> Fluency:
    """The model of the corpus' texts; mean and spread come from halves that did not see each other."""
    entries = load_corpus("market")
    halves = [[plain(t) for e in entries[k::2] for t in e.texts()] for k in (0, 1)]
    models = [_count(half) for half in halves]
    scores = [models[1 - k].log_probability(t) for k in (0, 1) for t in halves[k]]
    mean = sum(scores) / len(scores)
    spread = math.sqrt(sum((s - mean) ** 2 for s in scores) / len(scores))
    whole = _count(halves[0] + halves[1])
    return Fluency(whole.grams, whole.total, whole.common, mean, spread)


def _count(texts: Iterable[str]) -> Fluency:
    texts = list(texts)
    counts = Counter(w for t in texts for w in words_of(t))
    common = frozenset(w for w, n in counts.items() if n >= 20)
    grams: Counter[tuple[str, ...]] = Counter()
    total = 0
    for text in texts:
        classes = _classes(text, common)
        total += len(classes) - 2
        for i in range(2, len(classes)):
            grams.update(((classes[i],), (classes[i - 1], classes[i]), tuple(classes[i - 2 : i + 1])))
        grams.update((("<s>",), ("<s>", "<s>")))
    return Fluency(grams, total, common)


def _classes(text: str, common: frozenset[str]) -> list[str]:
    """Two starts, the classes of the tokens, an end."""
    return ["<s>", "<s>", *(_class(t, common) for t in tokens(text)), "</s>"]


def _class(token: str, common: frozenset[str]) -> str:
    word = token.lower()
    if not word[0].isalpha():
        return "#" if any(c in "0123456789" for c in word) else word
    if word in NUMBER_WORDS:
        return "#"
    if word in FUNCTION or word in READER or word in common:
        return word
    if word in IMPERATIVES:
        return "VERB"
    return next((e.upper() for e in ("ing", "ed", "ly", "s") if word.endswith(e)), "WORD")

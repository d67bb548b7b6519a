"""What the writer is asked, and what is taken from its answer.

The person's text and brief are data: they are flattened to one line, capped, and cleared of
control characters and chat markup, so that nothing in them can speak as the system. Prompts are
short because their tokens cost time: about 110 tokens for a typical brief.
"""

from __future__ import annotations

import re
import unicodedata

from adwright.records import Brief
from adwright.text.words import plain

__all__ = ["ANGLES", "INSTRUCTION", "SYSTEM", "clean", "flatten", "messages"]

SYSTEM = "You write ads."
INSTRUCTION = "Write another version of the text."
ANGLES: dict[str, str] = {
    "benefit": "what the reader gains",
    "question": "a question to the reader",
    "specificity": "the plainest facts and figures",
    "contrast": "one thing set against another",
    "emotion": "how it feels",
    "offer": "what is to be had, and for how much",
    "story": "a small scene",
    "urgency": "a date or limit that the brief states",
    "proof": "a figure, test or experience that the brief states",
    "curiosity": "what a reader of the story wants to find out",
}
"""From which side a variation may look at what it advertises: the starter corpus' angles."""

_TEXT_CHARS, _FACTS_CHARS, _EXCERPT_CHARS, _LINE_CHARS = 300, 300, 250, 80

_MARKUP = re.compile(
    r"<\|[^|<>]{0,40}\|>|\[/?INST\]|<</?SYS>>|</?s>|</?(?:think|start_of_turn|end_of_turn)>", re.IGNORECASE
)
_LABEL = re.compile(
    r"(?:(?:(?:sure|certainly|of course|okay)\b[,!.]?\s*)?here(?:'s|’s| is| are)\b[^:.!?]{0,40}"
    r"\b(?:version|rewrite|text|headline|variation|ad|option|copy|title)s?\b[^:.!?]{0,40}:"
    r"|(?:sure|certainly|of course)[!.](?=\s|$)"
    r"|(?:new |another |alternative |possible |improved |rewritten |revised |ad )?"
    r"(?:(?:text|headline|variation|rewrite|ad|copy|assistant|user)(?: \d{1,2})?(?: text| copy)?\s?:"
    # These name what is advertised as well: "Output: 500 W", "Response: within two hours".
    r"|(?:title|version|answer|output|response|system)(?: \d{1,2})?\s?:(?!\s*(?-i:\S?\d|[a-z]))))\s*",
    re.IGNORECASE,
)
_BULLET = re.compile(r"(?:[-*•·‣–—>]+\s+|#{1,6}\s+|\(?\d{1,2}[.)]\s+(?=\D))")
_QUOTES = {'"': '"', "“": "”", "‘": "’", "'": "'", "«": "»", "`": "`", "「": "」", "*": "*", "_": "_"}
_DEBRIS = " ,;:-–—|/\\([{<&="
_BOLD = re.compile(r"(\*\*|__|`+)(?=\S)(.+?)(?<=\S)\1")
_LINK = re.compile(r"\[([^\[\]]*)\]\(([^()]*)\)")


def _tidy(text: str) -> str:
    text = "".join(
        " " if ch.isspace() or unicodedata.category(ch) in {"Cc", "Cs", "Zl", "Zp"} else ch for ch in text
    )
    return " ".join(text.split())


def _without_markup(text: str) -> str:
    # Removing one mark can make another of what stood around it.
    while True:
        fewer = _MARKUP.sub(" ", text)
        if fewer == text:
            return text
        text = fewer


def flatten(text: str) -> str:
    """A person's text as one line: lines joined, control characters and chat markup cleared, all else kept.

    ``clean`` is for what a model wrote: it keeps one line and drops what looks like a label or debris.
    """
    return _tidy(_without_markup(_tidy(text)))


def _cap(text: str, chars: int) -> str:
    text = flatten(plain(text))
    if len(text) <= chars:
        return text
    return text[: chars + 1].rsplit(" ", 1)[0][:chars].rstrip(" ,;:")


def messages(text: str, brief: Brief, angle: str = "") -> list[dict[str, str]]:
    """The chat for the writer: a short system line, then the brief, the text and one instruction.

    Args:
        text: the person's text, to be rewritten.
        brief: what it advertises; empty fields leave no line.
        angle: one of ``ANGLES``, asked for; "" leaves it to the writer.

    Returns:
        messages as ``[{"role": "system" | "user", "content": …}]``.
    """
    facts: list[str] = []
    for fact in brief.facts:
        if fact.strip() and len("; ".join([*facts, fact])) <= _FACTS_CHARS:
            facts.append(_cap(fact, _FACTS_CHARS))
    lines = [
        ("Product", _cap(brief.product, _LINE_CHARS)),
        ("Brand", _cap(brief.brand, _LINE_CHARS)),
        ("Facts", "; ".join(facts)),
        ("About", _cap(brief.excerpt, _EXCERPT_CHARS)),
        ("For", _cap(brief.audience, _LINE_CHARS)),
        ("Text", _cap(text, _TEXT_CHARS)),
    ]
    # The angle stands last, so that prompts for several angles share all that is before it.
    asked = f"{INSTRUCTION} Angle: {angle}" if angle else INSTRUCTION
    content = "\n".join([*(f"{name}: {value}" for name, value in lines if value), asked])
    return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": content}]


def _without_debris(line: str) -> str:
    # A plus behind a word belongs to it: "ages 50+", "Disney+".
    tokens = line.split()
    while tokens and not tokens[-1].strip(_DEBRIS + "+"):
        tokens.pop()
    return " ".join(tokens).rstrip(_DEBRIS)


def _unwrap(line: str) -> str:
    line = _BULLET.sub("", line, count=1) if _BULLET.match(line) else line
    match = _LABEL.match(line)
    if match:
        line = line[match.end() :]
    closing = _QUOTES.get(line[:1])
    if closing and len(line) > 1:
        if line.endswith(closing) and closing not in line[1:-1]:
            line = line[1:-1]
        elif closing not in line[1:] and line[0] in '"“«`*_「':
            line = line[1:]
    return _without_debris(line)


def _first_line(raw: str) -> str:
    for line in re.split(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+", raw):
        line = _tidy(_without_markup(line))
        line = _LINK.sub(r"\1", _BOLD.sub(r"\2", line))
        while (fewer := _unwrap(line)) != line:
            line = fewer
        if any(ch.isalnum() for ch in line):
            return line
    return ""


def clean(raw: str) -> str:
    """A model's raw output as one line: without labels, bullets, quotes, markup and debris.

    The first line that says anything; empty where there is none. ``clean(clean(x)) == clean(x)``.
    """
    line = _first_line(raw)
    while (again := _first_line(line)) != line:
        line = again
    return line

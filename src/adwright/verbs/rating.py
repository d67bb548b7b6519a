"""Rating texts: the session, whoever asks the questions."""

from __future__ import annotations

import getpass
import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adwright.errors import InputError, NotEnoughDataError
from adwright.records import FAULTS, Brief, Rating
from adwright.verbs.given import PathLike, checked_seed

if TYPE_CHECKING:
    from adwright.data import Item

__all__ = ["Ask", "Question", "rate"]


@dataclass(frozen=True)
class Question:
    """A text to be judged, without who wrote it.

    Attributes:
        source: the person's text that it stands for; may be empty.
        text: what is to be judged.
        brief: what is advertised.
        number: its place among all texts, from 1.
        rated: how many texts this rater has rated.
        total: how many texts there are.
    """

    source: str
    text: str
    brief: Brief
    number: int
    rated: int
    total: int


Ask = Callable[[Question | None], str]
"""Says what to do with a text: "usable", one of records.FAULTS, "undo" (the last rating), "skip" or "quit".
After the last text it is asked with None: "undo", or anything else to end."""


def rate(
    file: PathLike, *, out: PathLike | None = None, rater: str | None = None, seed: int = 0, ask: Ask
) -> dict[str, Any]:
    """Let a person rate texts one by one, in random order; each rating is written at once.

    What this rater has rated is not asked again, so a session goes on where the last one ended. A text that
    two writers wrote for the same source and brief is asked once, and its rating names both.

    Args:
        file: texts, as data.read_items reads them.
        out: ratings file to write; FILE.ratings.jsonl if not given. Others may have rated in it.
        rater: who rates; the login name if not given.
        seed: decides the order.
        ask: is handed each text, and says what to do with it.

    Returns:
        ``{"path", "rater", "rated", "remaining", "usable", "faults", "agreement"}``: the usable share with
        its interval (None if nothing is rated), the count of each fault, and for each other rater how many
        texts both rated ("texts"), of how many they say the same ("agreed") and "kappa", which is None with
        a "reason" where it is not defined.

    Raises:
        NotFoundError, InputError: the file, the ratings file, the rater's name or the seed is wrong.
    """
    from adwright.data import read_items, resume_ratings

    path, name = Path(file), _rater(rater)
    items = _distinct(read_items(path))
    random.Random(checked_seed(seed)).shuffle(items)
    target = Path(out) if out is not None else path.with_name(f"{path.name}.ratings.jsonl")
    asked = {item.question for item in items}
    found = [rating for rating in resume_ratings(target) if rating.question in asked]
    mine = _latest(found, name)
    _ask_all(items, mine, ask, target, name)
    return {
        "path": str(target),
        "rater": name,
        "rated": len(mine),
        "remaining": len(items) - len(mine),
        **_figures(mine),
        "agreement": {
            other: _agreement(mine, _latest(found, other))
            for other in sorted({rating.rater for rating in found} - {name})
        },
    }


def _rater(name: str | None) -> str:
    fix = "say who rates with --rater NAME"
    try:
        found = (getpass.getuser() if name is None else name).strip()
    except (KeyError, ImportError, OSError) as error:  # versions of Python differ in which
        raise InputError("this user has no login name", where="rater", fix=fix) from error
    if not found:
        raise InputError("an empty name", where="rater", fix=fix)
    return found


def _distinct(items: Sequence[Item]) -> list[Item]:
    """Each question once, with all its writers."""
    by_question: dict[Any, list[Item]] = {}
    for item in items:
        by_question.setdefault(item.question, []).append(item)
    return [
        same[0].model_copy(
            update={"writer": ", ".join(dict.fromkeys(item.writer for item in same if item.writer))}
        )
        for same in by_question.values()
    ]


def _latest(ratings: Sequence[Rating], rater: str) -> list[Rating]:
    """A rater's last rating of each question, in the order in which they were made."""
    found: dict[Any, Rating] = {}
    for rating in ratings:
        if rating.rater == rater:
            found.pop(rating.question, None)
            found[rating.question] = rating
    return list(found.values())


def _ask_all(items: Sequence[Item], mine: list[Rating], ask: Ask, out: Path, rater: str) -> None:
    """Ask what is not rated yet; ``mine`` grows and shrinks as the file does."""
    from adwright.data import append_rating, undo_rating

    by_question = {item.question: item for item in items}
    done = {rating.question for rating in mine}
    queue = deque(item for item in items if item.question not in done)
    going_on = bool(queue)
    while going_on:
        item = queue[0] if queue else None
        number = len(items) - len(queue) + 1
        answer = ask(_question(item, number, len(mine), len(items)) if item else None)
        if answer == "undo":
            if mine:
                undo_rating(out, mine[-1])
                queue.appendleft(by_question[mine.pop().question])
        elif item is None or answer == "quit":
            going_on = False
        else:
            queue.popleft()
            if answer != "skip":
                rating = _rating(item, answer, rater)
                append_rating(out, rating)
                mine.append(rating)


def _question(item: Item, number: int, rated: int, total: int) -> Question:
    return Question(item.source, item.text, item.brief, number, rated, total)


def _rating(item: Item, answer: str, rater: str) -> Rating:
    usable = answer == "usable"
    return Rating(
        source=item.source,
        text=item.text,
        brief=item.brief,
        usable=usable,
        fault="" if usable else answer,
        rater=rater,
        writer=item.writer,
    )


def _figures(ratings: Sequence[Rating]) -> dict[str, Any]:
    from adwright.stats import share

    usable = sum(rating.usable for rating in ratings)
    return {
        "usable": share(usable, len(ratings)).as_dict() if ratings else None,
        "faults": {kind: sum(rating.fault == kind for rating in ratings) for kind in FAULTS},
    }


def _agreement(mine: Sequence[Rating], theirs: Sequence[Rating]) -> dict[str, Any]:
    from adwright.stats import agreement, cohen_kappa

    said = {rating.question: rating.usable for rating in theirs}
    both = [(rating.usable, said[rating.question]) for rating in mine if rating.question in said]
    first, second = [a for a, _ in both], [b for _, b in both]
    found: dict[str, Any] = {"texts": len(both), "agreed": None, "kappa": None}
    try:
        found["agreed"] = agreement(first, second).as_dict()
        found["kappa"] = cohen_kappa(first, second).as_dict()
    except NotEnoughDataError as error:
        found["reason"] = error.what
    return found

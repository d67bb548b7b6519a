"""A run's figures in plain words: numbers, policies, the verdict, and what to be careful about.

The verdict says "no difference shown" unless the 95% interval excludes none; the caveats are
derived from the figures, so that a report cannot leave out the one that applies to it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from adwright.evaluation.run_contents import RunContents, interval, mapping, number
from adwright.records import Interval

__all__ = [
    "POLICIES",
    "PRIMARY",
    "Verdict",
    "bounds",
    "caveats",
    "duration",
    "judge",
    "lift",
    "minus",
    "percent",
    "plain",
    "policy_label",
    "policy_order",
]

POLICIES = {
    "human": "Person",
    "base": "Untrained model",
    "sft": "Imitation (SFT)",
    "best_of_n": "Best of n",
    "rlpf": "Trained with results (RLPF)",
    "served": "What you would be shown",
}
PRIMARY = "rlpf"
NOUNS = {
    "headline": "headlines",
    "story_headline": "headlines",
    "search_headline": "search headlines",
    "description": "descriptions",
    "primary_text": "primary texts",
}
DASH, MINUS = "\N{EN DASH}", "\N{MINUS SIGN}"
Tone = Literal["good", "unclear", "bad", "missing"]


@dataclass(frozen=True)
class Verdict:
    """What the run showed: a tone, what it is told against, the finding, and sentences that qualify it."""

    tone: Tone
    against: str
    sentence: str
    support: tuple[str, ...] = ()


def minus(number_text: str) -> str:
    """A formatted number with a true minus sign, which is as wide as the plus."""
    return number_text.replace("-", MINUS)


def percent(value: float | None) -> str:
    """A share as a percentage; a decimal where it would round to nothing or to all."""
    if value is None or not math.isfinite(value):
        return DASH
    exact = 0 < abs(value) < 0.0995 or 0.995 <= abs(value) < 1
    return minus(f"{100 * value:.{1 if exact else 0}f}%")


def lift(value: float | None) -> str:
    """A relative change, with its sign: 0.12 is "+12%"."""
    if value is None or not math.isfinite(value):
        return DASH
    return minus(f"{100 * value:+.{1 if abs(value) < 0.0995 else 0}f}%")


def plain(value: float | None, digits: int = 3) -> str:
    """A number with so many significant digits."""
    if value is None or not math.isfinite(value):
        return DASH
    if float(value).is_integer() and abs(value) < 1e15:
        return minus(f"{int(value):,}")
    return minus(f"{value:,.0f}" if abs(value) >= 10**digits else f"{value:.{digits}g}")


def bounds(span: Interval, *, signed: bool = False) -> str:
    """The 95% interval in words: from 68 to 80%, or "+8% to +16%" where signs matter; empty if not known."""
    if math.isnan(span.low):
        return ""
    if signed:
        return f"{lift(span.low)} to {lift(span.high)}"
    return f"{percent(span.low).removesuffix('%')}{DASH}{percent(span.high)}"


def duration(seconds: float | None) -> str:
    """Seconds as people say them: "37 min 5 s"."""
    if seconds is None or not math.isfinite(seconds):
        return DASH
    if seconds < 60:
        return f"{plain(round(seconds, 1))} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def policy_label(name: str, contents: RunContents) -> str:
    """A policy in words; one that is not known keeps its name."""
    n = number(mapping(contents.config.get("evaluation")).get("best_of"))
    if name == "best_of_n" and n:
        return f"Best of {n:.0f}"
    return POLICIES.get(name, name)


def policy_order(names: Any) -> list[str]:
    """Known policies first, from person to what is served; then others by name."""
    found = [str(name) for name in names]
    return [p for p in POLICIES if p in found] + sorted(p for p in found if p not in POLICIES)


def judge(contents: RunContents) -> Verdict:
    """What the run comes to, in a sentence or two.

    True clicks count above the judge's preference where the market is simulated; RLPF is compared
    with imitation and, since a company has that already, with the person; where there was no RL,
    imitation is compared with the person.
    """
    policies = contents.policies
    rlpf = policies.get(PRIMARY, {})
    clicks = interval(rlpf.get("true_ctr_lift")) if contents.simulated else None
    against_sft = interval(rlpf.get("win_vs_sft"))
    imitation = interval(policies.get("sft", {}).get("win_vs_human"))
    against = "imitation"
    if clicks is not None:
        tone, sentence = _clicks_sentence(clicks, contents)
    elif against_sft is not None:
        tone, sentence = _wins_sentence(
            against_sft, "the trained writer's", "the imitation writer's", contents
        )
    elif imitation is not None:
        against = "the person"
        tone, sentence = _wins_sentence(imitation, "the imitation writer's", "the person's own", contents)
    else:
        return Verdict("missing", "", _nothing_yet(contents))
    sentence += _beside_the_person(rlpf)
    return Verdict(tone, against, sentence, tuple(_support(contents, told_clicks=clicks is not None)))


def _beside_the_person(policy: dict[str, Any]) -> str:
    """The trained writer against the person: better than imitation may still be worse than what one has."""
    if clicks := interval(policy.get("true_ctr_lift_vs_human")):
        words = _shown(clicks, 0.0, signed=True, named="")
        return f" Against the person's own texts it was {_more(clicks)}{words}."
    if wins := interval(policy.get("win_vs_human")):
        return (
            f" They were preferred to the person's own in {percent(wins.value)}{_shown(wins, 0.5, named='')}."
        )
    return ""


def _more(clicks: Interval) -> str:
    return f"{percent(abs(clicks.value))} {'more' if clicks.value >= 0 else 'fewer'}"


def _shown(span: Interval, none: float, *, signed: bool = False, named: str = "95% interval ") -> str:
    """The interval in brackets, and whether it shows a difference."""
    ending = ": no difference shown" if _tone(span, none) == "unclear" else ""
    return f"{_within(span, signed=signed, named=named)}{ending}"


def _nothing_yet(contents: RunContents) -> str:
    if contents.evaluation:
        return "This run was evaluated, but no comparison of writers could be made."
    done = ", ".join(s for s in ("pairs", "sft", "reward", "rl") if (contents.folder / s).is_dir())
    return f"This run has no evaluation yet; {f'it has done: {done}' if done else 'no stage is done'}."


def _tone(span: Interval, none: float) -> Tone:
    if span.low > none:
        return "good"
    return "bad" if span.high < none else "unclear"


def _held_out(contents: RunContents) -> str:
    nouns = {NOUNS.get(str(mapping(s.get("brief")).get("placement"))) for s in contents.samples}
    noun = (nouns.pop() if len(nouns) == 1 else None) or "texts"
    count = number(contents.evaluation.get("sources"))
    market = " of the simulated market" if contents.simulated else ""
    return f"{plain(count)} {noun}{market}" if count else f"{noun}{market}"


def _within(span: Interval, *, signed: bool = False, named: str = "95% interval ") -> str:
    words = bounds(span, signed=signed)
    return f" ({named}{words})" if words else " (no interval)"


def _wins_sentence(span: Interval, who: str, whose: str, contents: RunContents) -> tuple[Tone, str]:
    tone = _tone(span, 0.5)
    ending = ": they were liked less" if tone == "bad" else ""
    return tone, (
        f"On {_held_out(contents)} nobody trained on, {who} texts were preferred to {whose} "
        f"in {percent(span.value)} of cases{_shown(span, 0.5)}{ending}."
    )


def _clicks_sentence(span: Interval, contents: RunContents) -> tuple[Tone, str]:
    return _tone(span, 0.0), (
        f"On {_held_out(contents)} nobody trained on, the trained writer's texts truly earned {_more(span)} "
        f"clicks per showing than the imitation writer's{_shown(span, 0.0, signed=True)}."
    )


def _support(contents: RunContents, *, told_clicks: bool) -> list[str]:
    policies = contents.policies
    rlpf, served = policies.get(PRIMARY, {}), policies.get("served", {})
    lines = []
    if told_clicks and (wins := interval(rlpf.get("win_vs_sft"))):
        lines.append(
            f"The judge model preferred them to the imitation writer's in {percent(wins.value)} of cases"
            f"{_within(wins)}."
        )
    if wins := interval(served.get("win_vs_human")):
        lines.append(
            f"What you would be shown, the best after all filters, was preferred to the person's own text "
            f"in {percent(wins.value)} of cases{_within(wins)}."
        )
    if clicks := interval(served.get("true_ctr_lift_vs_human")):
        lines.append(
            f"It truly earned {_more(clicks)} clicks per showing than the person's own text"
            f"{_shown(clicks, 0.0, signed=True)}."
        )
    if kept := _kept(rlpf, mapping(contents.evaluation.get("second_human"))):
        lines.append(f"The trained writer keeps {kept}.")
    return lines


def _kept(policy: dict[str, Any], second: dict[str, Any]) -> str:
    """Names and numbers that a policy keeps, beside what a second person's text of the same test keeps."""
    parts = []
    for key, nouns in (("names_kept", "names"), ("numbers_kept", "numbers")):
        own, other = number(policy.get(key)), number(second.get(key))
        if own is not None:
            beside = f" (a second person's text: {percent(other)})" if other is not None else ""
            parts.append(f"{percent(own)} of the source's {nouns}{beside}")
    return " and ".join(parts)


def caveats(contents: RunContents) -> list[str]:
    """What a careful reader must know before acting on this run; the figures decide which apply."""
    found = [*_judge_caveats(contents), *_ceiling_caveats(contents)]
    if contents.simulated:
        found.append(
            "Advertisers, audiences and clicks come from the simulated market. They show that the machinery "
            "works, not what your audience would do."
        )
    found += [*_person_caveats(contents), *_policy_caveats(contents)]
    sources = number(contents.evaluation.get("sources"))
    if sources is not None and sources < 100:
        found.append(
            f"Only {plain(sources)} sources were compared: intervals are wide, and rare faults go unseen."
        )
    ece = number(contents.calibration.get("ece"))
    if ece is not None and ece > 0.05:
        found.append(
            f"The stated chances are off by {percent(ece)} on average: read them as an order, not as odds."
        )
    if contents.unread:
        found.append(
            f"{len(contents.unread)} log lines could not be read and are left out: "
            f"{', '.join(contents.unread[:5])}."
        )
    return found


def _judge_caveats(contents: RunContents) -> list[str]:
    found = []
    if contents.policies:
        found.append(
            '"Preferred" is the opinion of a judge model that was fitted to the results of other stories '
            "than the reward that training climbed, but to the same pretrained models: what both misread "
            "alike it does not see. No person has read or clicked these texts. Only an A/B test, randomised "
            "by advertiser, shows what they earn."
        )
    right = _accuracy(contents, "independent", "test") or _accuracy(contents, "independent", "valid")
    if right is not None:
        found.append(
            f"The judge picks the observed winner of a pair of human texts in {percent(right)} of cases, "
            "where 50% is guessing. It knows people's texts; about texts that no person would write it knows "
            "less."
        )
    if _judged(contents):
        found.append(
            "The same judge chose the step of training that was kept, though on other sources: a part of its "
            "preference may be owed to that choice."
        )
    return found


def _judged(contents: RunContents) -> bool:
    return any(interval(entry.get("independent")) for entry in contents.rl_log)


def _accuracy(contents: RunContents, model: str, split: str, pairs: str = "all") -> float | None:
    return number(
        mapping(mapping(mapping(contents.accuracy.get(model)).get(split)).get(pairs)).get("accuracy")
    )


def _ceiling_caveats(contents: RunContents) -> list[str]:
    found = []
    for model in ("proxy", "independent"):
        for split, ceilings in mapping(contents.pairs.get("noise_ceiling")).items():
            ceiling = number(mapping(ceilings).get("all"))
            right = _accuracy(contents, model, split)
            if ceiling is not None and right is not None and right > ceiling:
                found.append(
                    f"The {model} reward is right on {percent(right)} of {split} pairs, above the noise "
                    f"ceiling of {percent(ceiling)}: look for a leak between the splits."
                )
    return found


def _person_caveats(contents: RunContents) -> list[str]:
    """What is not shown to be better than the person's own text, which costs nothing."""
    found = []
    for name, who in ((PRIMARY, "The trained writer's texts"), ("served", "What you would be shown")):
        policy = contents.policies.get(name, {})
        clicks, wins = interval(policy.get("true_ctr_lift_vs_human")), interval(policy.get("win_vs_human"))
        if clicks is not None:
            tone, measured = _tone(clicks, 0.0), f"{lift(clicks.value)} true clicks"
        elif wins is not None:
            tone, measured = _tone(wins, 0.5), f"preferred in {percent(wins.value)} of cases"
        else:
            continue
        if tone != "good":
            claim = "did worse than" if tone == "bad" else "did not show to be better than"
            found.append(f"{who} {claim} the person's own ({measured}), which you have already.")
    return found


def _policy_caveats(contents: RunContents) -> list[str]:
    rlpf, sft = contents.policies.get(PRIMARY, {}), contents.policies.get("sft", {})
    found = []
    for key, worse, words in (
        ("faithfulness", 0.95, "is less faithful to source and brief than imitation"),
        ("distinct_2", 0.9, "varies its wording less than imitation"),
        ("similarity", 0.9, "strays further from the meaning of source and brief than imitation"),
    ):
        now, before = number(rlpf.get(key)), number(sft.get(key))
        if now is not None and before is not None and now < worse * before:
            found.append(
                f"The trained writer {words} ({plain(now, 2)} against {plain(before, 2)}): "
                "part of what it won may be bought with that."
            )
    now, before = number(rlpf.get("length")), number(sft.get("length"))
    if now and before and not 0.85 <= now / before <= 1.18:
        found.append(
            f"The trained writer's texts are {'longer' if now > before else 'shorter'} than imitation's "
            f"({plain(now)} against {plain(before)}): a judge may like length itself."
        )
    breach = number(contents.policies.get("served", {}).get("breach_rate"))
    if breach:
        found.append(f"{percent(breach)} of the texts that would be shown break a rule: approve each by eye.")
    return found

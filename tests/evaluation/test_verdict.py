"""What a run comes to, in words that follow from its figures."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from adwright.evaluation.run_contents import read_contents
from adwright.evaluation.verdict import bounds, caveats, duration, judge, lift, percent, plain
from adwright.records import Interval
from adwright.runs import write_json
from tests.evaluation.built_run import (
    build_run,
    change,
    change_policy,
    policy,
    span,
)


def test_verdict_says_no_difference_and_worse(run: Path) -> None:
    change_policy(run, "rlpf", win_vs_sft=span(0.52, 0.07))
    assert judge(read_contents(run)).tone == "unclear"
    assert "(95% interval 45–59%): no difference shown. They" in judge(read_contents(run)).sentence
    change_policy(run, "rlpf", win_vs_sft=span(0.4, 0.07))
    assert judge(read_contents(run)).tone == "bad"
    assert "(95% interval 33–47%): they were liked less. They" in judge(read_contents(run)).sentence


@pytest.mark.parametrize(
    ("wins", "said", "warned"),
    [
        (span(0.62, 0.05), "preferred to the person's own in 62% (57–67%).", None),
        (
            span(0.53, 0.05),
            "preferred to the person's own in 53% (48–58%): no difference shown.",
            "did not show to be better than the person's own (preferred in 53% of cases)",
        ),
        (
            span(0.42, 0.05),
            "preferred to the person's own in 42% (37–47%).",
            "did worse than the person's own (preferred in 42% of cases)",
        ),
    ],
)
def test_who_is_better_than_imitation_is_held_against_the_person_too(
    run: Path, wins: dict[str, float], said: str, warned: str | None
) -> None:
    change_policy(run, "rlpf", win_vs_human=wins)
    change_policy(run, "served", win_vs_human=span(0.8, 0.05))
    contents = read_contents(run)
    assert judge(contents).tone == "good"
    assert judge(contents).against == "imitation"
    assert judge(contents).sentence.endswith(said)
    warnings = [c for c in caveats(contents) if "the person's own (" in c]
    assert len(warnings) == (warned is not None)
    assert warned is None or f"The trained writer's texts {warned}" in warnings[0]


def test_names_and_numbers_kept_are_said_each_for_itself(run: Path) -> None:
    assert judge(read_contents(run)).support[-1] == (
        "The trained writer keeps 74% of the source's names (a second person's text: 58%) and 82% of the "
        "source's numbers."
    )
    change_policy(run, "rlpf", names_kept=None)
    assert judge(read_contents(run)).support[-1] == "The trained writer keeps 82% of the source's numbers."
    change_policy(run, "rlpf", numbers_kept=None)
    assert not any("keeps" in line for line in judge(read_contents(run)).support)


def test_verdict_without_rl_is_about_imitation(run: Path) -> None:
    path = run / "evaluation" / "evaluation.json"
    write_json(path, {"policies": {"sft": policy("sft", market=False)}, "sources": 48})
    found = judge(read_contents(run))
    assert found.sentence.startswith("On 48 headlines nobody trained on, the imitation writer's texts")
    assert found.against == "the person"
    assert any("Only 48 sources" in c for c in caveats(read_contents(run)))
    write_json(path, {"policies": {}})
    assert judge(read_contents(run)).tone == "missing"


def test_market_runs_tell_true_clicks(tmp_path: Path) -> None:
    run = build_run(tmp_path / "run", market=True)
    contents = read_contents(run)
    found = judge(contents)
    assert found.sentence == (
        "On 160 headlines of the simulated market nobody trained on, the trained writer's texts truly "
        "earned 13% more clicks per showing than the imitation writer's (95% interval +10% to +16%). "
        "Against the person's own texts it was 6.0% fewer (−9.0% to −3.0%)."
    )
    assert found.support[0].startswith("The judge model preferred them to the imitation writer's in 74%")
    assert (
        "It truly earned 1.5% fewer clicks per showing than the person's own text (95% interval −4.5% to "
        "+1.5%): no difference shown."
    ) in found.support
    warned = "\n".join(caveats(contents))
    assert "simulated market" in warned
    assert "The trained writer's texts did worse than the person's own (−6.0% true clicks)" in warned
    assert "What you would be shown did not show to be better than the person's own (−1.5% true" in warned
    change_policy(run, "rlpf", true_ctr_lift=span(-0.02, 0.05), true_ctr_lift_vs_human=span(0.1, 0.03))
    assert "2.0% fewer clicks" in judge(read_contents(run)).sentence
    assert "(95% interval −7.0% to +3.0%): no difference shown. Ag" in judge(read_contents(run)).sentence
    assert judge(read_contents(run)).sentence.endswith("it was 10% more (+7.0% to +13%).")
    assert not any("The trained writer's texts did" in c for c in caveats(read_contents(run)))


def test_caveats_follow_from_the_figures(run: Path) -> None:
    change_policy(run, "rlpf", distinct_2=0.5, length=90.0, faithfulness=0.4)
    change_policy(run, "served", breach_rate=0.03)
    change(run / "reward" / "calibration.json", ece=0.09)
    change(run / "pairs" / "summary.json", noise_ceiling={"test": {"all": 0.55}})
    text = "\n".join(caveats(read_contents(run)))
    for words in (
        "varies its wording less",
        "longer than imitation",
        "less faithful",
        "3.0% of the texts",
        "off by 9.0%",
        "look for a leak",
        "in 61% of cases",
        "The same judge",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (percent(0.738), "74%"),
        (percent(0.0), "0%"),
        (percent(0.004), "0.4%"),
        (percent(0.997), "99.7%"),
        (percent(1.0), "100%"),
        (percent(None), "–"),
        (lift(0.12), "+12%"),
        (lift(-0.034), "−3.4%"),
        (lift(math.nan), "–"),
        (plain(22666), "22,666"),
        (plain(0.21437), "0.214"),
        (plain(-4.2), "−4.2"),
        (plain(12345.6), "12,346"),
        (plain(None), "–"),
        (duration(0.42), "0.4 s"),
        (duration(42), "42 s"),
        (duration(2231.4), "37 min 11 s"),
        (duration(7260), "2 h 1 min"),
        (duration(None), "–"),
        (bounds(Interval(0.1, 0.05, 0.15), signed=True), "+5.0% to +15%"),
        (bounds(Interval(0.1, math.nan, math.nan)), ""),
    ],
)
def test_numbers_in_words(words: str, expected: str) -> None:
    assert words == expected

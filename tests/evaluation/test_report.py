from __future__ import annotations

import io
import json
import math
import random
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from adwright.config import Recipe
from adwright.errors import NotFoundError, RunError
from adwright.evaluation.closing import closing_table, variations_lines
from adwright.evaluation.inline_svg import COLOURS
from adwright.evaluation.report import write_report
from adwright.evaluation.report_plots import plot_wins
from adwright.evaluation.run_contents import interval, number, read_contents
from adwright.evaluation.training_plots import plot_reward_by_kl, plot_terms
from adwright.evaluation.verdict import bounds, caveats, duration, judge, lift, percent, plain
from adwright.records import Interval
from adwright.runs import write_json

POLICIES = ("human", "base", "sft", "best_of_n", "rlpf", "served")
SOURCES = (
    "10 Reasons Why You Should Always Wear Sunscreen This Summer",
    "A Café In Lyon Roasts Its Beans On The Roof, And Neighbours Love It",
    "Free Returns Within 60 Days On Every Trail Shoe We Make",
    "She Asked 3 Bankers One Question. None Of Them Would Answer It.",
)


def write_lines(path: Path, entries: list[Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(e) + "\n" for e in entries), encoding="utf-8")


def span(value: float, half: float) -> dict[str, float]:
    return {"value": value, "low": value - half, "high": value + half}


def policy(name: str, *, market: bool) -> dict[str, Any]:
    i = POLICIES.index(name)
    return {
        "win_vs_human": None if name == "human" else span(0.38 + 0.09 * i, 0.06),
        "win_vs_sft": None if name == "sft" else span((0.44, 0.33, 0.0, 0.58, 0.738, 0.79)[i], 0.06),
        "true_ctr_lift": span(-0.05 + 0.045 * i, 0.03) if market and name != "human" else None,
        "similarity": (1.0, 0.652, 0.489, 0.492, 0.477, 0.513)[i],
        "names_kept": 0.62 + 0.03 * i,
        "numbers_kept": 0.7 + 0.03 * i,
        "names_invented": 0.31 - 0.04 * i,
        "numbers_invented": 0.12 - 0.02 * i,
        "faithfulness": (1.0, 0.81, 0.79, 0.8, 0.84, 0.93)[i],
        "fluency": -4.2 + 0.11 * i,
        "copy_rate": (1.0, 0.21, 0.025, 0.02, 0.01, 0.0)[i],
        "breach_rate": (0.04, 0.11, 0.05, 0.04, 0.02, 0.0)[i],
        "usable_rate": (0.9, 0.42, 0.66, 0.75, 0.88, 1.0)[i],
        "distinct_2": 0.91 - 0.015 * i,
        "length": 61.0 + i,
        "kl": 0.093 if name == "rlpf" else None,
        "several_lines": 0.004 * i,
    }


def build_run(folder: Path, *, market: bool = False, seed: int = 0) -> Path:
    """A whole run folder with the figures of a plausible run."""
    draw = random.Random(seed)
    for stage in ("pairs", "sft", "reward", "rl", "evaluation", "sample"):
        (folder / stage).mkdir(parents=True)
    config = Recipe(name="demo", data=None if market else "exports/may.csv").model_dump(mode="json")
    stages = [("pairs", 14.2), ("sft", 361.0), ("reward", 455.8), ("rl", 2231.4), ("evaluation", 199.0)]
    write_json(
        folder / "run.json",
        {
            "kind": "run",
            "name": "demo",
            "config": config,
            "seed": 0,
            "started": "2026-11-23T02:15:00+00:00",
            "versions": {"python": "3.11.9", "torch": "2.13.0", "trl": "1.16.0"},
            "seconds": 3261.4,
            "figures": {},
            "stages": [
                {"name": s, "seconds": t, "outputs": f"{i:x}c" * 32} for i, (s, t) in enumerate(stages)
            ],
        },
    )
    _build_data(folder)
    _build_training(folder, draw)
    _build_evaluation(folder, draw, market=market)
    return folder


def _build_data(folder: Path) -> None:
    write_json(
        folder / "pairs" / "summary.json",
        {
            "rows": 22666,
            "tests": 4873,
            "tests_used": 4512,
            "tau": 0.214,
            "median_p_win": 0.79,
            "pairs": {
                "train": {"proxy": 21034, "independent": 9012},
                "valid": {"proxy": 2310},
                "test": {"": 7420},
            },
            "noise_ceiling": {"train": {"all": 0.824, "p05": 0.981}, "test": {"all": 0.826, "p05": 0.983}},
            "dropped": {"flagged period": 1204, "under 100 impressions": 37},
        },
    )

    def right(share: float, pairs: int) -> dict[str, float]:
        return {"accuracy": share, "low": share - 0.015, "high": share + 0.015, "pairs": pairs}

    sets = {"all": right(0.61, 7420), "p05": right(0.702, 1510), "p01": right(0.745, 690)}
    write_json(
        folder / "reward" / "accuracy.json",
        {"proxy": {"valid": sets, "test": sets}, "independent": {"test": sets}},
    )
    bins = [
        {
            "predicted": p,
            "observed": p - 0.02 * math.sin(9 * p),
            "low": p - 0.06,
            "high": p + 0.05,
            "pairs": 700,
        }
        for p in (0.52, 0.57, 0.63, 0.7, 0.78, 0.86)
    ]
    write_json(folder / "reward" / "calibration.json", {"temperature": 1.31, "ece": 0.018, "bins": bins})


def _build_training(folder: Path, draw: random.Random) -> None:
    losses: list[dict[str, float]] = [
        {"step": s, "loss": 2.6 + 1.1 * math.exp(-s / 25) + draw.gauss(0, 0.05)} for s in range(1, 101)
    ]
    write_lines(
        folder / "sft" / "log.jsonl",
        losses + [{"step": s, "eval_loss": 2.66 + 1.0 * math.exp(-s / 22)} for s in (25, 50, 75, 100)],
    )
    log = []
    for s in range(1, 61):
        gain = 1 - math.exp(-s / 22)
        entry: dict[str, Any] = {
            "step": s,
            "reward": -0.35 + 1.3 * gain + draw.gauss(0, 0.09),
            "kl": 0.0017 * s + draw.gauss(0, 0.001),
            "terms": {
                "preference": 0.1 + 1.1 * gain + draw.gauss(0, 0.06),
                "length": -0.08 + 0.03 * gain + draw.gauss(0, 0.01),
                "faithfulness": -0.3 + 0.12 * gain + draw.gauss(0, 0.03),
                "filters": -0.5 + 0.3 * gain,
                "refused": 0.3 * math.exp(-s / 18) + 0.04,
            },
            "length": 61 + 4 * gain + draw.gauss(0, 0.8),
            "distinct_2": 0.9 - 0.05 * gain + draw.gauss(0, 0.01),
            "seconds": 37.1,
        }
        if s % 10 == 0:
            entry["independent"] = span(0.12 + 0.5 * math.sin(min(s, 58) / 58 * 2.1), 0.11)
        log.append(entry)
    write_lines(folder / "rl" / "log.jsonl", log)
    write_json(
        folder / "rl" / "run.json",
        {"kind": "rl", "figures": {"best_step": 40, "stopped": "the judge saw no gain in 3 looks"}},
    )


def _build_evaluation(folder: Path, draw: random.Random, *, market: bool) -> None:
    write_json(
        folder / "evaluation" / "evaluation.json",
        {
            "policies": {name: policy(name, market=market) for name in POLICIES},
            "sources": 160,
            "second_human": {"similarity": 0.47, "names_kept": 0.58, "faithfulness": 0.77},
        },
    )
    samples = []
    for i in range(160):
        source = SOURCES[i % len(SOURCES)]
        samples.append(
            {
                "source": source,
                "brief": {
                    "product": "Sun milk",
                    "facts": ["SPF 50", "Made in Lyon"],
                    "excerpt": "",
                    "placement": "headline",
                },
                "texts": {
                    "human": f"Dermatologists Agree: Wear It, Story {i}",
                    "base": source,
                    "sft": f"What Happens When You Do Not, {i}",
                    "rlpf": f"Here Is What The Sun Does To Your Skin In 10 Minutes ({i})",
                    "served": "10 Reasons Your Skin Will Thank You This Summer",
                },
                "scores": {p: draw.gauss(0.2, 0.5) for p in POLICIES},
                "findings": {
                    "rlpf": ["numbers: “10 minutes” stands neither in source nor brief"] if i % 3 == 0 else []
                },
            }
        )
    write_lines(folder / "evaluation" / "samples.jsonl", samples)
    write_json(
        folder / "sample" / "variations.json",
        {
            "text": "Get 20% off all running shoes this week",
            "variations": [
                {"text": t, "beats": b, "origin": o}
                for t, b, o in (
                    ("This Week Only: 20% Off Every Running Shoe", 0.72, "model"),
                    ("Your Next Run Starts With 20% Off", 0.69, "model"),
                    ("Running Shoes, 20% Off, This Week", 0.61, "model"),
                    ("All Running Shoes Are 20% Off Until Sunday", 0.58, "model"),
                    ("Get 20% Off All Running Shoes This Week", 0.51, "edit"),
                )
            ],
        },
    )


def change(path: Path, **values: Any) -> None:
    write_json(path, json.loads(path.read_text(encoding="utf-8")) | values)


def change_policy(run: Path, name: str, **values: Any) -> None:
    path = run / "evaluation" / "evaluation.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    found["policies"][name] |= values
    write_json(path, found)


def page_of(run: Path) -> str:
    return write_report(run).read_text(encoding="utf-8")


class Outline(HTMLParser):
    """Tags, ids and links of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(k, v or "") for k, v in attrs]
        if tag not in {"meta", "link"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(k, v or "") for k, v in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_run(tmp_path_factory.mktemp("whole") / "run")


@pytest.fixture
def run(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "run"))


@pytest.fixture(scope="module")
def page(whole: Path) -> str:
    return page_of(whole)


def test_verdict_is_the_first_thing_said(page: str) -> None:
    sentence = (
        "On 160 headlines nobody trained on, the trained writer&#39;s texts were preferred to the imitation "
        "writer&#39;s in 74% of cases (95% interval 68–80%)."
    )
    assert sentence in page
    assert page.index(sentence) < page.index("<table")


def test_all_parts_are_there(page: str) -> None:
    outline = Outline(page)
    assert not outline.open
    assert outline.tags.count("svg") == 7
    assert outline.tags.count("article") == 20
    for part in (
        "This Week Only",
        "82.6%",
        "61.0%",
        "2026-11-23 02:15 UTC",
        "37 min 11 s",
        "batch_tests: 12",
        "2.13.0",
        "4c4c4c",
    ):
        assert part in page
    assert 'class="missing"' not in page
    assert "the judge saw no gain in 3 looks" in page


def test_page_is_self_contained(page: str) -> None:
    outline = Outline(page)
    assert "script" not in outline.tags
    links = [
        v for k, v in outline.attributes if k in {"src", "href", "xlink:href", "action", "data", "srcset"}
    ]
    assert links
    assert all(link.startswith(("#", "data:")) for link in links)
    assert not re.search(r"https?://|@import|url\((?!#)", page)
    ids = [v for k, v in outline.attributes if k == "id"]
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)


def test_accessible_names(page: str) -> None:
    outline = Outline(page)
    assert '<html lang="en">' in page
    named = [v for k, v in outline.attributes if k == "aria-labelledby"]
    assert len(named) == 7
    assert set(named) <= {v for k, v in outline.attributes if k == "id"}
    assert page.count("The same as a table") == 7


def test_equal_runs_give_equal_bytes(run: Path, whole: Path, page: str) -> None:
    assert write_report(run).read_bytes() == (whole / "report.html").read_bytes()
    assert not list(run.glob("*.tmp"))


def test_everything_from_outside_is_escaped(run: Path) -> None:
    evil = '"><script>alert(1)</script><img src=http://x.test/a.png>'
    change(
        run / "sample" / "variations.json",
        text=evil,
        variations=[{"text": evil, "beats": 0.5, "origin": "model"}],
    )
    sample = {
        "source": evil,
        "brief": {"product": evil, "placement": evil},
        "texts": {"rlpf": evil},
        "scores": {"rlpf": 0.1},
        "findings": {"rlpf": [evil]},
    }
    write_lines(run / "evaluation" / "samples.jsonl", [sample, sample | {"brief": evil}])
    change(
        run / "run.json", name=evil, versions={evil: evil}, config={"data": evil, "name": evil}, started=evil
    )
    change(run / "pairs" / "summary.json", dropped={evil: 3})
    change(run / "rl" / "run.json", figures={"best_step": 40, "stopped": evil})
    path = run / "evaluation" / "evaluation.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    found["policies"][evil + "$x_1$"] = policy("rlpf", market=False)
    write_json(path, found)
    page = page_of(run)
    outline = Outline(page)
    assert "script" not in outline.tags
    assert "img" not in outline.tags
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        ("pairs", "This run has no preference pairs yet."),
        ("sft", "This run has no imitation stage yet."),
        ("reward", "This run has no reward models yet."),
        ("rl", "This run has no RL stage yet."),
        ("evaluation", "This run has no evaluation yet"),
        ("run.json", "This run has no recorded configuration."),
    ],
)
def test_missing_parts_are_said(run: Path, gone: str, said: str) -> None:
    path = run / gone
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert said in page_of(run)


def test_run_that_only_began(tmp_path: Path) -> None:
    write_json(tmp_path / "run.json", {"kind": "run"})
    page = page_of(tmp_path)
    assert "This run has no evaluation yet; no stage is done." in page
    assert "<svg" not in page


def test_null_and_odd_values(run: Path) -> None:
    path = run / "evaluation" / "evaluation.json"
    nothing = dict.fromkeys(policy("rlpf", market=False))
    odd = nothing | {
        "win_vs_human": {"value": 0.6, "low": None, "high": float("nan")},
        "similarity": "high",
        "kl": True,
    }
    write_json(
        path, {"policies": {"rlpf": nothing, "sft": odd, "base": None}, "sources": None, "second_human": None}
    )
    write_lines(
        run / "rl" / "log.jsonl", [{"step": 1, "reward": None, "kl": None, "terms": None}, {"reward": 2.0}]
    )
    write_lines(run / "sft" / "log.jsonl", [{"step": 1}])
    write_json(
        run / "reward" / "calibration.json", {"temperature": None, "ece": None, "bins": [{"predicted": None}]}
    )
    write_json(run / "pairs" / "summary.json", {"pairs": {"train": 12}, "noise_ceiling": {"test": None}})
    write_json(
        run / "sample" / "variations.json",
        {"text": None, "variations": [{"text": "A", "beats": None, "origin": None}]},
    )
    page = page_of(run)
    assert "The log of the RL stage holds no rewards." in page
    assert "The log of the imitation stage holds no losses." in page
    assert "preferred to the person&#39;s own in 60% of cases (no interval)" in page
    assert "nan" not in page.lower()
    assert "None" not in page


def test_damaged_lines_are_named_and_later_lines_of_a_step_count(run: Path) -> None:
    log = run / "rl" / "log.jsonl"
    log.write_bytes(
        b'{"step": 1, "reward": 0.1, "kl": 0.0}\n{"step": 2, "rew\n\n'
        b'{"step": 1, "reward": 0.7, "kl": -0.001}\n\xff\n'
    )
    contents = read_contents(run)
    assert contents.unread == ("rl/log.jsonl, line 2", "rl/log.jsonl, line 5")
    assert [e["reward"] for e in contents.rl_log] == [0.7]
    assert plot_reward_by_kl(contents).rows[0][:3] == ("1", "−0.001", "0.7")
    assert any("2 log lines could not be read" in c for c in caveats(contents))


def test_damaged_json_and_missing_runs_are_errors_with_a_fix(run: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no run at"):
        write_report(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotFoundError, match="not the folder of a run"):
        write_report(tmp_path / "empty")
    (run / "pairs" / "summary.json").write_text("[]")
    with pytest.raises(RunError, match=r"summary\.json: not a JSON object"):
        write_report(run)


def test_verdict_says_no_difference_and_worse(run: Path) -> None:
    change_policy(run, "rlpf", win_vs_sft=span(0.52, 0.07))
    assert judge(read_contents(run)).tone == "unclear"
    assert judge(read_contents(run)).sentence.endswith("(95% interval 45–59%): no difference shown.")
    change_policy(run, "rlpf", win_vs_sft=span(0.4, 0.07))
    assert judge(read_contents(run)).tone == "bad"
    assert judge(read_contents(run)).sentence.endswith(": they were liked less.")


def test_verdict_without_rl_is_about_imitation(run: Path) -> None:
    path = run / "evaluation" / "evaluation.json"
    write_json(path, {"policies": {"sft": policy("sft", market=False)}, "sources": 48})
    found = judge(read_contents(run))
    assert found.sentence.startswith("On 48 headlines nobody trained on, the imitation writer's texts")
    assert any("Only 48 sources" in c for c in caveats(read_contents(run)))
    write_json(path, {"policies": {}})
    assert judge(read_contents(run)).tone == "missing"


def test_market_runs_tell_true_clicks(tmp_path: Path) -> None:
    run = build_run(tmp_path / "run", market=True)
    contents = read_contents(run)
    found = judge(contents)
    assert found.sentence == (
        "On 160 headlines of the simulated market nobody trained on, the trained writer's texts truly "
        "earned 13% more clicks per showing than the imitation writer's (95% interval +10% to +16%)."
    )
    assert found.support[0].startswith("The judge model preferred them to the imitation writer's in 74%")
    assert "True click rate of each writer" in page_of(run)
    assert any("simulated market" in c for c in caveats(contents))
    change_policy(run, "rlpf", true_ctr_lift=span(-0.02, 0.05))
    assert "2.0% fewer" in judge(read_contents(run)).sentence
    assert judge(read_contents(run)).sentence.endswith(": no difference shown.")


def test_caveats_follow_from_the_figures(run: Path) -> None:
    change_policy(run, "rlpf", distinct_2=0.5, length=90.0, faithfulness=0.4)
    change_policy(run, "served", breach_rate=0.03)
    change(run / "reward" / "calibration.json", ece=0.09)
    change(run / "pairs" / "summary.json", noise_ceiling={"test": {"all": 0.55}})
    text = "\n".join(caveats(read_contents(run)))
    for words in (
        "varies its wording less",
        "longer than imitation",
        "keeps fewer facts",
        "3.0% of the texts",
        "off by 9.0%",
        "look for a leak",
        "in 61% of cases",
        "The same judge",
    ):
        assert words in text


def test_plots_tell_their_numbers(whole: Path) -> None:
    contents = read_contents(whole)
    forest = plot_wins(contents, "sft")
    assert ("Trained with results (RLPF)", "74%", "68–80%") in forest.rows
    assert "Imitation (SFT)" not in {row[0] for row in forest.rows}
    terms = plot_terms(contents)
    assert {"Preference (reward)", "Filters' objections", "Share refused by filters"} <= set(terms.header)
    assert len(terms.rows) == 60


def test_colours_read_on_light_and_dark() -> None:
    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for colour in COLOURS.values():
        for page in ("#ffffff", "#1b2026"):
            high, low = sorted((luminance(colour), luminance(page)), reverse=True)
            assert (high + 0.05) / (low + 0.05) >= 3


def test_closing_table_in_plain_words(whole: Path, tmp_path: Path) -> None:
    console = Console(width=150, file=io.StringIO())
    with console.capture() as capture:
        console.print(closing_table(whole))
    text = capture.get()
    for words in (
        "Person",
        "Untrained model",
        "Imitation (SFT)",
        "Best of 8",
        "What you would be shown",
        "Facts kept",
        "68–80%",
    ):
        assert words in text
    assert "True clicks" not in text
    console.width = 80
    with console.capture() as capture:
        console.print(closing_table(whole))
    assert "…" not in capture.get()
    market = closing_table(build_run(tmp_path / "market", market=True))
    assert "True clicks" in [c.header for c in market.columns]
    write_json(tmp_path / "run.json", {"kind": "run"})
    assert closing_table(tmp_path).row_count == 0


def test_variations_are_safe_lines(run: Path) -> None:
    lines = variations_lines(run)
    assert lines[1].plain == "1. This Week Only: 20% Off Every Running Shoe  72% to beat yours"
    assert lines[5].plain.endswith("51% to beat yours, a light edit")
    change(run / "sample" / "variations.json", variations=[{"text": "[bold]A\x1b[31m\nB", "beats": None}])
    assert variations_lines(run)[1].plain == "1. [bold]A [31m B  – to beat yours"
    (run / "sample" / "variations.json").unlink()
    assert [line.plain for line in variations_lines(run)] == ["This run has no variations yet."]


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


def test_numbers_from_json() -> None:
    assert number(True) is None
    assert number(math.inf) is None
    assert number(3) == 3.0
    assert interval(None) is None
    assert interval({"value": 0.5, "low": 0.4, "high": 0.6}) == Interval(0.5, 0.4, 0.6)

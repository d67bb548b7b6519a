"""The page: whole, self-contained, escaped, and honest about what is missing."""

from __future__ import annotations

import json
import math
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from adwright.errors import NotFoundError, RunError
from adwright.evaluation.inline_svg import COLOURS
from adwright.evaluation.report import write_report
from adwright.evaluation.report_plots import plot_wins
from adwright.evaluation.run_contents import interval, number, read_contents
from adwright.evaluation.training_plots import plot_reward_by_kl, plot_terms
from adwright.evaluation.verdict import caveats
from adwright.records import Interval
from adwright.runs import write_json
from tests.evaluation.built_run import build_run, change, change_policy, policy, span, write_lines


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


def test_what_is_shown_says_what_it_was_held_against(page: str, tmp_path: Path) -> None:
    assert "Better than imitation" in page
    assert "of the facts" not in page
    assert "True clicks" not in page
    market = build_run(tmp_path / "run", market=True)
    found = page_of(market)
    assert "True click rate of each writer&#39;s texts, against the person&#39;s" in found
    for heading in ("True clicks against imitation", "True clicks against the person"):
        assert f'<th scope="col">{heading}</th>' in found
        assert f"<dt>{heading}</dt><dd>" in found
    change_policy(market, "rlpf", true_ctr_lift=span(-0.1, 0.03))
    assert "Worse than imitation" in page_of(market)


def test_a_run_that_lacks_later_figures_is_shown_without_them(tmp_path: Path) -> None:
    run = build_run(tmp_path / "run", market=True)
    path = run / "evaluation" / "evaluation.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    for one in found["policies"].values():
        for key in ("true_ctr_lift_vs_human", "several_lines", "fluency"):
            del one[key]
    write_json(path, found)
    page = page_of(run)
    assert "True clicks against imitation" in page
    assert "True clicks against the person" not in page
    assert "Against the person" not in page


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


def test_numbers_from_json() -> None:
    assert number(True) is None
    assert number(math.inf) is None
    assert number(3) == 3.0
    assert interval(None) is None
    assert interval({"value": 0.5, "low": 0.4, "high": 0.6}) == Interval(0.5, 0.4, 0.6)

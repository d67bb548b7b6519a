"""The loop from end to end on real models, small: what it leaves, that it repeats, and that it resumes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import adwright
from adwright.config import Recipe
from adwright.data import Market
from adwright.errors import InputError, NotFoundError
from adwright.evaluation import text_log_probs
from adwright.models import drawing_dtype, load_writer
from adwright.pipeline import (
    evaluation_stage,
    judge,
    market_stage,
    reward_stage,
    rl_stage,
    run_folder,
    run_recipe,
    sft_stage,
    stages,
)
from adwright.reward import RewardModel, calibration_of, differences
from adwright.runs import Stage, hash_of, read_json, read_record

POLICIES = {"human", "base", "sft", "best_of_n", "rlpf", "served"}
MEASURES = (
    "win_vs_human",
    "win_vs_sft",
    "true_ctr_lift",
    "true_ctr_lift_vs_human",
    "faithfulness",
    "fluency",
    "copy_rate",
    "breach_rate",
    "distinct_2",
    "several_lines",
)
STAGES = ("data", "pairs", "sft", "reward", "rl", "evaluation", "sample")


def test_every_stage_leaves_its_folder_and_record(tiny_run: Path) -> None:
    assert all(read_record(tiny_run / name)["outputs"] for name in STAGES)
    assert not list(tiny_run.glob("*.partial"))
    record = read_record(tiny_run)
    assert record["status"] == "done"
    assert [s["name"] for s in record["stages"]] == [
        "market",
        "pairs",
        "sft",
        "reward",
        "rl",
        "evaluation",
        "sample",
    ]
    assert record["peak_gib"] > 0


def test_evaluation_judges_every_policy_with_intervals_and_truth(tiny_run: Path) -> None:
    found = read_json(tiny_run / "evaluation" / "evaluation.json")
    assert set(found["policies"]) == POLICIES
    for name, policy in found["policies"].items():
        assert all(policy[measure] is not None for measure in MEASURES), name
        assert policy["fluency"] < 0, name
        for against in ("win_vs_human", "win_vs_sft"):
            win = policy[against]
            assert 0 <= win["low"] <= win["value"] <= win["high"] <= 1, (name, against)
        for measure in ("faithfulness", "copy_rate", "breach_rate", "distinct_2", "several_lines"):
            assert 0 <= policy[measure] <= 1, (name, measure)
        assert (policy["usable_rate"] is None) is (name == "human")
    assert found["policies"]["sft"]["win_vs_sft"]["value"] == pytest.approx(0.5)
    assert found["policies"]["sft"]["true_ctr_lift"]["value"] == pytest.approx(0.0)
    assert found["policies"]["human"]["win_vs_human"]["value"] == pytest.approx(0.5)
    assert found["policies"]["human"]["copy_rate"] == 1.0
    assert found["policies"]["human"]["true_ctr_lift_vs_human"]["value"] == pytest.approx(0.0)
    assert found["policies"]["served"]["breach_rate"] == 0.0
    assert found["policies"]["served"]["several_lines"] == 0.0


def test_equal_texts_are_equally_usual_whoever_wrote_them(tiny_run: Path) -> None:
    lines = (tiny_run / "evaluation" / "samples.jsonl").read_text().splitlines()
    texts = [json.loads(line)["texts"] for line in lines]
    found = read_json(tiny_run / "evaluation" / "evaluation.json")["policies"]
    writer = load_writer("embedded", drawing_dtype())
    for name in ("best_of_n", "served"):
        usual = text_log_probs(writer, [own[name] for own in texts]).mean()
        assert found[name]["fluency"] == pytest.approx(usual, abs=0.02)


def test_the_calibration_is_of_the_model_that_states_the_chances(tiny_run: Path) -> None:
    found = read_json(tiny_run / "reward" / "calibration.json")
    average = RewardModel.load_average(tiny_run / "reward" / "proxy")
    pairs = pd.read_parquet(tiny_run / "pairs" / "pairs.parquet")
    test = pairs[pairs["split"] == "test"]
    assert found["temperature"] == average.temperature
    expected = calibration_of(differences(average, test))
    assert found["ece"] == pytest.approx(expected["ece"], abs=1e-3)
    assert all(one["low"] <= one["observed"] <= one["high"] for one in found["bins"])
    assert read_json(tiny_run / "reward" / "accuracy.json")["average"]["test"]["all"]["pairs"] == len(test)


def test_lines_are_counted_before_texts_are_cleaned(
    tiny_run: Path, tiny_recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = ["Book a table tonight.\nWe are open late.", "  \nBook a table tonight.\n"]
    calls: list[str] = []

    def draw(writer: Any, prompts: list[Any], n: int, **_: Any) -> list[list[str]]:
        calls.append("draw")
        return [raw[:n] for _ in prompts]

    monkeypatch.setattr(judge, "sample_texts", draw)
    do_stage("evaluation", tiny_run, tiny_recipe, tmp_path / "evaluation")
    found = read_json(tmp_path / "evaluation" / "evaluation.json")["policies"]
    assert found["base"]["several_lines"] == 1.0
    assert found["rlpf"]["several_lines"] == found["sft"]["several_lines"] == 0.5
    assert found["served"]["several_lines"] == found["human"]["several_lines"] == 0.0
    samples = (tmp_path / "evaluation" / "samples.jsonl").read_text()
    assert "open late" not in samples
    assert len(calls) == 3


def test_what_was_drawn_is_kept_if_the_judgement_is_cut_off(
    tiny_run: Path, tiny_recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    out = tmp_path / "evaluation"
    with monkeypatch.context() as patch:
        patch.setattr(judge, "judge_policies", cut_off)
        with pytest.raises(KeyboardInterrupt):
            do_stage("evaluation", tiny_run, tiny_recipe, out)
    monkeypatch.setattr(judge, "load_writer", cut_off)
    done = do_stage("evaluation", tiny_run, tiny_recipe, out)
    assert done.record["outputs"] == read_record(tiny_run / "evaluation")["outputs"]
    assert not (out / "drawn.json").exists()


def test_the_true_lift_is_the_markets(tiny_run: Path) -> None:
    market = Market.load(tiny_run / "data")
    samples = [
        json.loads(line) for line in (tiny_run / "evaluation" / "samples.jsonl").read_text().splitlines()
    ]
    from adwright.records import Brief

    briefs = [Brief.model_validate(s["brief"]) for s in samples]
    truth = market.truth([s["texts"]["served"] for s in samples], briefs).mean()
    said = read_json(tiny_run / "evaluation" / "evaluation.json")["policies"]["served"]["true_ctr"]
    assert said == pytest.approx(truth)


def test_the_judge_and_the_proxy_never_saw_the_same_story(tiny_run: Path) -> None:
    pairs = pd.read_parquet(tiny_run / "pairs" / "pairs.parquet")
    sides = [set(pairs[pairs["role"] == r]["story"]) for r in ("proxy", "independent", "")]
    assert all(sides)
    assert len(set.union(*sides)) == sum(map(len, sides))


def test_logs_say_what_training_did(tiny_run: Path) -> None:
    sft = [json.loads(line) for line in (tiny_run / "sft" / "log.jsonl").read_text().splitlines()]
    assert any("eval_loss" in line for line in sft)
    rl = [json.loads(line) for line in (tiny_run / "rl" / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in rl] == [1, 2]
    assert {"preference", "length", "faithfulness", "refused", "spread"} <= set(rl[0]["terms"])
    assert all(0 <= line["independent"]["value"] <= 1 for line in rl)
    assert read_record(tiny_run / "rl")["figures"]["steps"] == 2


def test_a_finished_run_is_not_done_again(tiny_run: Path, tiny_recipe: Recipe) -> None:
    records = [tiny_run / name / "run.json" for name in ("", *STAGES)]
    before = [record.stat().st_mtime_ns for record in records]
    assert run_recipe(tiny_recipe, tiny_run.parent, lambda _: None) == tiny_run
    assert [record.stat().st_mtime_ns for record in records] == before


def test_another_seed_or_recipe_goes_to_another_folder(tiny_recipe: Recipe, tmp_path: Path) -> None:
    other = tiny_recipe.model_copy(update={"seed": 1})
    assert (
        run_folder(tiny_recipe, tmp_path) == run_folder(tiny_recipe, tmp_path) != run_folder(other, tmp_path)
    )
    with pytest.raises(NotFoundError, match="no data file"):
        run_folder(tiny_recipe.model_copy(update={"data": "nowhere.csv"}), tmp_path)


def do_stage(kind: str, run: Path, recipe: Recipe, out: Path) -> Stage:
    """One stage of the tiny run again, elsewhere."""
    data, pairs, sft, reward, rl = (run / name for name in ("data", "pairs", "sft", "reward", "rl"))
    todo: dict[str, Callable[[], Stage]] = {
        "market": lambda: market_stage(recipe.market, recipe.seed, out),
        "sft": lambda: sft_stage(pairs, recipe, out),
        "reward": lambda: reward_stage(pairs, recipe.reward, recipe.seed, out),
        "rl": lambda: rl_stage(pairs, sft, reward, recipe, out),
        "evaluation": lambda: evaluation_stage(data, pairs, sft, reward, rl, recipe, out),
    }
    return todo[kind]()


@pytest.mark.parametrize("kind", ["sft", "reward", "rl", "evaluation"])
def test_ctrl_c_keeps_what_is_done_and_the_same_command_goes_on_to_the_same_result(
    kind: str, tiny_run: Path, tiny_recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed = {"sft": 1, "reward": 30, "rl": 1, "evaluation": 5}[kind]

    @contextmanager
    def impatient(description: str, total: int) -> Iterator[Callable[..., None]]:
        left = [allowed]

        def advance(n: int = 1, note: str | None = None) -> None:
            left[0] -= n
            if left[0] < 0:
                raise KeyboardInterrupt

        yield advance

    earlier = {name: hash_of(tiny_run / name) for name in STAGES}
    out = tmp_path / kind
    with monkeypatch.context() as patch:
        for module in (stages, judge):
            patch.setattr(module, "bar", impatient)
        with pytest.raises(KeyboardInterrupt):
            do_stage(kind, tiny_run, tiny_recipe, out)
    assert not out.exists()
    assert (tmp_path / f"{kind}.partial").is_dir()
    assert {name: hash_of(tiny_run / name) for name in STAGES} == earlier
    done = do_stage(kind, tiny_run, tiny_recipe, out)
    assert done.record["outputs"] == read_record(tiny_run / kind)["outputs"]


def test_the_same_seed_gives_the_same_market(tiny_run: Path, tiny_recipe: Recipe, tmp_path: Path) -> None:
    assert do_stage("market", tiny_run, tiny_recipe, tmp_path / "m").record["outputs"] == hash_of(
        tiny_run / "data"
    )


class TestVerbs:
    """The verbs over a finished run."""

    def test_generate_shows_few_distinct_and_within_the_limit(self, tiny_run: Path) -> None:
        text = "Handmade leather bags from Florence. Free returns for 30 days."
        found = adwright.generate(text, n=3, run=tiny_run, brand="Ottavia", placement="description")
        texts = [v["text"] for v in found["variations"]]
        assert 1 <= len(texts) <= 3
        assert text not in texts
        assert len(set(texts)) == len(texts)
        assert all(len(t) <= 90 and "\n" not in t for t in texts)
        assert all(0 < v["beats"] < 1 for v in found["variations"])
        assert found == adwright.generate(text, n=3, run=tiny_run, brand="Ottavia", placement="description")

    def test_bad_asks_are_said(self, tiny_run: Path) -> None:
        with pytest.raises(InputError, match="empty"):
            adwright.generate("  ", run=tiny_run)
        with pytest.raises(InputError, match="99 variations"):
            adwright.generate("Bags", n=99, run=tiny_run)
        with pytest.raises(InputError, match="placement"):
            adwright.generate("Bags", run=tiny_run, placement="billboard")
        with pytest.raises(InputError, match="stage"):
            adwright.generate("Bags", run=tiny_run / "sft")
        with pytest.raises(NotFoundError):
            adwright.generate("Bags", run=tiny_run / "nothing")

    def test_score_ranks_texts_and_compares_with_an_original(self, tiny_run: Path, tmp_path: Path) -> None:
        texts = ["Book your table tonight", "Our company provides solutions", "Book your table tonight"]
        rows = adwright.score(texts, run=tiny_run, against="Our company provides solutions")
        assert [r["text"] for r in rows] == texts
        assert rows[0]["score"] == pytest.approx(rows[2]["score"], abs=1e-5)
        assert rows[1]["beats"] == pytest.approx(0.5)
        file = tmp_path / "texts.txt"
        file.write_text("\ufeff" + "\n".join(texts), encoding="utf-8")
        assert [r["score"] for r in adwright.score(file, run=tiny_run)] == pytest.approx(
            [r["score"] for r in rows]
        )
        (tmp_path / "empty.txt").write_text("\n")
        with pytest.raises(InputError, match="no texts"):
            adwright.score(tmp_path / "empty.txt", run=tiny_run)
        with pytest.raises(NotFoundError):
            adwright.score(tmp_path / "nowhere.txt", run=tiny_run)

    def test_reward_evaluate_takes_any_table_whatever_its_split(self, tiny_run: Path) -> None:
        found = adwright.reward_evaluate(tiny_run, data=tiny_run / "pairs" / "table.parquet")
        pairs = len(pd.read_parquet(tiny_run / "pairs" / "pairs.parquet"))
        assert set(found) == {"all", "p05", "p01"}
        assert found["all"]["pairs"] == pairs
        assert 0.4 < found["all"]["accuracy"] <= 1.0
        other = adwright.reward_evaluate(
            tiny_run, data=tiny_run / "pairs" / "table.parquet", model="independent"
        )
        assert other["all"]["accuracy"] != found["all"]["accuracy"]

    def test_evaluate_finds_its_result_and_writes_the_report(self, tiny_run: Path) -> None:
        found = adwright.evaluate(tiny_run)
        assert set(found["policies"]) == POLICIES
        assert "<html" in Path(found["report"]).read_text(encoding="utf-8")

    def test_runs_are_listed_newest_first_and_compared(self, tiny_run: Path, tmp_path: Path) -> None:
        copy = tmp_path / "older"
        shutil.copytree(tiny_run, copy)
        shutil.copytree(tiny_run, tmp_path / "newer")
        record: dict[str, Any] = read_json(copy / "run.json")
        record["config"]["rl"]["kl"] = 0.5
        record["started"] = "2020-01-01T00:00:00+00:00"
        (copy / "run.json").write_text(json.dumps(record))
        assert [Path(r["path"]).name for r in adwright.runs_list(root=tmp_path)] == ["newer", "older"]
        found = adwright.runs_compare(tmp_path / "newer", copy)
        assert found["settings"] == {"rl.kl": [0.05, 0.5]}
        assert found["figures"]["rlpf"]["copy_rate"][0] == found["figures"]["rlpf"]["copy_rate"][1]
        assert adwright.runs_show(copy)["seed"] == 0

    def test_stages_can_be_done_one_by_one_and_a_table_brought_along(
        self, tiny_run: Path, tmp_path: Path
    ) -> None:
        made = adwright.data_market(out=tmp_path / "market", tests=240, seed=3)
        assert made["tests"] == 240
        again = adwright.data_import(tmp_path / "market" / "table.parquet", out=tmp_path / "imported")
        assert again["rows"] == made["rows"]
        assert adwright.data_inspect(tmp_path / "imported")["rows"] == made["rows"]
        found = adwright.data_pairs(tmp_path / "imported", out=tmp_path / "pairs")
        assert found["tests_used"] > 20
        with pytest.raises(NotFoundError):
            adwright.data_pairs(tmp_path / "nowhere", out=tmp_path / "p")
        with pytest.raises(NotFoundError, match="pairs"):
            adwright.train_reward(tmp_path / "market", out=tmp_path / "reward")

"""What the commands print for people, and what they pass on."""

import io
import json
import shutil
import sys
from pathlib import Path

import pytest
import yaml

from adwright import verbs
from adwright.runs import open_stage, read_json, write_json

ROOT = Path(__file__).parent.parent.parent


def test_from_a_file_to_pairs_each_step_names_the_next(cli, tmp_path, market):
    table, pairs = tmp_path / "table", tmp_path / "pairs"
    answer = cli("data", "import", market / "table.parquet", "--out", table)
    assert answer.code == 0
    assert f"data pairs {table} --out {table}-pairs\n" in answer.out
    answer = cli("data", "pairs", table, "--out", pairs, "--seed", 3)
    assert "Noise ceiling" in answer.out
    assert f"Written to {pairs}" in answer.out
    assert read_json(pairs / "run.json")["seed"] == 3
    again = cli("data", "pairs", table, "--out", pairs, "--seed", 3, "--json")
    assert again.json["path"] == str(pairs)
    assert again.json["pairs"]["test"]["all"] > 0


def test_a_recipe_sets_how_pairs_are_made(cli, tmp_path, market):
    (tmp_path / "recipe.yaml").write_text(
        "name: few\nseed: 2\npairs: {min_impressions: 3000}\n", encoding="utf-8"
    )
    cli("data", "pairs", market, "--out", tmp_path / "all")
    cli("data", "pairs", market, "--out", tmp_path / "few", "--recipe", tmp_path / "recipe.yaml")
    all_pairs, few = (read_json(tmp_path / name / "run.json") for name in ("all", "few"))
    assert few["figures"]["pairs"] < all_pairs["figures"]["pairs"]
    assert (few["seed"], few["config"]["min_impressions"]) == (2, 3000)


def test_inspect_reads_a_folder_and_a_file_alike(cli, market):
    folder, file = (
        cli("data", "inspect", market, "--json"),
        cli("data", "inspect", market / "table.parquet", "--json"),
    )
    assert folder.json == file.json
    assert folder.json["tests"] == 150
    human = cli("data", "inspect", market)
    assert "Click rate" in human.out
    assert "%" in human.out


def test_the_same_seed_gives_the_same_market(cli, tmp_path):
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        assert cli("data", "market", "--out", tmp_path / name, "--tests", 10, "--seed", seed).code == 0
    first, same, other = (read_json(tmp_path / name / "run.json")["outputs"] for name in "abc")
    assert first == same != other


def test_runs_are_listed_shown_and_compared(cli, run):
    other = shutil.copytree(run, run.parent / "demo-87654321")
    record = read_json(other / "run.json")
    record["started"], record["config"]["rl"]["steps"] = "2026-02-02T00:00:00+00:00", 99
    write_json(other / "run.json", record)
    write_json(run.parent / "stage.json", {})
    listed = cli("runs", "list", "--root", run.parent)
    assert listed.out.index("2026-02-02") < listed.out.index("2026-01-02")
    assert "60.0%" in listed.out
    shown = cli("runs", "show", run)
    assert "pairs 12" in shown.out
    assert "2026-01-02" in shown.out
    compared = cli("runs", "compare", run, other)
    assert "rl.steps" in compared.out
    assert "win vs human" in compared.out
    answer = cli("runs", "compare", run, other, "--json").json
    assert answer["settings"] == {"rl.steps": [50, 99]}
    assert "The settings are the same." in cli("runs", "compare", run, run).out


def test_writers_of_either_run_are_compared(cli, run):
    other = shutil.copytree(run, run.parent / "demo-87654321")
    path = other / "evaluation/evaluation.json"
    found = read_json(path)
    found["policies"]["dpo"] = {"win_vs_human": {"value": 0.9, "low": 0.8, "high": 1.0}, "novel": 0.25}
    found["policies"]["rlpf"]["novel"] = 0.5
    del found["policies"]["base"]
    write_json(path, found)
    for first, second, new, old in ((run, other, 1, 0), (other, run, 0, 1)):
        figures = cli("runs", "compare", first, second, "--json").json["figures"]
        assert figures["dpo"]["novel"][new] == figures["rlpf"]["novel"][new] / 2 == 0.25
        assert figures["dpo"]["novel"][old] is figures["rlpf"]["novel"][old] is None
        assert figures["base"]["copy_rate"][old] == figures["human"]["copy_rate"][old] == 0.01
        assert figures["base"]["copy_rate"][new] is None
        assert "dpo" in cli("runs", "compare", first, second).out


def test_a_run_that_nobody_works_on_is_stopped(cli, run):
    record = read_json(run / "run.json")
    write_json(run / "run.json", record | {"status": "running"})

    def said():
        listed = cli("runs", "list", "--root", run.parent, "--json").json[0]["status"]
        assert listed == cli("runs", "show", run, "--json").json["status"]
        assert listed in cli("runs", "list", "--root", run.parent).out
        return listed

    assert said() == "stopped"
    with open_stage(run / "rl", kind="rl", config={}, seed=0, inputs={}) as stage:
        (stage.work / "out.txt").touch()
        assert said() == "running"
    assert said() == "stopped"
    write_json(run / "run.json", record)
    assert said() == "done"


def test_what_is_done_is_done_again_if_asked(cli, tmp_path):
    table, pairs = tmp_path / "table", tmp_path / "pairs"
    commands = {
        table: ("data", "market", "--out", table, "--tests", 150),
        pairs: ("data", "pairs", table, "--out", pairs),
        tmp_path / "copy": ("data", "import", table / "table.parquet", "--out", tmp_path / "copy"),
    }
    for folder, command in commands.items():
        when = []
        for option in ([], [], ["--again"]):
            assert cli(*command, *option).code == 0
            when.append((folder / "run.json").stat().st_mtime_ns)
        assert when[0] == when[1] < when[2]


STARTED = {
    "on the PATH": (True, "{here}/.venv/bin/adwright", "adwright"),
    "by its place": (False, "{here}/.venv/bin/adwright", ".venv/bin/adwright"),
    "in its place": (False, "{here}/adwright", "./adwright"),
    "by another name": (False, "{here}/src/adwright/cli/__main__.py", f"{sys.executable} -m adwright.cli"),
    "with a space": (False, "{here}/my envs/bin/adwright", "'my envs/bin/adwright'"),
}


@pytest.mark.parametrize("how", STARTED)
def test_the_next_command_can_be_typed_as_it_stands(cli, tmp_path, monkeypatch, how):
    on_path, started, shown = STARTED[how]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", [started.format(here=tmp_path), "data"])
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}" if on_path else None)
    out = cli("data", "market", "--out", "my table", "--tests", 2).out
    assert f"Try next:  {shown} data pairs 'my table' --out 'my table'-pairs\n" in out
    assert f"Start one: {shown} run recipes/demo.yaml" in cli("runs", "list").out


def test_without_runs_the_list_says_how_to_start_one(cli, tmp_path):
    assert "run recipes/demo.yaml" in cli("runs", "list", "--root", tmp_path).out


def test_a_stage_is_shown_with_its_figures(cli, market):
    answer = cli("runs", "show", market)
    assert "market" in answer.out
    assert "150" in answer.out


def test_texts_are_scored_from_a_file_and_from_standard_input(cli, run, tmp_path, monkeypatch):
    texts = ["Bags that last a lifetime", "Buy bags"]
    (tmp_path / "texts.txt").write_text("\n".join(texts), encoding="utf-8")
    rows = cli("score", tmp_path / "texts.txt", "--run", run, "--against", texts[1], "--json").json
    assert [row["text"] for row in rows] == texts
    assert rows[1]["beats"] == pytest.approx(0.5)
    assert 0 < rows[0]["beats"] < 1
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("\n".join(texts).encode())))
    human = cli("score", "-", "--run", run)
    assert f"{rows[0]['score']:+.3f}" in human.out
    assert "Beats it" not in human.out
    assert "50.0%" in cli("score", tmp_path / "texts.txt", "--run", run, "--against", texts[1]).out


def test_a_reward_model_is_judged_on_any_table(cli, run, market):
    command = ["reward", "evaluate", run, "--data", market / "table.parquet"]
    proxy, judge = cli(*command, "--json").json, cli(*command, "--model", "independent", "--json").json
    assert proxy["all"]["pairs"] == judge["all"]["pairs"] > 50
    assert 0 <= proxy["all"]["low"] <= proxy["all"]["accuracy"] <= proxy["all"]["high"] <= 1
    fewer = cli(*command, "--min-impressions", 5000, "--json").json
    assert fewer["all"]["pairs"] < proxy["all"]["pairs"]
    assert "all pairs" in cli(*command).out


def test_models_are_listed_by_the_name_a_recipe_uses(cli):
    rows = cli("models", "list", "--json").json
    assert [row["kind"] for row in rows[:2]] == ["writer", "encoder"]
    assert "embedded" in cli("models", "list").out


def test_a_pulled_model_is_named_with_its_folder(cli, monkeypatch):
    monkeypatch.setattr(verbs, "models_pull", lambda model: {"model": model, "path": "/cache/it"})
    assert cli("models", "pull", "some/model").out == "some/model is at /cache/it\n"


def test_a_run_closes_with_its_table_variations_report_and_next_command(cli, run, monkeypatch):
    def finished(recipe, *, say, **options):
        say("Preference pairs")
        assert options == {"data": Path("may.csv"), "seed": 4, "out": Path("there"), "dry_run": False}
        return {"kind": "run", "path": str(run), "report": str(run / "report.html")}

    monkeypatch.setattr(verbs, "run", finished)
    arguments = ["run", "recipe.yaml", "--data", "may.csv", "--seed", "4", "--out", "there"]
    answer = cli(*arguments)
    assert answer.code == 0
    assert answer.err == "• Preference pairs\n"
    assert "Writer" in answer.out
    assert "1. Bags that [31m last [bold]  61% to beat yours, a light edit" in answer.out
    assert f"Report:   {run}/report.html" in answer.out
    assert f" generate --run {run} --text" in answer.out
    assert cli(*arguments, "--json").json["path"] == str(run)


def test_an_evaluation_prints_the_closing_table(cli, run, monkeypatch):
    found = {"path": str(run / "evaluation"), "report": str(run / "report.html"), "policies": {}}
    monkeypatch.setattr(verbs, "evaluate", lambda _, again: found)
    answer = cli("evaluate", run)
    assert "Preferred" in answer.out
    assert answer.out.endswith(f"Report: {run}/report.html\n")


@pytest.mark.parametrize("shown", [0, 2])
def test_variations_are_printed_best_first_as_they_are(cli, monkeypatch, shown):
    given = {}
    rows = [
        {"text": "Bags\x1b[2J that [red]last", "beats": 0.7, "score": 1.0, "origin": "model"},
        {"text": "A bag for life", "beats": 0.6, "score": 0.5, "origin": "edit"},
    ]

    def generate(text, **options):
        given.update(options, text=text)
        return {"text": text, "run": "runs/a", "variations": rows[:shown]}

    monkeypatch.setattr(verbs, "generate", generate)
    arguments = [
        "generate",
        "--text",
        "Bags",
        "-n",
        2,
        "--fact",
        "handmade",
        "--fact",
        "30 days",
        "--seed",
        5,
    ]
    answer = cli(*arguments)
    assert (given["text"], given["n"], given["facts"], given["seed"]) == (
        "Bags",
        2,
        ["handmade", "30 days"],
        5,
    )
    assert "\x1b" not in answer.out
    if shown:
        assert "Bags [2J that [red]last" in answer.out
        assert "Mind" not in answer.out
        assert "a light edit" in answer.out
    else:
        assert "None of the texts" in answer.out
    assert cli(*arguments, "--json").json["variations"] == rows[:shown]


@pytest.mark.parametrize("url", [None, "http://localhost:1/v1"])
def test_variations_are_drawn_and_chosen_as_the_run_was_set(cli, run, monkeypatch, url):
    recipe = yaml.safe_load((run / "recipe.yaml").read_text(encoding="utf-8"))
    recipe["writer"] |= {"model": "some/writer", "dtype": "bfloat16"}
    recipe["reward"]["encoder"] = "some/encoder"
    (run / "recipe.yaml").write_text(yaml.safe_dump(recipe), encoding="utf-8")
    opened, encoders = [], []

    class Writer:
        def generate(self, prompts, n, **_):
            return [["Bags that last"] * n for _ in prompts]

    def open_engine(model, adapters=(), **options):
        opened.append((model, [path.parent.name for path in adapters], options))
        return Writer()

    monkeypatch.setattr("adwright.models.open_engine", open_engine)
    monkeypatch.setattr(
        "adwright.creative.variations.choose", lambda *_, encoder: encoders.append(encoder) or []
    )
    answer = cli("generate", "--text", "Bags", "--run", run, *(["--url", url] if url else []))
    assert "None of the texts" in answer.out
    assert encoders == ["some/encoder"]
    own = ("some/writer", ["sft", "rl"], {"dtype": "bfloat16"})
    assert opened == [own if url is None else ("some/writer", [], {"url": url})]


@pytest.mark.parametrize("stage", ["sft", "rl"])
def test_a_training_stage_prints_its_figures_and_folder(cli, monkeypatch, stage):
    monkeypatch.setattr(
        verbs,
        f"train_{stage}",
        lambda pairs, **options: {"path": str(options["out"]), "best_step": 20, "best_loss": 1.25},
    )
    extra = ["--sft", "s", "--reward", "r"] if stage == "rl" else []
    answer = cli("train", stage, "pairs", "--out", "there", *extra)
    assert answer.code == 0
    assert "Best step  20" in answer.out
    assert "1.25" in answer.out
    assert "Written to there" in answer.out


def test_reward_training_prints_accuracy_by_split_and_significance(cli, monkeypatch):
    level = {"accuracy": 0.61, "low": 0.58, "high": 0.64, "pairs": 900}
    found = {"proxy": {"test": {"all": level, "p05": level}}, "independent": {"test": {"all": level}}}
    monkeypatch.setattr(verbs, "train_reward", lambda pairs, **options: {"path": "there", "accuracy": found})
    answer = cli("train", "reward", "pairs", "--out", "there")
    assert "61.0%" in answer.out
    assert "independent" in answer.out


@pytest.mark.parametrize("path", sorted((ROOT / "recipes").glob("*.yaml")), ids=lambda p: p.name)
def test_every_shipped_recipe_dry_runs(cli, tmp_path, path):
    answer = cli("run", path, "--dry-run", "--out", tmp_path, "--json")
    assert answer.code == 0
    assert answer.json["name"] == path.stem
    stages = 2 if path.name == "starter.yaml" else 7
    assert [s["state"] for s in answer.json["stages"]] == ["to do"] * stages
    assert answer.json["ready"] == (not answer.json["missing"])
    human = cli("run", path, "--dry-run", "--out", tmp_path)
    assert human.code == 0
    assert "evaluation" in human.out
    assert ("Nothing is missing." in human.out) == answer.json["ready"]
    assert not list(tmp_path.iterdir()), "a dry run writes nothing"


def test_a_dry_run_reads_the_data_it_is_given(cli, tmp_path, market):
    recipe = ROOT / "recipes/upworthy.yaml"
    plan = cli(
        "run", recipe, "--data", market / "table.parquet", "--out", tmp_path, "--dry-run", "--json"
    ).json
    assert plan["stages"][0] == {
        "name": "import",
        "state": "to do",
        "amounts": {"rows": len_of(market), "tests": 150},
    }
    answer = cli("run", recipe, "--data", tmp_path / "none.csv", "--dry-run")
    assert answer.code == 2
    assert "no data file at" in answer.err


def len_of(market):
    return read_json(market / "run.json")["figures"]["rows"]


def test_a_seed_makes_another_run(cli, tmp_path):
    (tmp_path / "recipe.yaml").write_text(yaml.safe_dump({"name": "demo"}), encoding="utf-8")
    paths = {
        cli("run", tmp_path / "recipe.yaml", "--seed", seed, "--dry-run", "--json").json["path"]
        for seed in (0, 1, 1)
    }
    assert len(paths) == 2


def test_json_of_a_stage_is_what_the_verb_returns(cli, tmp_path):
    answer = cli("data", "market", "--out", tmp_path / "m", "--tests", 3, "--json")
    assert json.loads(answer.out) == verbs.data_market(out=tmp_path / "m", tests=3)

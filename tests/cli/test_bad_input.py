"""What users get wrong: exit code 2, one clear message that says where and what to do, no trace."""

import io
import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent
HEADER = "test_id,text,impressions,clicks\n"
GOOD = HEADER + "a,Handmade bags from Florence,1000,20\na,A bag for life,1000,30\n"

FILES = {
    "missing file": (None, "no file at"),
    "empty file": ("", "the file is empty"),
    "header alone": (HEADER, "no rows"),
    "wrong columns": ("campaign,copy\nspring,Buy bags\n", "columns found: campaign, copy"),
    "negative clicks": (GOOD.replace(",20", ",-20"), "row 1, column clicks: -20 is negative"),
    "negative impressions": (
        GOOD.replace("1000,30", "-1000,30"),
        "row 2, column impressions: -1000 is negative",
    ),
    "half a click": (GOOD.replace(",20", ",20.5"), "row 1, column clicks: '20.5' is not a whole number"),
    "half an impression": (
        GOOD.replace("1000,30", "999.5,30"),
        "row 2, column impressions: '999.5' is not a whole number",
    ),
    "words for counts": (GOOD.replace(",30", ",many"), "row 2, column clicks: 'many' is not a number"),
    "more clicks than impressions": (GOOD.replace(",20", ",2000"), "2000 clicks of 1000 impressions"),
    "a cell too many": (GOOD + "b,Bags, bags,10,1\n", "row 3: 5 cells where the header has 4"),
    "no text at all": ("\x00\x01\n\x02\n", "not a layout that is known"),
}


def check(answer, *parts):
    assert answer.code == 2
    assert answer.out == ""
    for part in parts:
        assert part in answer.err
    assert len(re.findall(r"^  To fix: \S", answer.err, re.MULTILINE)) == 1
    assert "Traceback" not in answer.err


def contents(folder):
    """Every file of a folder, to see that it is whole."""
    found = {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    assert found
    return found


@pytest.mark.parametrize("command", ["inspect", "import"])
@pytest.mark.parametrize("case", FILES)
def test_a_bad_file(cli, tmp_path, case, command):
    content, message = FILES[case]
    path = tmp_path / "may.csv"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    out = ["--out", tmp_path / "table"] if command == "import" else []
    check(cli("data", command, path, *out), str(path), message)
    assert not (tmp_path / "table").exists()


@pytest.mark.parametrize("case", FILES)
def test_a_bad_file_leaves_the_earlier_import_whole(cli, tmp_path, case):
    path, table = tmp_path / "may.csv", tmp_path / "table"
    path.write_text(GOOD, encoding="utf-8")
    command = ("data", "import", path, "--out", table)
    assert cli(*command).code == 0
    before = contents(table)
    path.unlink()
    if FILES[case][0] is not None:
        path.write_text(FILES[case][0], encoding="utf-8")
    check(cli(*command), FILES[case][1])
    assert contents(table) == before
    path.write_text(GOOD.replace(",30", ",40"), encoding="utf-8")
    assert cli(*command).code == 0, "what failed is not in the way of what is right"
    assert pd.read_parquet(table / "table.parquet")["clicks"].sum() == 60


def test_a_bad_file_is_told_in_json_with_what_where_and_fix(cli, tmp_path):
    (tmp_path / "may.csv").write_text(GOOD.replace(",20", ",-20"), encoding="utf-8")
    answer = cli("data", "inspect", tmp_path / "may.csv", "--json")
    assert answer.code == 2
    assert answer.json["error"] == {
        "kind": "TableError",
        "what": "1 fault:\n  row 1, column clicks: -20 is negative",
        "where": str(tmp_path / "may.csv"),
        "fix": "correct these cells, or leave out these rows",
    }


def test_faults_of_several_rows_are_listed_together(cli, tmp_path):
    content = GOOD.replace(",20", ",2000") + "b,,10.5,-1\n"
    (tmp_path / "may.csv").write_text(content, encoding="utf-8")
    answer = cli("data", "inspect", tmp_path / "may.csv")
    check(answer, "4 faults:", "row 1, column clicks", "row 3, column clicks", "row 3, column impressions")
    assert "row 3, column text: empty" in answer.err


def test_a_bad_file_is_found_by_whatever_reads_it(cli, run, tmp_path):
    path = tmp_path / "may.csv"
    path.write_text(GOOD.replace(",20", ",2000"), encoding="utf-8")
    wrong = "2000 clicks of 1000 impressions"
    check(cli("reward", "evaluate", run, "--data", path), str(path), wrong)
    recipe = ROOT / "recipes/upworthy.yaml"
    check(cli("run", recipe, "--data", path, "--out", tmp_path / "there", "--dry-run"), str(path), wrong)
    assert not (tmp_path / "there").exists()
    check(cli("run", recipe, "--data", path, "--out", tmp_path / "there"), str(path), wrong)
    assert not list((tmp_path / "there").glob("*/data"))


def test_pairs_are_made_of_ad_tables_only(cli, tmp_path):
    (tmp_path / "may.csv").write_text(GOOD, encoding="utf-8")
    command = ("data", "pairs", tmp_path / "may.csv", "--out", tmp_path / "pairs")
    check(cli(*command), "may.csv: not readable as Parquet", "adwright data import")
    assert not (tmp_path / "pairs").exists()


def test_a_file_that_is_not_what_its_name_says(cli, tmp_path):
    (tmp_path / "may.parquet").write_text(GOOD, encoding="utf-8")
    check(cli("data", "inspect", tmp_path / "may.parquet"), "may.parquet: not readable")
    (tmp_path / "may.xlsx").write_text(GOOD, encoding="utf-8")
    check(cli("data", "inspect", tmp_path / "may.xlsx"), "not a kind of file that is known (.xlsx)")


def test_a_table_of_one_test_cannot_be_split(cli, tmp_path, market):
    (tmp_path / "may.csv").write_text(GOOD, encoding="utf-8")
    assert cli("data", "import", tmp_path / "may.csv", "--out", tmp_path / "table").code == 0
    command = ("data", "pairs", tmp_path / "table", "--out", tmp_path / "pairs")
    check(cli(*command), "no pairs for", "1 pairs from 1 tests")
    assert not (tmp_path / "pairs").exists()
    assert cli("data", "pairs", market, "--out", tmp_path / "pairs").code == 0
    before = contents(tmp_path / "pairs")
    check(cli(*command), "no pairs for")
    assert contents(tmp_path / "pairs") == before


RECIPES = {
    "an empty file": (b"", "a recipe is a mapping of fields"),
    "a list": (b"- name: demo\n", "a recipe is a mapping of fields"),
    "broken YAML": (b"name: [demo\n", "not readable as YAML"),
    "not UTF-8": ("name: Café\n".encode("latin-1"), "not readable as YAML"),
    "a field that there is not": (b"name: demo\nrl: {stepz: 3}\n", "1 fault:\n  rl.stepz: "),
}


@pytest.mark.parametrize("case", RECIPES)
def test_a_bad_recipe(cli, tmp_path, case):
    content, message = RECIPES[case]
    path = tmp_path / "recipe.yaml"
    path.write_bytes(content)
    check(cli("run", path, "--out", tmp_path / "runs"), f"{path}: {message}")
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("command", [["run"], ["train", "sft", ".", "--out", "x", "--recipe"]])
def test_a_recipe_with_three_faults_lists_all_three(cli, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "recipe.yaml"
    path.write_text("name: my run\nwriter: {dtype: int4}\nrl: {steps: 0}\n", encoding="utf-8")
    check(cli(*command, path), f"{path}: 3 faults:", "  name: ", "  writer.dtype: ", "  rl.steps: ")
    assert [file.name for file in tmp_path.iterdir()] == ["recipe.yaml"], "nothing was begun"


def test_options_are_checked_by_field(cli, tmp_path):
    answer = cli("data", "market", "--out", tmp_path / "m", "--tests", 0, "--impressions", -5)
    check(
        answer,
        "2 faults:",
        "  tests: Input should be greater than or equal to 1 (given: 0)",
        "  impressions: ",
    )
    assert not (tmp_path / "m").exists()


UNKNOWN = {
    "sft": {
        "writer": {"model": "nobody/nothing"},
        "sft": {"batch_size": 1, "examples": 8, "similarity": 0},
    },
    "reward": {"reward": {"encoder": "nobody/nothing"}},
}


@pytest.mark.parametrize("stage", UNKNOWN)
def test_a_model_that_there_is_not(cli, tmp_path, market, stage):
    assert cli("data", "pairs", market, "--out", tmp_path / "pairs").code == 0
    recipe, earlier = tmp_path / "recipe.yaml", tmp_path / "earlier"
    recipe.write_text(yaml.safe_dump({"name": "other"} | UNKNOWN[stage]), encoding="utf-8")
    shutil.copytree(market, earlier)
    record = json.loads((earlier / "run.json").read_text(encoding="utf-8"))
    (earlier / "run.json").write_text(json.dumps(record | {"kind": stage}), encoding="utf-8")
    before = contents(earlier)
    answer = cli("train", stage, tmp_path / "pairs", "--recipe", recipe, "--out", earlier)
    check(answer, "nobody/nothing", "adwright models")
    assert contents(earlier) == before


@pytest.mark.parametrize(
    ("damaged", "command"),
    [
        ("reward/proxy/average/member-0", ["score", "-", "--run"]),
        ("reward/proxy/member-0", ["reward", "evaluate"]),
    ],
)
@pytest.mark.parametrize("how", ["truncated", "empty", "other"])
def test_a_corrupted_checkpoint(cli, run, market, monkeypatch, damaged, command, how):
    file = run / damaged / "reward.safetensors"
    content = file.read_bytes()
    file.write_bytes(
        {"truncated": content[: len(content) // 2], "empty": b"", "other": b"not weights" * 99}[how]
    )
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"Bags that last\n")))
    options = ["--data", market / "table.parquet"] if command[0] == "reward" else []
    check(cli(*command, run, *options), str(run / damaged), "damaged")


def test_a_reward_model_that_is_not_there(cli, run, tmp_path):
    texts = tmp_path / "texts.txt"
    texts.write_text("Bags that last\n", encoding="utf-8")
    shutil.rmtree(run / "reward")
    check(cli("score", texts, "--run", run), "no reward model in")


def test_a_damaged_record_of_a_run(cli, run):
    (run / "run.json").write_text('{"kind": ', encoding="utf-8")
    check(cli("runs", "show", run), "run.json: damaged")
    check(cli("runs", "list", "--root", run.parent), "run.json: damaged")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "none.yaml"], "no recipe at none.yaml"),
        (["runs", "show", "none"], "no run.json in none"),
        (["runs", "compare", "none", "other"], "no run.json in none"),
        (["evaluate", "none"], "no run.json in none"),
        (["generate", "--text", "Bags that last"], "no finished run under runs/"),
        (["generate", "--text", "Bags", "-n", 0], "0 variations"),
        (["score", "none.txt"], "no file at none.txt"),
        (["data", "pairs", "none", "--out", "x"], "nothing at none"),
        (["train", "reward", "none", "--out", "x"], "nothing at none"),
        (["train", "rl", ".", "--sft", "none", "--reward", ".", "--out", "x"], "nothing at none"),
        (["models", "pull", "not a name"], "not a model's name"),
        (["reward", "evaluate", "none", "--data", "none.csv"], "no file at none.csv"),
    ],
)
def test_what_is_named_is_not_there(cli, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    check(cli(*arguments), message)


def test_a_result_does_not_take_the_place_of_the_users_files(cli, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exports = tmp_path / "exports"
    exports.mkdir()
    (exports / "may.csv").write_text(GOOD, encoding="utf-8")
    (exports / "notes.txt").write_text("mine", encoding="utf-8")
    before = contents(tmp_path)
    check(cli("data", "import", "exports/may.csv", "--out", "exports"), "exports: ", "what the stage reads")
    check(cli("data", "market", "--out", "exports", "--tests", 5), "exports: here is a folder with files")
    check(cli("data", "market", "--out", ".", "--tests", 5), ".: ", "you are in this one")
    check(cli("data", "market", "--out", "exports/may.csv", "--tests", 5), "here is a file")
    assert contents(tmp_path) == before
    for _ in range(2):
        assert cli("data", "import", "exports/may.csv", "--out", "exports/table", "--again").code == 0
    assert contents(exports).items() >= {Path("may.csv"): GOOD.encode(), Path("notes.txt"): b"mine"}.items()


@pytest.mark.parametrize("command", [["train", "sft"], ["train", "reward"], ["data", "pairs"]])
def test_pairs_are_not_replaced_by_what_is_made_of_them(cli, tmp_path, market, command):
    pairs = tmp_path / "run/pairs"
    assert cli("data", "pairs", market, "--out", pairs).code == 0
    (tmp_path / "run/run.json").write_text('{"kind": "run"}', encoding="utf-8")
    before = contents(tmp_path)
    for out in (pairs, pairs / "deeper", tmp_path / "run"):
        check(cli(*command, pairs, "--out", out, "--seed", 1), "what the stage reads", "new or empty")
    assert contents(tmp_path) == before


def test_a_seed_that_there_is_not(cli, tmp_path):
    check(
        cli("data", "market", "--out", tmp_path / "m", "--seed", 2**31), "is no seed", "give 0 to 2147483647"
    )


def test_a_folder_of_a_stage_is_not_a_run(cli, market):
    check(cli("evaluate", market), "is the folder of a stage", f"name the run: {market.parent}")


def test_texts_to_score_must_be_texts(cli, run, tmp_path):
    (tmp_path / "empty.txt").write_text("\n \n", encoding="utf-8")
    check(cli("score", tmp_path / "empty.txt", "--run", run), "no texts")
    (tmp_path / "latin.txt").write_bytes("Café".encode("latin-1"))
    check(cli("score", tmp_path / "latin.txt", "--run", run), "latin.txt: not text in UTF-8")


@pytest.mark.parametrize("errors", ["strict", "surrogateescape"])
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("Café\n".encode("latin-1"), "not text in UTF-8"),
        (b"Bags \xed\xa0\x80\n", "not text in UTF-8"),
        (b" \n\n", "no texts"),
        ("\ufeffCafé\r\nBags\n".encode(), None),
    ],
)
def test_texts_of_standard_input_must_be_texts(cli, run, monkeypatch, given, said, errors):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given), encoding="utf-8", errors=errors))
    answer = cli("score", "-", "--run", run, *([] if said else ["--json"]))
    if said:
        check(answer, f"standard input: {said}")
    else:
        assert [row["text"] for row in answer.json] == ["Café", "Bags"]


def test_a_placement_that_there_is_not(cli, run):
    check(
        cli("generate", "--text", "Bags that last", "--run", run, "--placement", "banner"),
        "no placement 'banner'",
    )


def test_pairs_that_are_damaged(cli, tmp_path, market):
    assert cli("data", "pairs", market, "--out", tmp_path / "pairs").code == 0
    whole = pd.read_parquet(tmp_path / "pairs/pairs.parquet")
    assert len(whole)
    (tmp_path / "pairs/pairs.parquet").write_bytes(b"PAR1")
    check(cli("train", "reward", tmp_path / "pairs", "--out", tmp_path / "reward"), "damaged")
    (tmp_path / "pairs/pairs.parquet").unlink()
    check(cli("train", "reward", tmp_path / "pairs", "--out", tmp_path / "reward"), "no pairs.parquet in")

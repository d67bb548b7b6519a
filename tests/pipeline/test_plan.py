import pytest

from adwright.config import Recipe
from adwright.errors import NotFoundError, TableError
from adwright.pipeline import plan as module
from adwright.pipeline.plan import plan


def recipe(**changes):
    return Recipe.model_validate({"name": "small", **changes})


def amounts(found):
    return {stage["name"]: stage["amounts"] for stage in found["stages"]}


def test_amounts_follow_from_the_recipe(tmp_path):
    found = plan(
        recipe(
            market={"tests": 40},
            sft={"examples": 30, "batch_size": 8, "epochs": 2},
            reward={"networks": 3, "independent_networks": 2},
            rl={
                "steps": 25,
                "prompts_per_step": 4,
                "samples": 6,
                "evaluate_every": 10,
                "evaluate_sources": 12,
            },
            evaluation={"sources": 10, "best_of": 4},
            generate={"samples": 16},
        ),
        tmp_path,
    )
    assert amounts(found) == {
        "market": {"advertisers": 60, "tests": 40},
        "pairs": {"tests": 40},
        "sft": {"examples": 30, "updates": 8},
        "reward": {"networks": 5, "epochs": 1},
        "rl": {"updates": 25, "samples": 600, "looks": 3, "samples_of_looks": 36},
        "evaluation": {"sources": 10, "samples": 90},
        "sample": {"samples": 16},
    }
    assert found["path"].startswith(str(tmp_path / "small-"))
    assert not list(tmp_path.iterdir())


def test_pairs_of_a_file_are_counted_as_they_would_be_kept(tmp_path):
    rows = ["test_id,text,impressions,clicks,flagged"]
    rows += [f"a,Text {i},1000,{i},false" for i in range(4)]
    rows += ["b,One,1000,1,false", "b,Two,50,1,false"]
    rows += ["c,One more,1000,1,true", "c,Two more,1000,1,false", "d,Alone,1000,1,false"]
    file = tmp_path / "may.csv"
    file.write_text("\n".join(rows), encoding="utf-8")
    assert amounts(plan(recipe(data=str(file)), tmp_path))["import"] == {"rows": 9, "tests": 4}
    assert amounts(plan(recipe(data=str(file)), tmp_path))["pairs"] == {"tests": 1, "pairs": 6}
    lenient = recipe(data=str(file), pairs={"min_impressions": 1, "drop_flagged": False})
    assert amounts(plan(lenient, tmp_path))["pairs"] == {"tests": 3, "pairs": 8}


def test_a_file_that_is_missing_or_wrong_is_told(tmp_path):
    with pytest.raises(NotFoundError, match="no data file"):
        plan(recipe(data=str(tmp_path / "none.csv")), tmp_path)
    (tmp_path / "may.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(TableError, match="not a layout that is known"):
        plan(recipe(data=str(tmp_path / "may.csv")), tmp_path)


def test_stages_that_are_done_or_begun_are_named(tmp_path):
    folder = module.run_folder(recipe(), tmp_path)
    for stage in ("data", "pairs"):
        (folder / stage).mkdir(parents=True)
        (folder / stage / "run.json").write_text("{}", encoding="utf-8")
    (folder / "sft.partial").mkdir()
    states = {stage["name"]: stage["state"] for stage in plan(recipe(), tmp_path)["stages"]}
    assert states == {"market": "done", "pairs": "done", "sft": "begun"} | dict.fromkeys(
        ("reward", "rl", "evaluation", "sample"), "to do"
    )


def test_with_the_embedded_models_nothing_is_missing(tmp_path):
    found = plan(recipe(), tmp_path)
    assert found["ready"]
    assert found["missing"] == []
    assert [(m["used_as"], m["present"]) for m in found["models"]] == [
        ("writer", True),
        ("encoder", True),
        ("reader", True),
    ]


def test_embedded_models_that_are_not_installed_are_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "list_models", list)
    found = plan(recipe(), tmp_path)
    assert not found["ready"]
    assert [m["what"] for m in found["missing"]] == [
        "the embedded writer is not installed",
        "the embedded encoder is not installed",
    ], "the writer once, though it is the reader too"
    assert {m["fix"] for m in found["missing"]} == {"run 'make env'"}


@pytest.mark.parametrize(
    ("settings", "used_as"),
    [
        ({"writer": {"model": "nobody/nothing"}}, "writer"),
        ({"reward": {"encoder": "nobody/nothing"}}, "encoder"),
        ({"reward": {"reader": "nobody/nothing"}}, "reader"),
    ],
)
def test_each_model_that_a_run_opens_is_looked_for(tmp_path, settings, used_as):
    found = plan(recipe(**settings), tmp_path)
    assert not found["ready"]
    assert [m["what"] for m in found["missing"]] == [f"the {used_as} nobody/nothing is not downloaded"]
    assert [m["present"] for m in found["models"]] == [m["used_as"] != used_as for m in found["models"]]


@pytest.mark.parametrize("weights", [False, True])
def test_a_model_of_the_hub_is_there_if_its_weights_are(tmp_path, monkeypatch, weights):
    snapshot = tmp_path / "cache/snapshots/abc"
    snapshot.mkdir(parents=True)
    (snapshot / ("model.safetensors" if weights else "config.json")).touch()
    cached = {"name": "some/writer", "kind": "cached", "path": str(tmp_path / "cache")}
    listed = module.list_models()
    monkeypatch.setattr(module, "list_models", lambda: [*listed, cached])
    found = plan(recipe(writer={"model": "some/writer"}), tmp_path)
    assert found["ready"] == weights
    if not weights:
        assert found["missing"][0]["what"] == "the writer some/writer is not downloaded"
        assert "adwright models pull some/writer" in found["missing"][0]["fix"]
        assert "accept its terms" in found["missing"][0]["fix"]


@pytest.mark.parametrize("whole", [False, True])
def test_a_folder_must_hold_a_model(tmp_path, whole):
    folder = tmp_path / "encoder"
    folder.mkdir()
    (folder / "config.json").write_text("{}", encoding="utf-8")
    if whole:
        (folder / "model.safetensors").touch()
    found = plan(recipe(reward={"encoder": str(folder)}), tmp_path)
    assert found["ready"] == whole
    assert whole or "no config.json and safetensors" in found["missing"][0]["what"]


@pytest.mark.parametrize("gpu", [False, True])
@pytest.mark.parametrize("installed", [False, True])
def test_vllm_needs_its_package_and_a_gpu(tmp_path, monkeypatch, gpu, installed):
    monkeypatch.setattr(module, "find_spec", lambda _: object() if installed else None)
    monkeypatch.setattr(module.torch.cuda, "is_available", lambda: gpu)
    missing = " ".join(m["what"] for m in plan(recipe(rl={"vllm": True}), tmp_path)["missing"])
    assert ("vLLM is not installed" in missing) == (not installed)
    assert ("no GPU" in missing) == (not gpu)


@pytest.mark.parametrize("gpu", [False, True])
def test_a_large_writer_without_a_gpu_is_noted(tmp_path, monkeypatch, gpu):
    monkeypatch.setattr(module.torch.cuda, "is_available", lambda: gpu)
    found = plan(recipe(writer={"model": "some/writer"}), tmp_path)
    assert bool(found["notes"]) == (not gpu)
    assert plan(recipe(), tmp_path)["notes"] == []

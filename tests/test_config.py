from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel, ValidationError

from adwright.config import LoraSettings, Recipe, RewardConfig, load_recipe
from adwright.errors import NotFoundError, RecipeError

ROOT = Path(__file__).parent.parent
SHIPPED = sorted((ROOT / "recipes").glob("*.yaml"))


def write(folder, text):
    path = folder / "recipe.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def models(model):
    yield model
    for field in model.model_fields.values():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from models(field.annotation)


def test_the_recipes_that_are_promised_are_shipped():
    assert {"demo.yaml", "upworthy.yaml", "gpu-8b.yaml"} <= {path.name for path in SHIPPED}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_a_shipped_recipe_parses_and_is_named_as_its_file(path):
    recipe = load_recipe(path)
    assert recipe.name == path.stem
    again = Recipe.model_validate(yaml.safe_load(yaml.safe_dump(recipe.model_dump(mode="json"))))
    assert again == recipe, "what a run writes down is the recipe"


@pytest.mark.parametrize(
    "model", [m for m in models(Recipe) if m.__module__ == "adwright.config"], ids=lambda m: m.__name__
)
def test_every_field_carries_its_help(model):
    nested = {
        n
        for n, f in model.model_fields.items()
        if isinstance(f.annotation, type) and issubclass(f.annotation, BaseModel)
    }
    assert model.__doc__
    assert all(f.description for n, f in model.model_fields.items() if n not in nested or n == "sample_brief")


def test_three_faults_are_listed_together_with_their_paths(tmp_path):
    path = write(tmp_path, "name: Demo!\nsft:\n  epochs: 0\nrl:\n  lora:\n    dropout: 1.5\n")
    with pytest.raises(RecipeError) as caught:
        load_recipe(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: 3 faults:")
    for field, given in (("name", "'Demo!'"), ("sft.epochs", "0"), ("rl.lora.dropout", "1.5")):
        assert f"  {field}: " in message
        assert f"(given: {given})" in message
    assert "greater than or equal to 1" in message


def test_a_single_fault_is_one_fault(tmp_path):
    with pytest.raises(RecipeError, match="1 fault:\n  name: Field required\n"):
        load_recipe(write(tmp_path, "seed: 1\n"))
    with pytest.raises(RecipeError, match=r"rl\.algorithm: Input should be 'rloo' or 'grpo'"):
        load_recipe(write(tmp_path, "name: a\nrl: {algorithm: ppo}\n"))


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("nmae: demo\nname: demo\n", "nmae"),
        ("name: demo\nsft: {lr: 0.1}\n", "sft.lr"),
        ("name: demo\nrl: {lora: {rank: 4}}\n", "rl.lora.rank"),
    ],
)
def test_an_unknown_field_is_refused_at_every_depth(tmp_path, text, field):
    with pytest.raises(RecipeError, match=f"{field}: Extra inputs are not permitted"):
        load_recipe(write(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("name: [", "not readable as YAML"),
        ("- demo\n- other\n", "a mapping of fields"),
        ("", "a mapping of fields"),
        (b"name: \xff\xfe\n", "not readable as YAML"),
        ("name: !!python/object/apply:os.system ['true']\n", "not readable as YAML"),
    ],
)
def test_what_is_no_recipe_is_refused(tmp_path, text, what):
    with pytest.raises(RecipeError, match=what):
        load_recipe(write(tmp_path, text))


@pytest.mark.parametrize("field", ["valid_share", "test_share", "independent_share"])
@pytest.mark.parametrize(
    ("share", "ok"), [(0, False), (1, False), (-0.1, False), (0.001, True), (0.999, True)]
)
def test_every_split_needs_a_part_of_the_stories(tmp_path, field, share, ok):
    path = write(tmp_path, f"name: demo\npairs: {{{field}: {share}}}\n")
    if ok:
        assert getattr(load_recipe(path).pairs, field) == share
    else:
        with pytest.raises(RecipeError, match=rf"pairs\.{field}: Input should be (greater|less) than"):
            load_recipe(path)


def test_slips_in_the_sample_brief_are_told_and_a_right_one_is_kept(tmp_path):
    path = write(tmp_path, "name: demo\nsample_brief: {fact: [free returns], brnd: L, placement: sky}\n")
    with pytest.raises(RecipeError, match="3 faults") as caught:
        load_recipe(path)
    for field in ("sample_brief.fact: Extra", "sample_brief.brnd: Extra", "sample_brief.placement: "):
        assert f"  {field}" in str(caught.value)
    with pytest.raises(RecipeError, match=r"sample_brief\.facts: Input should be a valid tuple"):
        load_recipe(write(tmp_path, "name: demo\nsample_brief: {facts: free returns}\n"))
    brief = load_recipe(write(tmp_path, "name: demo\nsample_brief: {brand: L, facts: [free]}\n")).sample_brief
    assert (brief.brand, brief.facts, brief.grounds()) == ("L", ("free",), "L . free")


def test_a_missing_recipe_is_not_found(tmp_path):
    with pytest.raises(NotFoundError, match="no recipe at"):
        load_recipe(tmp_path / "none.yaml")


def test_overrides_replace_fields_unless_they_are_none(tmp_path):
    path = write(tmp_path, "name: demo\nseed: 3\ndata: a.csv\n")
    assert load_recipe(path, seed=None, data=None).seed == 3
    changed = load_recipe(path, seed=0, data="b.csv")
    assert (changed.seed, changed.data) == (0, "b.csv")


def test_an_override_is_checked_like_a_field(tmp_path):
    with pytest.raises(RecipeError, match="seed"):
        load_recipe(write(tmp_path, "name: demo\n"), seed=-1)


def test_stages_are_checked_at_construction_and_frozen():
    with pytest.raises(ValidationError):
        RewardConfig(networks=1)
    with pytest.raises(ValidationError, match="frozen"):
        LoraSettings().r = 3

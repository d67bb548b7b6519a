"""Imports point one way, every module can be imported, and `__all__` is the public surface."""

import ast
import subprocess
import sys
import tomllib
from importlib import import_module
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "adwright"
ORDER = [
    *("errors", "records", "config", "runs", "progress", "stats", "text", "data", "models", "reward"),
    *("training", "evaluation", "creative", "pipeline", "verbs", "cli"),
]
WITHOUT_TORCH = ("errors", "records", "config", "runs", "progress", "stats", "text", "data")
HEAVY = {"torch", "transformers", "peft", "trl", "accelerate", "datasets"}
FILES = {
    ".".join(("adwright", *path.relative_to(SOURCE).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in sorted(SOURCE.rglob("*.py"))
}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in FILES.items()}


def imported(tree):
    """(module, name) of every import anywhere in a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from ((node.module, alias.name) for alias in node.names)


def part(module):
    """The package under adwright that a module belongs to; "" for adwright itself."""
    return module.split(".")[1] if "." in module else ""


def declared(tree):
    """The module's `__all__`."""
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(target, ast.Name) and target.id == "__all__":
            return ast.literal_eval(node.value)
    return None


@pytest.mark.parametrize("module", FILES)
def test_imports_point_down_the_list_only(module):
    mine = part(module)
    for target, name in imported(TREES[module]):
        if target.split(".")[0] != "adwright" or not mine:
            continue
        theirs = part(target) or (name if f"adwright.{name}" in FILES else "")
        if theirs:
            assert ORDER.index(theirs) <= ORDER.index(mine), f"{module} imports {target}"


def test_every_package_has_its_place_in_the_order():
    assert {part(module) for module in FILES} - {""} == set(ORDER)


@pytest.mark.parametrize("module", [m for m in FILES if part(m) in WITHOUT_TORCH])
def test_data_stats_and_text_know_nothing_of_torch(module):
    assert not HEAVY & {target.split(".")[0] for target, _ in imported(TREES[module])}


def test_data_stats_and_text_do_not_load_torch():
    loads = "; ".join(f"import adwright.{name}" for name in WITHOUT_TORCH)
    found = "', '.join(m for m in ('torch', 'transformers') if m in sys.modules)"
    code = f"import sys; {loads}; sys.exit({found} or 0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("module", FILES)
def test_every_module_can_be_imported_and_has_what_it_declares(module):
    loaded = import_module(module)
    names = declared(TREES[module])
    assert names is not None, f"{module} has no __all__"
    assert len(names) == len(set(names))
    for name in names:
        assert hasattr(loaded, name), f"{module}.__all__ names {name}, which is not there"


PACKAGES = [m for m, path in FILES.items() if path.name == "__init__.py" and part(m)]


def exports(tree):
    """Each name that a package takes from adwright's modules, at once or when it is first used."""
    lazy = [part for node in tree.body if isinstance(node, ast.If) for part in node.body]
    return {
        alias.asname or alias.name: node.module
        for node in [*tree.body, *lazy]
        if isinstance(node, ast.ImportFrom) and node.module.startswith("adwright.")
        for alias in node.names
    }


@pytest.mark.parametrize("module", PACKAGES)
def test_a_package_declares_exactly_what_it_exports(module):
    assert set(exports(TREES[module])) == set(declared(TREES[module]))


def test_what_loads_on_first_use_comes_from_where_types_are_checked():
    pipeline = import_module("adwright.pipeline")
    places = {name: f"adwright.pipeline.{place}" for name, place in pipeline.PLACES.items()}
    assert places == exports(TREES["adwright.pipeline"])
    for name, place in places.items():
        assert getattr(pipeline, name).__module__ == place
    assert set(places) <= set(dir(pipeline))
    with pytest.raises(AttributeError, match=r"'adwright\.pipeline' has no attribute 'nothing'"):
        pipeline.nothing  # noqa: B018


@pytest.mark.parametrize("module", FILES)
def test_what_crosses_modules_is_declared(module):
    for target, name in imported(TREES[module]):
        if target in TREES and name is not None and f"{target}.{name}" not in FILES:
            assert name in declared(TREES[target]), f"{module} takes {name} from {target}, undeclared there"


def test_what_is_imported_is_declared_as_a_dependency():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {canonicalize_name(Requirement(line).name) for line in project["dependencies"]}
    top = {target.split(".")[0] for tree in TREES.values() for target, _ in imported(tree)}
    known = packages_distributions()
    missing = {
        module
        for module in top - set(sys.stdlib_module_names) - {"adwright"}
        if not names & {canonicalize_name(d) for d in known.get(module, [module])}
    }
    assert not missing, f"pyproject.toml does not name the packages of {sorted(missing)}"

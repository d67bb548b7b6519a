"""What callers of verbs give, checked: paths, recipes, seeds, run folders."""

from __future__ import annotations

from pathlib import Path

from adwright.config import Recipe, load_recipe
from adwright.errors import InputError, NotFoundError
from adwright.runs import read_record

__all__ = [
    "RUNS",
    "PathLike",
    "checked_seed",
    "existing",
    "recipe_or_defaults",
    "reward_folder",
    "run_folder",
]

PathLike = str | Path
RUNS = Path("runs")


def recipe_or_defaults(path: PathLike | None, seed: int | None) -> Recipe:
    """The recipe of a file, or else the defaults; with ``seed`` instead of its own, if one is given.

    Raises:
        NotFoundError, RecipeError: the file is missing or has faults.
        InputError: the seed is negative or too large.
    """
    if path is not None:
        return load_recipe(path, seed=seed)
    defaults = Recipe(name="defaults")
    return defaults if seed is None else defaults.model_copy(update={"seed": checked_seed(seed)})


def checked_seed(seed: int) -> int:
    """The seed; InputError if it is none that a recipe may have."""
    if not 0 <= seed < 2**31:
        raise InputError(f"{seed} is no seed", where="seed", fix=f"give 0 to {2**31 - 1}")
    return seed


def existing(path: PathLike) -> Path:
    """The path; NotFoundError if nothing is there."""
    path = Path(path)
    if not path.exists():
        raise NotFoundError(f"nothing at {path}", fix="check the path")
    return path


def run_folder(folder: Path) -> Path:
    """The folder, if a whole run is in it.

    Raises:
        NotFoundError, RunError: it has no record, or a damaged one.
        InputError: it is the folder of one stage.
    """
    record = read_record(folder)
    if record["kind"] != "run":
        raise InputError(f"{folder} is the folder of a stage", fix=f"name the run: {folder.parent}")
    return folder


def reward_folder(folder: Path) -> Path:
    """The reward stage's folder of a run; a folder that has none is taken for the stage's own."""
    return folder / "reward" if (folder / "reward").is_dir() else folder

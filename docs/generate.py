"""Write docs/recipes.md and docs/cli.md from the code; a test holds them equal to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import typer
from pydantic import BaseModel

from adwright.cli import app
from adwright.config import Recipe

HERE = Path(__file__).parent
KINDS = {
    "integer": "whole number",
    "number": "number",
    "boolean": "`true` or `false`",
    "string": "text",
    "null": "`null`",
}
BOUNDS = {
    "minimum": "at least",
    "exclusiveMinimum": "above",
    "maximum": "at most",
    "exclusiveMaximum": "below",
}
NOTICE = "<!-- Written by 'make docs' from the code; change it there. -->\n"
RECIPES_INTRO = """# Recipes

A recipe is a YAML file that says all about a run. Fields that it leaves out have the defaults below; a
field that is not listed here is refused. All faults of a recipe are reported together, each with its path.
`adwright run RECIPE --dry-run` checks one and says what it amounts to.

Shipped are `recipes/demo.yaml` (simulated market, minutes on two cores), `recipes/upworthy.yaml` (real
headline tests, or your own table), `recipes/gpu-8b.yaml` (an 8B writer on GPUs) and `recipes/starter.yaml`
(an adapter for others to start from, made of the rewrites that come with adwright).
"""
CLI_INTRO = """# The command line

Every command is also a function of the package `adwright` with the same name and options: `adwright data
import` is `adwright.data_import`. Results go to standard output, progress to standard error. With `--json`
a result is JSON and nothing else; an error is a JSON object then, with `error.kind`, `what`, `where`, `fix`.

| exit code | meaning |
| --- | --- |
| 0 | done |
| 1 | a fault of adwright's own: please report it, with what `adwright --debug …` prints |
| 2 | something that you can put right; the message says what, where, and how |
| 130 | stopped by Ctrl-C; what was finished is kept, and the same command goes on |

`adwright --install-completion` teaches your shell to complete commands, options, recipes and run folders.
"""


def recipes_page() -> str:
    """docs/recipes.md."""
    parts = [NOTICE, RECIPES_INTRO]
    parts += ["## The recipe itself\n", (Recipe.__doc__ or "") + "\n", _fields(Recipe, "")]
    for name, model in _stages(Recipe):
        parts += [f"## {name}\n", (model.__doc__ or "") + "\n", _fields(model, f"{name}.")]
    return "\n".join(parts)


def cli_page() -> str:
    """docs/cli.md."""
    root = typer.main.get_command(app)
    parts = [NOTICE, CLI_INTRO, "## adwright\n", _options(root)]
    for path, command in _commands(root, "adwright"):
        summary, _, example = (command.help or "").partition("\b")
        lines = [line.strip() for line in example.splitlines() if line.strip() and line.strip() != "Example:"]
        parts += [f"## {path}\n", " ".join(summary.split()) + "\n"]
        parts += ["```sh", *(f"  {line}" if line.startswith("--") else line for line in lines), "```\n"]
        parts += [_options(command)]
    return "\n".join(parts)


def _stages(model: type[BaseModel]) -> list[tuple[str, type[BaseModel]]]:
    found: list[tuple[str, type[BaseModel]]] = []
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel) and name != "sample_brief":
            found += [(name, kind), *((f"{name}.{inner}", part) for inner, part in _stages(kind))]
    return found


def _fields(model: type[BaseModel], prefix: str) -> str:
    schema = model.model_json_schema()["properties"]
    nested = {name.partition(".")[0] for name, _ in _stages(model)}
    rows = ["| field | permitted | default | what it does |", "| --- | --- | --- | --- |"]
    for name, field in model.model_fields.items():
        if name in nested:
            continue
        default = "" if field.is_required() else f"`{_default(field.default)}`"
        rows.append(f"| `{prefix}{name}` | {_permitted(schema[name])} | {default} | {field.description} |")
    return "\n".join(rows) + "\n"


def _default(value: Any) -> str:
    if isinstance(value, BaseModel):
        return "{}"
    return f"{value:g}" if isinstance(value, float) else json.dumps(value, ensure_ascii=False)


def _permitted(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(_permitted(part) for part in schema["anyOf"])
    if "$ref" in schema or "allOf" in schema:
        return (
            "the fields of a brief: `brand`, `product`, `facts`, `excerpt`, `audience`, `goal`, `placement`"
        )
    if schema["type"] == "array":
        return f"list of {_permitted(schema['items'])}"
    limits = [f"{words} {_number(schema[key])}" for key, words in BOUNDS.items() if key in schema]
    if "pattern" in schema:
        limits.append(f"like `{schema['pattern']}`")
    return ", ".join([KINDS[schema["type"]], *limits])


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:g}"


def _commands(group: Any, path: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, command in group.commands.items():
        inner = f"{path} {name}"
        found += _commands(command, inner) if hasattr(command, "commands") else [(inner, command)]
    return found


def _options(command: Any) -> str:
    rows = ["| option | default | what it does |", "| --- | --- | --- |"]
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            name = f"`{parameter.metavar}`"
        else:
            value = "" if parameter.is_flag else f" {parameter.metavar or _choices(parameter)}"
            name = f"`{', '.join(parameter.opts)}{value}`" + (", repeatable" if parameter.multiple else "")
        default = "required" if parameter.required else _given(parameter)
        rows.append(f"| {name} | {default} | {parameter.help} |")
    return "\n".join(rows) + "\n"


def _choices(parameter: Any) -> str:
    kind = parameter.type_descriptor.annotation
    return " or ".join(get_args(kind)) if get_origin(kind) is Literal else "TEXT"


def _given(parameter: Any) -> str:
    value = parameter.default
    if value is None or value == "" or getattr(parameter, "is_flag", False) or callable(value):
        return ""
    return f"`{value}`"


def main() -> None:
    """Write both pages."""
    (HERE / "recipes.md").write_text(recipes_page(), encoding="utf-8")
    (HERE / "cli.md").write_text(cli_page(), encoding="utf-8")


if __name__ == "__main__":
    main()

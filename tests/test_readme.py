"""Documentation says what is: commands and options exist, pages are those that the code writes."""

import importlib.util
import re
import shlex
from pathlib import Path

import pytest
import typer

import adwright
from adwright.cli import app

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
INLINE = re.compile(r"`((?:adwright|make) [^`]+)`")
LINK = re.compile(r"\]\(([^)#:]+?)(?:#[^)]*)?\)")
COMMAND_LINE = typer.main.get_command(app)


def commands(page):
    """Every shell command of a page, in blocks and in the text."""
    text = page.read_text(encoding="utf-8")
    for block in BLOCK.findall(text):
        yield from (line.strip() for line in block.replace("\\\n", " ").splitlines() if line.strip())
    yield from INLINE.findall(BLOCK.sub("", text))


def makes(command):
    """The targets of a make command."""
    return [word for word in shlex.split(command)[1:] if "=" not in word]


def check_adwright(words):
    command, rest = COMMAND_LINE, list(words)
    while hasattr(command, "commands") and rest and not rest[0].startswith("-"):
        assert rest[0] in command.commands, f"no command {rest[0]!r}"
        command = command.commands[rest.pop(0)]
    options = {name for parameter in command.params for name in parameter.opts} | {"--help"}
    given = [word for word in rest if re.match(r"--?[a-z]", word)]
    assert set(given) <= options, f"no options {set(given) - options}"


FOUND = [(page, command) for page in PAGES for command in commands(page)]


@pytest.mark.parametrize(
    ("page", "command"), FOUND, ids=lambda value: str(getattr(value, "name", value))[:50]
)
def test_every_command_of_the_documentation_exists(page, command):
    for part in command.split("|"):
        words = shlex.split(part)
        program = Path(words[0]).name
        if program == "make":
            targets = set(
                re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
            )
            assert set(makes(part)) <= targets
        elif program == "adwright":
            check_adwright(words[1:])
            for word in words[1:]:
                if word.startswith("recipes/"):
                    assert (ROOT / word).is_file()
        else:
            assert program in {"echo", "apt-get"}


def test_the_readme_shows_two_commands_and_says_what_is_next():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    first = BLOCK.findall(text)[0].strip().splitlines()
    assert len(first) == 2
    assert first[0] == "make demo"
    assert "## What to do next" in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page):
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if target.endswith(".md"):
            assert (page.parent / target).is_file(), target


def test_the_python_of_the_quick_start_calls_what_there_is():
    text = (ROOT / "docs/quickstart.md").read_text(encoding="utf-8")
    code = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert code
    for block in code:
        compile(block, "quickstart.md", "exec")
        for name in re.findall(r"adwright\.(\w+)", block):
            assert name in adwright.VERBS
            assert callable(getattr(adwright, name))


@pytest.mark.parametrize("name", ["recipes", "cli"])
def test_reference_pages_are_those_that_the_code_writes(name):
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs/generate.py")
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    written = (ROOT / f"docs/{name}.md").read_text(encoding="utf-8")
    assert written == getattr(generate, f"{name}_page")(), "run 'make docs'"


def test_an_unknown_verb_is_an_attribute_error_and_all_verbs_are_listed():
    assert set(adwright.VERBS) <= set(dir(adwright))
    with pytest.raises(AttributeError, match="no attribute 'fly'"):
        adwright.fly  # noqa: B018

"""Write requirements.lock and requirements-dev.lock from what is installed in this environment.

The closure of pyproject.toml's dependencies goes into the first, what the extra "dev" adds into the
second, each pinned. To refresh a pin: ``.venv/bin/pip install --upgrade NAME``, then ``make lock``,
then ``make test``. Local version suffixes are left out, so that any build of torch will do; the two
packages that hold the embedded models are installed by the Makefile, without their dependencies.
"""

from __future__ import annotations

import tomllib
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
HEADER = "# Written by 'make lock' ({what}). To refresh a pin, see .ci/lock.py.\n"


def closure(wanted: list[str]) -> dict[str, str]:
    """Distribution → pinned version, of these requirements and all that they need here."""
    found: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    queue = [(Requirement(line), "") for line in wanted]
    while queue:
        requirement, extra = queue.pop()
        name = canonicalize_name(requirement.name)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
            continue
        installed = distribution(name)
        found[name] = Version(installed.version).public
        for extra_wanted in ("", *sorted(requirement.extras)):
            if (name, extra_wanted) not in seen:
                seen.add((name, extra_wanted))
                queue += [(Requirement(line), extra_wanted) for line in installed.requires or []]
    return found


def write(path: Path, what: str, pins: dict[str, str]) -> None:
    """One pin a line, in order."""
    lines = [f"{name}=={version}\n" for name, version in sorted(pins.items())]
    path.write_text(HEADER.format(what=what) + "".join(lines), encoding="utf-8")


def main() -> None:
    """Write both files."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    build = project["build-system"]["requires"]
    runtime = closure([*project["project"]["dependencies"], *build])
    dev = closure(project["project"]["optional-dependencies"]["dev"])
    write(ROOT / "requirements.lock", "what adwright needs", runtime)
    write(
        ROOT / "requirements-dev.lock",
        "what its tests need besides",
        {k: v for k, v in dev.items() if k not in runtime},
    )


if __name__ == "__main__":
    main()

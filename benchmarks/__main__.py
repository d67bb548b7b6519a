"""``python -m benchmarks NAME [--json] …``: measure and print the figures of one part."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from adwright.errors import AdwrightError
from benchmarks import loop
from benchmarks.figure import Figure, print_figures

BENCHMARKS: dict[str, Callable[[argparse.Namespace], Sequence[Figure]]] = {"loop": loop.figures}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", choices=sorted(BENCHMARKS))
    parser.add_argument("--json", action="store_true", help="print a JSON list of figures")
    parser.add_argument(
        "--runs", type=Path, default=Path("runs"), help="where the run folders are (default: runs)"
    )
    arguments = parser.parse_args()
    try:
        found = BENCHMARKS[arguments.name](arguments)
    except AdwrightError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print_figures(found, as_json=arguments.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())

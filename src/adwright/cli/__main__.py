"""``python -m adwright.cli``, for launchers that start modules, such as accelerate."""

from __future__ import annotations

import sys

from adwright.cli.entry import main

__all__: list[str] = []

if __name__ == "__main__":
    sys.exit(main())

"""What is written for a brief: today one ad line in up to five variations."""

from adwright.creative.variations import write_variations

__all__ = ["write_variations"]

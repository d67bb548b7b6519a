"""What all tests share: a quiet, offline environment, and the shared data where it is there."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")  # no test judges by the clock: the machine may be busy

for name, value in {
    "OMP_NUM_THREADS": "2",
    "TOKENIZERS_PARALLELISM": "false",
    "HF_HUB_OFFLINE": "1",
    "MPLBACKEND": "Agg",
}.items():
    os.environ.setdefault(name, value)

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """Data that does not ship with adwright: $ADWRIGHT_SHARED, or ../shared beside the repository."""
    folder = Path(os.environ.get("ADWRIGHT_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        pytest.skip(f"no shared data at {folder}; set ADWRIGHT_SHARED")
    return folder

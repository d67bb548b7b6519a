from __future__ import annotations

import errno
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import httpx2
import pytest
from huggingface_hub.errors import (
    GatedRepoError,
    HFValidationError,
    LocalEntryNotFoundError,
    RepositoryNotFoundError,
)

from adwright import models
from adwright.errors import DiskFullError, ModelError
from adwright.models import catalog
from adwright.models.catalog import list_models, pull


def hub_error(kind: type[Any]) -> Exception:
    error: Exception = kind("no", response=httpx2.Response(404, request=httpx2.Request("GET", "http://hub")))
    return error


def test_the_embedded_models_are_listed_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "none"))
    monkeypatch.setenv("ADWRIGHT_HOME", str(tmp_path))
    writer, encoder = list_models()
    assert (writer["name"], writer["model"], writer["kind"]) == (
        "embedded",
        "SmolLM2-135M-Instruct",
        "writer",
    )
    assert writer["bytes"] == Path(writer["path"]).stat().st_size
    assert writer["present"]
    assert not writer["converted"]
    assert encoder["kind"] == "encoder"
    assert encoder["converted"]
    assert encoder["bytes"] > 90_000_000
    assert writer.keys() == encoder.keys()


def test_models_of_the_local_hugging_face_cache_are_listed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    snapshot = tmp_path / "models--someone--writer" / "snapshots" / ("a" * 40)
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_text("{}")
    (tmp_path / "models--someone--writer" / "refs").mkdir()
    (tmp_path / "models--someone--writer" / "refs" / "main").write_text("a" * 40)
    (tmp_path / "datasets--someone--data" / "snapshots").mkdir(parents=True)
    (tmp_path / "datasets--someone--data" / "refs").mkdir()
    scan = catalog.scan_cache_dir
    monkeypatch.setattr(catalog, "scan_cache_dir", lambda: scan(tmp_path))
    *_, cached = list_models()
    assert (cached["name"], cached["kind"], cached["present"]) == ("someone/writer", "cached", True)
    assert len(list_models()) == 3


def test_pulling_embedded_converts_it() -> None:
    assert (pull("embedded") / "model.safetensors").is_file()


def test_pull_fetches_safetensors_and_no_pickles(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: dict[str, Any] = {}

    def fake(name: str, **options: Any) -> str:
        asked.update(options, name=name)
        return str(tmp_path)

    monkeypatch.setattr(catalog, "snapshot_download", fake)
    with pytest.raises(ModelError, match="no safetensors"):
        pull("someone/writer")
    (tmp_path / "model.safetensors").touch()
    assert pull("someone/writer") == tmp_path
    assert asked["name"] == "someone/writer"
    assert "*.safetensors" in asked["allow_patterns"]
    pickles = ["pytorch_model.bin", "model.pt", "model.pth", "modeling_writer.py", "optimizer.pkl"]
    assert not [name for name in pickles for pattern in asked["allow_patterns"] if fnmatch(name, pattern)]


@pytest.mark.parametrize(
    ("failure", "expected", "message"),
    [
        (HFValidationError("bad"), ModelError, "not a model's name"),
        (hub_error(RepositoryNotFoundError), ModelError, "no model"),
        (hub_error(GatedRepoError), ModelError, "accept its terms"),
        (LocalEntryNotFoundError("offline"), ModelError, "no connection"),
        (httpx2.ProxyError("proxy"), ModelError, "no connection"),
        (OSError(errno.ENOSPC, "No space left on device"), DiskFullError, "no room"),
    ],
)
def test_what_keeps_a_model_from_coming(
    monkeypatch: pytest.MonkeyPatch, failure: Exception, expected: type[Exception], message: str
) -> None:
    def fail(name: str, **options: Any) -> str:
        raise failure

    monkeypatch.setattr(catalog, "snapshot_download", fail)
    with pytest.raises(expected, match=message):
        pull("someone/writer")


def test_offline_and_unknown_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match="no connection"):
        pull("nobody/no-such-model")


def test_the_public_surface_is_there() -> None:
    assert models.__all__ == sorted(models.__all__, key=lambda name: (name.islower(), name))
    assert all(getattr(models, name) is not None for name in models.__all__)

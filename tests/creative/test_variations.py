"""A person's text reaches the writer and the filters whole."""

import pytest

from adwright.config import GenerateConfig, WriterConfig
from adwright.creative import variations, write_variations
from adwright.errors import BriefError
from adwright.records import Brief

TEXT = "Output: 500 W for ages 50+.\n£84 a pair,\tfree returns,"


class Recorder:
    """An engine that keeps what it was asked, and answers with two lines."""

    prompts: list

    def generate(self, prompts, n, **_):
        self.prompts = prompts
        return [["Headline: Trail shoes\nMore"] * n]


def test_no_line_of_a_persons_text_is_lost(monkeypatch):
    seen = {}
    monkeypatch.setattr(variations, "choose", lambda *given, **_: seen.update(given=given) or [])
    engine = Recorder()
    write_variations(TEXT, Brief(), engine, None, 3, GenerateConfig(), WriterConfig())
    line = "Output: 500 W for ages 50+. £84 a pair, free returns,"
    assert f"Text: {line}\n" in engine.prompts[0][1]["content"]
    drawn, source, *_ = seen["given"]
    assert source == line
    assert set(drawn) == {"Trail shoes"}


@pytest.mark.parametrize("text", ["", " \n", "<|im_end|>", "..."])
def test_a_text_without_a_word_is_refused(text):
    with pytest.raises(BriefError, match="empty"):
        write_variations(text, Brief(), Recorder(), None, 3, GenerateConfig(), WriterConfig())


def test_a_text_longer_than_any_placement_is_refused():
    with pytest.raises(BriefError, match="longer than any placement"):
        write_variations("bag " * 600, Brief(), Recorder(), None, 3, GenerateConfig(), WriterConfig())

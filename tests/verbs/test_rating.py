"""A rating session without a terminal: whoever asks, what is decided is in the file."""

import getpass
import json

import pytest

from adwright import verbs
from adwright.data import append_rating, read_ratings
from adwright.errors import InputError, NotFoundError
from adwright.records import FAULTS, Brief

TEXTS = ("Bags that last", "A bag for life", "Bags, made by hand", "Bring it.")


@pytest.fixture
def texts(tmp_path):
    """Four texts of two writers, one of them written by both."""
    rows = [{"text": text, "source": "Handmade bags", "product": "bags", "writer": "sft"} for text in TEXTS]
    rows.append(rows[0] | {"writer": "base"})
    path = tmp_path / "texts.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


class Person:
    """Answers in turn, and keeps what was asked; quits when there is nothing more to say."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def __call__(self, question):
        self.asked.append(question)
        return self.answers.pop(0) if self.answers else "quit"

    @property
    def texts(self):
        return [question and question.text for question in self.asked]


def rate(texts, *answers, rater="anna", **options):
    person = Person(*answers)
    return verbs.rate(texts, rater=rater, ask=person, **options), person


def said(result):
    return {one.text: "usable" if one.usable else one.fault for one in read_ratings(result["path"])}


def test_each_text_is_asked_once_and_each_rating_is_written_at_once(texts):
    written = []

    def person(question):
        path = texts.with_name("texts.jsonl.ratings.jsonl")
        written.append(len(read_ratings(path)) if path.exists() else 0)
        return "usable" if question is None or question.text != TEXTS[3] else "language"

    result = verbs.rate(texts, rater=" anna ", ask=person)
    assert written == [0, 1, 2, 3, 4]
    assert said(result) == dict.fromkeys(TEXTS[:3], "usable") | {TEXTS[3]: "language"}
    assert result["path"] == f"{texts}.ratings.jsonl"
    assert (result["rater"], result["rated"], result["remaining"]) == ("anna", 4, 0)
    assert result["usable"]["value"] == 0.75
    assert 0.3 < result["usable"]["low"] < 0.75 < result["usable"]["high"] < 0.96
    assert result["faults"] == dict.fromkeys(FAULTS, 0) | {"language": 1}
    assert result["agreement"] == {}


def test_a_rating_holds_what_was_asked_and_every_writer_of_the_text(texts):
    result, person = rate(texts, *["usable"] * 4)
    found = {one.text: one for one in read_ratings(result["path"])}
    assert found[TEXTS[0]].writer == "sft, base"
    assert found[TEXTS[1]].writer == "sft"
    assert found[TEXTS[1]].source == "Handmade bags"
    assert found[TEXTS[1]].brief == Brief(product="bags")
    assert not any("sft" in repr(question) for question in person.asked), "who wrote it is not shown"


def test_questions_say_where_one_stands(texts):
    _, person = rate(texts, "usable", "skip", "dull")
    assert [(q.number, q.rated, q.total) for q in person.asked] == [
        (1, 0, 4),
        (2, 1, 4),
        (3, 1, 4),
        (4, 2, 4),
    ]


def test_a_session_goes_on_where_the_last_one_ended(texts):
    first, before = rate(texts, "usable", "skip", "invented")
    assert (first["rated"], first["remaining"]) == (2, 2)
    second, after = rate(texts, "usable", "usable")
    assert after.texts == [before.texts[1], before.texts[3], None]
    assert [question.number for question in after.asked[:2]] == [3, 4]
    assert second["remaining"] == 0
    third, nobody = rate(texts)
    assert nobody.asked == [], "who has rated all is not asked again"
    assert third == second


def test_undo_goes_back_through_this_session_and_earlier_ones(texts):
    _, before = rate(texts, "usable", "dull", "skip")
    answers = ["meaning", "undo", "undo", "undo", "undo", "invented"]
    result, after = rate(texts, *answers)
    a, b, c = before.texts[:3]
    assert after.texts == [c, before.texts[3], c, b, a, a, b]
    assert said(result) == {a: "invented"}
    assert after.asked[-1].rated == 1


def test_the_last_rating_of_all_can_be_taken_back_too(texts):
    result, person = rate(texts, *["usable"] * 4, "undo", "dull", "usable")
    assert person.texts[4:] == [None, person.texts[3], None]
    assert said(result)[person.texts[3]] == "dull"


def test_undo_leaves_other_raters_and_other_texts_alone(texts):
    result, _ = rate(texts, "usable")
    theirs = read_ratings(result["path"])[0].model_copy(update={"rater": "bo"})
    other = theirs.model_copy(update={"rater": "anna", "text": "Of another file"})
    for one in (theirs, other):
        append_rating(result["path"], one)
    result, _ = rate(texts, "undo", "undo", "undo")
    assert read_ratings(result["path"]) == [theirs, other]
    assert (result["rated"], result["usable"]) == (0, None)


def test_the_seed_decides_the_order_and_nothing_else(texts):
    orders = [rate(texts, *["skip"] * 4, seed=seed)[1].texts[:4] for seed in (0, 0, 1, 2, 3)]
    assert orders[0] == orders[1]
    assert len({tuple(order) for order in orders}) > 1
    assert {frozenset(order) for order in orders} == {frozenset(TEXTS)}


def test_the_later_of_two_ratings_of_one_text_holds(texts):
    result, _ = rate(texts, "usable")
    changed = read_ratings(result["path"])[0].model_copy(update={"usable": False, "fault": "dull"})
    append_rating(result["path"], changed)
    result, _ = rate(texts)
    assert result["rated"] == result["faults"]["dull"] == 1
    assert result["usable"]["value"] == 0


def test_two_raters_of_one_file_are_compared(texts):
    out = texts.with_name("ours.jsonl")
    rate(texts, "usable", "dull", "usable", "usable", out=out, rater="anna")
    result, _ = rate(texts, "usable", "invented", "language", out=out, rater="bo")
    found = result["agreement"]["anna"]
    assert list(result["agreement"]) == ["anna"]
    assert found["texts"] == 3
    assert found["agreed"]["value"] == pytest.approx(2 / 3)
    assert found["kappa"]["value"] == pytest.approx(0.4)  # p_o = 2/3, p_e = 1/3·2/3 + 2/3·1/3 = 4/9
    assert "reason" not in found
    again, _ = rate(texts, out=out, rater="anna")
    assert again["agreement"]["bo"] == found
    assert len(read_ratings(out)) == 7


@pytest.mark.parametrize(
    ("answers", "reason"), [(["usable"] * 2, "the same of every item"), ([], "no items")]
)
def test_agreement_that_cannot_be_told_has_its_reason(texts, answers, reason):
    rate(texts, "usable", "usable", rater="bo")
    result, _ = rate(texts, *answers)
    assert result["agreement"]["bo"]["kappa"] is None
    assert reason in result["agreement"]["bo"]["reason"]


def test_half_a_last_line_is_dropped_and_asked_again(texts):
    result, before = rate(texts, "usable", "dull")
    path = texts.with_name("texts.jsonl.ratings.jsonl")
    path.write_bytes(path.read_bytes()[:-20])
    result, after = rate(texts, "meaning")
    assert after.texts[0] == before.texts[1]
    assert said(result) == {before.texts[0]: "usable", before.texts[1]: "meaning"}


def test_the_login_name_rates_where_none_is_given(texts, monkeypatch):
    monkeypatch.setattr(getpass, "getuser", lambda: "dora")
    assert rate(texts, rater=None)[0]["rater"] == "dora"

    def nobody():
        raise KeyError("uid not found")

    monkeypatch.setattr(getpass, "getuser", nobody)
    with pytest.raises(InputError, match="no login name") as caught:
        rate(texts, rater=None)
    assert "--rater" in caught.value.fix


def test_what_cannot_be_rated_is_refused_before_anything_is_asked(texts, tmp_path):
    with pytest.raises(NotFoundError, match="no file at"):
        rate(tmp_path / "none.csv")
    with pytest.raises(InputError, match="an empty name"):
        rate(texts, rater=" ")
    with pytest.raises(InputError, match="is no seed"):
        rate(texts, seed=-1)
    before = texts.read_bytes()
    with pytest.raises(InputError, match="line 1: brief: Field required"):
        rate(texts, out=texts)
    assert texts.read_bytes() == before


def test_an_answer_that_there_is_not_is_refused(texts):
    with pytest.raises(ValueError, match="has one of meaning"):
        rate(texts, "ugly")
    assert not texts.with_name("texts.jsonl.ratings.jsonl").exists()

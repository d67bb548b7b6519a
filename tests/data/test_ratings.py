import json

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adwright.data import (
    Item,
    append_rating,
    read_items,
    read_ratings,
    resume_ratings,
    undo_rating,
    validate,
    write_table,
)
from adwright.errors import InputError, NotFoundError
from adwright.records import FAULTS, Brief, Rating

BRIEF = Brief(product="bags", facts=("handmade", "Florence"), placement="description")


def rating(text="Bags that last", **changes):
    fields = {"source": "Handmade bags", "text": text, "brief": BRIEF, "usable": True, "rater": "anna"}
    return Rating.model_validate(fields | changes)


def put(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def lines(*rows):
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


FULL = {
    "text": " Bags that last ",
    "source": "Handmade bags",
    "writer": "sft",
    "brief": BRIEF.model_dump(mode="json"),
}
FLAT = {
    "text": "Bags that last",
    "source": "Handmade bags",
    "writer": "sft",
    "product": "bags",
    "facts": "handmade; Florence",
    "placement": "description",
    "unknown": "left out",
}
EXPECTED = Item(text="Bags that last", source="Handmade bags", writer="sft", brief=BRIEF)


@pytest.mark.parametrize(
    "row",
    [
        FULL,
        FLAT,
        FULL | {"brief": BRIEF.model_dump_json()},
        FLAT | {"facts": ["handmade", "Florence"]},
        FLAT | {"facts": "handmade; Florence;", "brand": None, "brief": None},
        FLAT | {"brief": {"product": "bags", "goal": None, "brand": " "}, "product": "shoes"},
    ],
)
@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_texts_are_read_with_their_briefs(tmp_path, row, kind):
    path = tmp_path / f"texts.{kind}"
    path.write_text(lines(row)) if kind == "jsonl" else pd.DataFrame([row]).to_parquet(path)
    assert read_items(path) == [EXPECTED]


@pytest.mark.parametrize("separator", [",", "\t"])
def test_a_table_of_a_spreadsheet_is_read(tmp_path, separator):
    name = "texts.csv" if separator == "," else "texts.tsv"
    frame = pd.DataFrame([FLAT | {"Unnamed": ""}, {"text": "你好，皮包"}]).fillna("")
    frame.to_csv(tmp_path / name, index=False, sep=separator, encoding="utf-8-sig")
    assert read_items(tmp_path / name) == [EXPECTED, Item(text="你好，皮包")]


def test_an_ad_table_is_a_table_of_texts(tmp_path):
    rows = {
        "test_id": ["a", "a"],
        "text": ["One", "Two"],
        "impressions": 9,
        "clicks": 1,
        "audience": "parents",
    }
    table = validate(pd.DataFrame(rows | {"brief": BRIEF.model_dump_json(exclude_defaults=True)}), "t")
    write_table(table, tmp_path / "table.parquet")
    told = BRIEF.model_copy(update={"audience": "parents"})
    assert [item.brief for item in read_items(tmp_path / "table.parquet")] == [told, told]


def test_ratings_are_texts_for_another_rater(tmp_path):
    append_rating(tmp_path / "anna.jsonl", rating(writer="sft"))
    assert read_items(tmp_path / "anna.jsonl") == [EXPECTED]


def test_variations_of_generate_are_read(tmp_path):
    source = "Handmade leather bags from Florence, made by three people in one small workshop"
    shown = [{"text": "Bags that last", "beats": 0.6, "score": 0.1, "origin": "model"}]
    shown.append({"text": "Leather bags", "beats": 0.5, "score": 0.0, "origin": "edit"})
    found = {"text": source, "run": "runs/demo", "variations": shown}
    brief = Brief(placement="description")
    assert read_items(put(tmp_path, "bags.json", json.dumps(found, indent=2))) == [
        Item(text="Bags that last", source=source, brief=brief, writer="model"),
        Item(text="Leather bags", source=source, brief=brief, writer="edit"),
    ]


@pytest.mark.parametrize(
    ("row", "placement"),
    [
        ({"text": "x" * 60}, "headline"),
        ({"text": "x", "source": "x" * 61}, "description"),
        ({"text": "x" * 300}, "primary_text"),
        ({"text": "x" * 300, "placement": "headline"}, "headline"),
    ],
)
def test_a_text_without_a_placement_has_the_shortest_that_its_source_fits(tmp_path, row, placement):
    (item,) = read_items(put(tmp_path, "texts.jsonl", lines(row)))
    assert item.brief.placement == placement


GOOD = {"text": "Bags"}
BAD_ROWS = {
    "no text": ({"source": "s"}, "row 2, column text: empty"),
    "a blank text": ({"text": "  "}, "row 2, column text: empty"),
    "a number for a text": ({"text": 3}, "row 2, column text: Input should be a valid string (given: 3)"),
    "half a character": ({"text": "a\ud83d"}, "row 2, column text: Input should be a valid string"),
    "an unknown placement": (
        {"text": "x", "placement": "banner"},
        "row 2, column placement: Input should be 'headline', 'description', 'primary_text', "
        "'search_headline' or 'story_headline' (given: 'banner')",
    ),
    "one in the brief": ({"text": "x", "brief": {"placement": "banner"}}, "row 2, column brief.placement: "),
    "a brief that is no JSON": ({"text": "x", "brief": "{"}, "row 2, column brief: not the JSON of a brief"),
    "a brief that is a list": ({"text": "x", "brief": ["a"]}, "row 2, column brief: not the JSON of a brief"),
    "a brief that is a number": ({"text": "x", "brief": 3}, "row 2, column brief: not the JSON of a brief"),
    "a product that is a number": ({"text": "x", "product": 3}, "row 2, column product: Input should be"),
    "a fact that is a number": ({"text": "x", "facts": ["a", 3]}, "row 2, column facts.1: Input should be"),
    "a writer that is a list": ({"text": "x", "writer": ["sft"]}, "row 2, column writer: Input should be"),
}


@pytest.mark.parametrize("case", BAD_ROWS)
def test_a_wrong_row_is_named_with_its_column(tmp_path, case):
    row, message = BAD_ROWS[case]
    path = put(tmp_path, "texts.jsonl", json.dumps(GOOD) + "\n" + json.dumps(row) + "\n")
    with pytest.raises(InputError) as caught:
        read_items(path)
    assert f"{path}: 1 fault:\n  {message}" in str(caught.value)


def test_all_wrong_rows_are_told_at_once(tmp_path):
    content = lines({"text": ""}, GOOD, {"text": "", "placement": "banner"})
    with pytest.raises(InputError, match="3 faults:") as caught:
        read_items(put(tmp_path, "texts.jsonl", content))
    assert "row 1, column text" in caught.value.what
    assert "row 3, column placement" in caught.value.what


BAD_FILES = {
    "texts.csv": [("", "the file is empty"), ("text\n", "no texts"), ("copy\nBags\n", "no column 'text'")],
    "texts.jsonl": [("\n\n", "no texts"), ("text\n", "line 1: not JSON"), ("{}\n", "no column 'text'")],
    "texts.json": [
        ("", "the file is empty"),
        ("{", "not JSON"),
        (b"\xff", "not JSON"),
        ("[]", "not the variations of a text"),
        ('{"error": {"what": "damaged"}}', "not the variations of a text"),
        ('{"text": "a", "variations": "b"}', "not the variations of a text"),
        ('{"text": "a", "variations": []}', "no texts"),
        ('{"text": "a", "variations": [{"text": "", "origin": "edit"}]}', "row 1, column text: empty"),
    ],
    "texts.txt": [("Bags\n", "not a kind of file that is known")],
    "texts.parquet": [("Bags\n", "not readable")],
    "a.csv": [("text,text\na,b\n", "columns occur twice: text"), ("text,a\nb\n", "row 1: 1 cells where")],
}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [(name, content, message) for name, cases in BAD_FILES.items() for content, message in cases],
)
def test_a_file_without_texts_is_refused(tmp_path, name, content, message):
    path = put(tmp_path, name, content)
    with pytest.raises(InputError, match=message) as caught:
        read_items(path)
    assert str(caught.value).startswith(str(path))
    assert caught.value.fix


@pytest.mark.parametrize("name", ["none.csv", "none.json"])
def test_a_file_that_is_not_there(tmp_path, name):
    with pytest.raises(NotFoundError, match=f"no file at .*{name}"):
        read_items(tmp_path / name)


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
some = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
said = st.one_of(
    st.just({"usable": True, "fault": ""}),
    st.sampled_from(list(FAULTS)).map(lambda kind: {"usable": False, "fault": kind}),
)
many = st.lists(
    st.builds(
        lambda text, source, product, writer, verdict: rating(
            text, source=source, brief=Brief(product=product), writer=writer, **verdict
        ),
        some, words, words, words, said,
    ),
    min_size=1,
    max_size=5,
)  # fmt: skip


@given(many)
def test_ratings_are_read_as_they_were_made_and_taken_back_in_turn(tmp_path_factory, made):
    path = tmp_path_factory.mktemp("ratings") / "ratings.jsonl"
    for one in made:
        append_rating(path, one)
    assert path.read_bytes().count(b"\n") == len(made)
    assert read_ratings(path) == resume_ratings(path) == made
    for count in reversed(range(len(made))):
        undo_rating(path, made[count])
        assert resume_ratings(path) == made[:count]
    assert path.read_bytes() == b""


@given(many, st.data())
def test_wherever_a_session_is_killed_whole_lines_are_kept_and_it_goes_on(tmp_path_factory, made, data):
    path = tmp_path_factory.mktemp("ratings") / "ratings.jsonl"
    for one in made:
        append_rating(path, one)
    whole = path.read_bytes()
    cut = data.draw(st.integers(0, len(whole)))
    path.write_bytes(whole[:cut])
    kept = made[: len([end for end in range(len(whole)) if whole[end : end + 1] == b"\n" and end <= cut])]
    assert resume_ratings(path) == kept
    append_rating(path, rating())
    assert read_ratings(path) == [*kept, rating()]


def test_a_last_line_without_its_end_is_kept_if_it_is_whole(tmp_path):
    path = put(tmp_path, "r.jsonl", rating().model_dump_json())
    assert read_ratings(path) == resume_ratings(path) == [rating()]
    append_rating(path, rating("More"))
    assert read_ratings(path) == [rating(), rating("More")]


def test_ratings_that_were_edited_elsewhere_are_read(tmp_path):
    content = "\ufeff" + rating().model_dump_json() + "\r\n\r\n" + rating("More").model_dump_json() + "\r\n"
    path = put(tmp_path, "r.jsonl", content)
    assert read_ratings(path) == [rating(), rating("More")]
    undo_rating(path, rating("More"))
    assert read_ratings(path) == [rating()]


def test_ratings_of_several_files_follow_each_other(tmp_path):
    for name in ("anna", "bo"):
        append_rating(tmp_path / "new" / f"{name}.jsonl", rating(rater=name))
    found = read_ratings([tmp_path / "new/bo.jsonl", str(tmp_path / "new/anna.jsonl")])
    assert [one.rater for one in found] == ["bo", "anna"]


def test_the_last_of_two_equal_ratings_is_taken_back_and_no_other(tmp_path):
    path = tmp_path / "r.jsonl"
    for one in (rating(), rating(rater="bo"), rating(), rating("More")):
        append_rating(path, one)
    undo_rating(path, rating())
    assert read_ratings(path) == [rating(), rating(rater="bo"), rating("More")]
    with pytest.raises(InputError, match="not there any more"):
        undo_rating(path, rating(rater="cy"))
    assert len(read_ratings(path)) == 3


WRONG = {
    "not JSON": ("{", "Invalid JSON"),
    "not an object": ("3", "Input should be an object"),
    "no text": (rating().model_dump() | {"text": ""}, "text: String should have at least 1 character"),
    "no rater": (rating().model_dump() | {"rater": " "}, "rater: String should have at least 1 character"),
    "a fault and usable": (
        rating().model_dump() | {"fault": "dull"},
        "fault: Value error, a usable text has",
    ),
    "no fault and not usable": (
        rating().model_dump() | {"usable": False},
        "fault: Value error, a text that is",
    ),
    "a fault unknown": (rating().model_dump() | {"usable": False, "fault": "ugly"}, "has one of meaning, "),
    "more than a rating": (rating().model_dump() | {"score": 1}, "score: Extra inputs are not permitted"),
    "an unknown placement": (rating().model_dump() | {"brief": {"placement": "x"}}, "brief.placement: Input"),
}


@pytest.mark.parametrize("case", WRONG)
def test_every_wrong_line_is_named_with_its_file(tmp_path, case):
    row, message = WRONG[case]
    wrong = row if isinstance(row, str) else json.dumps(row)
    first = put(tmp_path, "a.jsonl", rating().model_dump_json() + "\n" + wrong + "\n")
    second = put(tmp_path, "b.jsonl", wrong + "\n\n" + wrong + "\n")
    with pytest.raises(InputError, match="3 faults:") as caught:
        read_ratings([first, second])
    for place in (f"{first}, line 2: ", f"{second}, line 1: ", f"{second}, line 3: "):
        assert place in caught.value.what
    assert message in caught.value.what
    before = first.read_bytes()
    with pytest.raises(InputError, match="1 fault:"):
        resume_ratings(first)
    assert first.read_bytes() == before


def test_a_large_wrong_file_does_not_flood_the_terminal(tmp_path):
    with pytest.raises(InputError, match="500 faults:") as caught:
        read_ratings(put(tmp_path, "a.jsonl", "wrong\n" * 500))
    assert caught.value.what.count(", line ") == 20
    assert "and 480 more" in caught.value.what


def test_a_file_that_is_not_of_ratings_is_never_mended(tmp_path):
    for content in ("my notes", '{"text": "Bags', "Bags\nmy notes"):
        path = put(tmp_path, "notes.txt", content)
        with pytest.raises(InputError, match="fault"):
            resume_ratings(path)
        assert path.read_text() == content


def test_no_ratings_are_a_clear_error_where_ratings_are_needed(tmp_path):
    with pytest.raises(NotFoundError, match=r"no ratings at .*none"):
        read_ratings(tmp_path / "none.jsonl")
    full = tmp_path / "full.jsonl"
    append_rating(full, rating())
    with pytest.raises(InputError, match=r"empty\.jsonl: no ratings"):
        read_ratings([full, put(tmp_path, "empty.jsonl", "\n")])
    assert resume_ratings(tmp_path / "none.jsonl") == resume_ratings(tmp_path / "empty.jsonl") == []

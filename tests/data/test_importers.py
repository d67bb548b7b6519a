import gzip
import json

import pandas as pd
import pytest

from adwright.data.importers import import_table
from adwright.errors import NotFoundError, TableError
from adwright.records import Brief

CANONICAL = "test_id,text,impressions,clicks\na,One text,100,3\na,Another,200,4\n"


def write(folder, name, content):
    path = folder / name
    data = content if isinstance(content, bytes) else content.encode()
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") and not isinstance(content, bytes) else data)
    return path


def package(**changes):
    return {
        "clickability_test_id": "t1",
        "test_week": 201446,
        "eyecatcher_id": "e1",
        "headline": "A headline",
        "excerpt": "Things that matter. Pass 'em on.",
        "lede": "<p>It <em>mat</em>ters &amp; more.</p><p>A second.</p>",
        "impressions": 1000,
        "clicks": 20,
        "flagged_period": False,
        "split": "train",
    } | changes


def archive(folder, packages, name="packages.parquet"):
    frame = pd.DataFrame(packages)
    path = folder / name
    frame.to_csv(path, index=False) if name.endswith("csv") else frame.to_parquet(path)
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", CANONICAL),
        ("a.csv", "\ufeff" + CANONICAL.replace("\n", "\r\n")),
        ("a.csv.gz", CANONICAL),
        ("a.tsv", CANONICAL.replace(",", "\t")),
        ("A.CSV", CANONICAL + "\n\n"),
        (
            "a.jsonl",
            '{"test_id": "a", "text": "One text", "impressions": 100, "clicks": 3}\n\n'
            '{"test_id": "a", "text": "Another", "impressions": 200, "clicks": 4, "brief": {}}\n',
        ),
    ],
)
def test_a_canonical_table_is_read_from_each_kind_of_file(tmp_path, name, content):
    frame, report = import_table(write(tmp_path, name, content))
    assert frame["text"].tolist() == ["One text", "Another"]
    assert frame["clicks"].tolist() == [3, 4]
    assert (report.platform, report.rows_read, report.rows_kept, report.merged) == ("table", 2, 2, 0)
    assert report.dropped == {}


def test_a_table_that_adwright_wrote_is_read_back(tmp_path):
    frame, _ = import_table(write(tmp_path, "a.csv", CANONICAL))
    frame.to_parquet(tmp_path / "a.parquet")
    pd.testing.assert_frame_equal(import_table(tmp_path / "a.parquet")[0], frame)


def row(**changes):
    return {"test_id": "a", "text": "x", "impressions": 9, "clicks": 1} | changes


def lines(*rows):
    return "".join(json.dumps(one) + "\n" for one in rows)


@pytest.mark.parametrize(
    ("brief", "expected"),
    [
        ({"product": "p", "facts": ["f"]}, Brief(product="p", facts=("f",))),
        ({"product": "p", "facts": ["f", "g 😀"]}, Brief(product="p", facts=("f", "g 😀"))),
        ({"product": "p", "facts": []}, Brief(product="p")),
        ({"product": "p", "brand": None}, Brief(product="p")),
        (None, Brief()),
    ],
)
@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_a_brief_given_as_an_object_is_kept(tmp_path, kind, brief, expected):
    rows = [row(brief=brief), row(text="y", brief={"goal": "sales", "facts": ["other"]})]
    path = tmp_path / f"a.{kind}"
    path.write_text(lines(*rows)) if kind == "jsonl" else pd.DataFrame(rows).to_parquet(path)
    frame, _ = import_table(path)
    assert [Brief.model_validate_json(b) for b in frame["brief"]] == [
        expected,
        Brief(goal="sales", facts=("other",)),
    ]


@pytest.mark.parametrize(
    "brief", [{"product": b"p"}, {"facts": [pd.Timestamp("2025-05-01")]}, {"facts": [["a"]]}, {"product": 3}]
)
def test_a_brief_that_is_not_one_is_a_fault_of_its_row(tmp_path, brief):
    pd.DataFrame([row(), row(text="y", brief=brief)]).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(TableError, match="1 fault:\n  row 2, column brief: not the JSON of a brief"):
        import_table(tmp_path / "a.parquet")


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\u0085", "\x0b", "\x0c", "\x1e"])
def test_a_line_of_json_ends_where_the_files_line_ends(tmp_path, mark):
    content = json.dumps(row(text=f"Line{mark}sep"), ensure_ascii=False) + "\r\n" + json.dumps(row(text="y"))
    frame, _ = import_table(write(tmp_path, "a.jsonl", content))
    assert frame["text"].tolist() == ["Line sep", "y"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_json_lines_may_end_as_any_system_ends_them(tmp_path, end):
    content = lines(row(), row(text="y")).replace("\n", end) + end
    assert import_table(write(tmp_path, "a.jsonl", content))[1].rows_read == 2


def test_texts_cut_inside_an_emoji_are_refused_and_whole_ones_kept(tmp_path):
    whole = lines(row(text="whole \U0001f600"), row(text="y", note="cut \ud83d"))
    frame, _ = import_table(write(tmp_path, "a.jsonl", whole))
    assert frame["text"].tolist() == ["whole 😀", "y"]
    for name, value in {"text": "cut \ud83d", "brief": {"facts": ["\udc00"]}, "clicks": "\ud83d"}.items():
        with pytest.raises(
            TableError, match=f"1 fault:\n  row 2, column {name}: half of a character"
        ) as caught:
            import_table(write(tmp_path, "a.jsonl", lines(row(), row(text="y") | {name: value})))
        assert str(caught.value).encode()
    with pytest.raises(TableError, match="row 1, column headline: half of a character"):
        import_table(write(tmp_path, "a.jsonl", lines(package(headline="cut \ud83d"))))
    with pytest.raises(TableError, match="not readable"):
        import_table(write(tmp_path, "a.jsonl", lines(row() | {"cut \ud83d": 1})))


def test_numbers_beyond_measure_are_faults_where_a_number_is_needed(tmp_path):
    frame, _ = import_table(write(tmp_path, "a.jsonl", lines(row(test_id=10**399, text="x", more=10**399))))
    assert frame["test_id"][0] == str(10**399)
    for name in ("impressions", "clicks", "conversions", "spend"):
        for value in (10**399, -(10**399)):
            with pytest.raises(TableError, match=f"row 1, column {name}: -?10+ is not a number"):
                import_table(write(tmp_path, "a.jsonl", lines(row() | {name: value})))
    with pytest.raises(TableError, match="row 1, column impressions"):
        import_table(write(tmp_path, "a.jsonl", lines(package(impressions=10**399))))
    assert import_table(write(tmp_path, "a.jsonl", lines(package(test_week=10**399))))[0]["period"][0] == ""


@pytest.mark.parametrize("depth", [3000, 100_000])
def test_json_that_is_nested_without_end_names_its_line(tmp_path, depth):
    deep = json.dumps(row())[:-1] + ', "more": ' + "[" * depth + "]" * depth + "}\n"
    with pytest.raises(TableError, match="line 2: not JSON"):
        import_table(write(tmp_path, "a.jsonl", lines(row()) + deep))
    shallow = lines(row(more=[[[[1]]]]))
    assert import_table(write(tmp_path, "a.jsonl", shallow))[1].rows_kept == 1


@pytest.mark.parametrize(
    "content",
    [
        "test_id,text,impressions,clicks,,\na,x,9,1,,\n",
        "test_id,text,impressions,clicks, ,\na,x,9,1,,\n",
        ",test_id,text,impressions,clicks\n0,a,x,9,1\n",
        ",test_id,text,impressions,clicks,\n0,a,x,9,1,a note\n",
    ],
)
def test_columns_without_a_name_are_left_out(tmp_path, content):
    frame, _ = import_table(write(tmp_path, "a.csv", content))
    assert frame["text"].tolist() == ["x"]


def test_rows_of_one_text_in_one_test_are_added_up(tmp_path):
    content = (
        "test_id,text,impressions,clicks,conversions,spend,flagged\n"
        "a,Same text,100,3,1,2.5,0\n"
        "a,Same  text,200,4,,1.5,1\n"
        "b,Same text,50,1,,,0\n"
    )
    frame, report = import_table(write(tmp_path, "a.csv", content))
    assert frame["impressions"].tolist() == [300, 50]
    assert frame["clicks"].tolist() == [7, 1]
    assert frame["conversions"][0] == 1
    assert pd.isna(frame["conversions"][1])
    assert frame["spend"][0] == 4.0
    assert frame["flagged"].tolist() == [True, False]
    assert report.merged == 1
    assert "counts were added" in report.notes[0]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.csv", "", "the file is empty"),
        ("a.csv", "\n\n", "the file is empty"),
        ("a.csv", "test_id,text,impressions,clicks\n", "no rows"),
        ("a.csv", "a,b\n1,2\n", "columns found: a, b"),
        ("a.csv", CANONICAL + "a,too,many,cells,here\n", "row 3: 5 cells where the header has 4"),
        ("a.csv", "test_id,text,text,impressions,clicks\na,b,c,1,1\n", "columns occur twice: text"),
        ("a.csv", "test_id,text,text,impressions,clicks,,\na,b,c,1,1,,\n", "columns occur twice: text\n"),
        ("a.csv", "test_id,text,impressions,,\na,b,1,1,\n", "columns found: test_id, text, impressions\n"),
        ("a.csv", CANONICAL + "a,Third,10,11\n", "row 3, column clicks: 11 clicks of 10 impressions"),
        ("a.csv", CANONICAL + "a,Third,0,0\n", "row 3, column impressions: never shown"),
        ("a.csv", b"test_id\xff\xfe,text\n", "not readable"),
        ("a.csv", 'test_id,text,impressions,clicks\na,"open,1,1\n', "not readable"),
        ("a.csv.gz", b"no gzip", "not readable"),
        ("a.csv.gz", gzip.compress(b"x" * 100)[:20], "not readable"),
        ("a.parquet", b"no parquet", "not readable"),
        ("a.jsonl", "{}\n[1]\n", "line 2: not a JSON object"),
        ("a.jsonl", '{"a": 1}\n{"a"\n', "line 2: not JSON"),
        ("a.jsonl", '{"a": ' + "1" * 5000 + "}", "line 1: not JSON"),
        ("a.jsonl", '{"test_id": "a", "text": "x", "impressions": [1], "clicks": 1}', "is not a number"),
        ("a.xlsx", "anything", "not a kind of file that is known (.xlsx)"),
    ],
)
def test_files_that_cannot_be_read_say_where_and_why(tmp_path, name, content, expected):
    with pytest.raises(TableError) as caught:
        import_table(write(tmp_path, name, content))
    assert expected in str(caught.value)
    assert name in str(caught.value)
    assert "To fix" in str(caught.value)


def test_a_missing_file_is_not_found(tmp_path):
    with pytest.raises(NotFoundError, match="no file at"):
        import_table(tmp_path / "none.csv")


def test_wrong_columns_name_what_is_needed(tmp_path):
    with pytest.raises(TableError, match="columns found") as caught:
        import_table(write(tmp_path, "a.csv", "headline,clicks\nx,1\n"))
    assert "test_id, text, impressions, clicks" in caught.value.fix
    assert "eyecatcher_id" in caught.value.fix


@pytest.mark.parametrize("name", ["packages.parquet", "packages.csv"])
def test_the_upworthy_archive_becomes_an_ad_table(tmp_path, name):
    packages = [
        package(),
        package(headline="Another<br>", eyecatcher_id="e2", split="test", flagged_period=True),
    ]
    frame, report = import_table(archive(tmp_path, packages, name))
    assert report.platform == "upworthy"
    assert frame["test_id"].tolist() == ["t1/e1", "t1/e2"]
    assert frame["story"].tolist() == ["t1", "t1"]
    assert frame["text"].tolist() == ["A headline", "Another"]
    assert frame["period"].tolist() == ["2014-W46", "2014-W46"]
    assert frame["split"].tolist() == ["train", "test"]
    assert frame["flagged"].tolist() == [False, True]
    brief = Brief.model_validate_json(frame["brief"][0])
    assert brief == Brief(excerpt="It matters & more. A second.", placement="story_headline")


def test_an_excerpt_of_its_own_goes_before_the_lede_and_is_not_said_twice(tmp_path):
    packages = [
        package(excerpt="A true story. #PromotedPost"),
        package(clickability_test_id="t2", excerpt="a second."),
        package(clickability_test_id="t3", excerpt=None, lede=None),
    ]
    frame, _ = import_table(archive(tmp_path, packages))
    excerpts = [Brief.model_validate_json(b).excerpt for b in frame["brief"]]
    assert excerpts == ["A true story. It matters & more. A second.", "It matters & more. A second.", ""]


def test_an_excerpt_of_very_many_tests_is_a_standing_phrase(tmp_path):
    packages = [package(clickability_test_id=f"t{i}", excerpt="Share this now!") for i in range(11)]
    frame, report = import_table(archive(tmp_path, packages))
    assert "Share this" not in "".join(frame["brief"])
    assert "11 rows have a standing phrase" in report.notes[0]


def test_all_rows_of_a_test_have_one_brief(tmp_path):
    packages = [
        package(lede="Common."),
        package(lede="Rare.", headline="B"),
        package(lede="Common.", headline="C"),
    ]
    frame, _ = import_table(archive(tmp_path, packages))
    assert set(frame["brief"]) == {'{"excerpt":"Common.","placement":"story_headline"}'}


@pytest.mark.parametrize(
    ("lede", "end"),
    [("word " * 200, " …"), ("A sentence of some length. " * 30, "length."), ("x" * 400, "x …")],
)
def test_long_passages_end_at_a_sentence_or_a_word(tmp_path, lede, end):
    frame, _ = import_table(archive(tmp_path, [package(lede=lede)]))
    excerpt = Brief.model_validate_json(frame["brief"][0]).excerpt
    assert 250 < len(excerpt) <= 302
    assert excerpt.endswith(end)


def test_archive_rows_that_say_nothing_are_dropped_and_counted(tmp_path):
    packages = [
        package(),
        package(headline="<br>"),
        package(headline="C", impressions=0, clicks=0),
        package(headline="D", eyecatcher_id=None),
        package(headline="A headline", excerpt="Other."),
    ]
    frame, report = import_table(archive(tmp_path, packages))
    assert report.dropped == {"no headline": 1, "no impressions": 1, "no test or image": 1}
    assert (report.rows_read, report.merged, report.rows_kept) == (5, 1, 1)
    assert frame["impressions"].tolist() == [2000]


def test_archive_faults_name_the_row_of_the_file(tmp_path):
    packages = [package(headline=""), package(), package(headline="C", clicks=1001)]
    with pytest.raises(TableError, match="row 3, column clicks"):
        import_table(archive(tmp_path, packages))


def test_an_archive_of_the_needed_columns_alone_is_enough(tmp_path):
    needed = ["clickability_test_id", "eyecatcher_id", "headline", "impressions", "clicks"]
    frame, report = import_table(archive(tmp_path, [{k: package()[k] for k in needed}]))
    assert frame[["split", "period"]].iloc[0].tolist() == ["", ""]
    assert frame["brief"][0] == '{"placement":"story_headline"}'
    assert "flagged_period" in report.notes[0]


def test_an_archive_without_one_shown_headline_is_refused(tmp_path):
    with pytest.raises(TableError, match="no row has a headline"):
        import_table(archive(tmp_path, [package(impressions=0, clicks=0)]))

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adwright.data.table import read_table, usual, validate, write_table
from adwright.errors import NotFoundError, TableError
from adwright.records import TABLE_COLUMNS


def rows(**changes):
    base = {
        "test_id": ["a", "a"],
        "text": ["One text", "Another"],
        "impressions": [100, 200],
        "clicks": [3, 4],
    }
    return pd.DataFrame(base | changes)


def fault(frame):
    with pytest.raises(TableError) as caught:
        validate(frame, "may.csv")
    return str(caught.value)


def test_missing_optional_columns_get_their_defaults():
    table = validate(rows(), "may.csv")
    assert list(table.columns) == list(TABLE_COLUMNS)
    first = table.iloc[0]
    assert (first["row_id"], first["brief"], first["audience"], first["split"]) == ("1", "{}", "", "")
    assert not table["flagged"].any()
    assert table["conversions"].isna().all()
    assert table["spend"].isna().all()


def test_words_of_a_csv_become_typed():
    table = validate(
        rows(
            impressions=["100", " 200.0 "],
            clicks=["3", "4"],
            flagged=["TRUE", "0"],
            conversions=["", "2"],
            spend=["1.5", ""],
            brief=["", '{"product": "shoe"}'],
            unknown=["x", "y"],
        ),
        "may.csv",
    )
    assert table["impressions"].tolist() == [100, 200]
    assert table["impressions"].dtype == "int64"
    assert table["flagged"].tolist() == [True, False]
    assert pd.isna(table["conversions"][0])
    assert table["conversions"][1] == 2
    assert table["spend"][0] == 1.5
    assert table["brief"].tolist() == ["{}", '{"product": "shoe"}']
    assert "unknown" not in table.columns


def test_a_role_is_kept():
    assert validate(rows(role=["proxy", ""]), "t")["role"].tolist() == ["proxy", ""]


def test_missing_columns_are_named_with_what_was_found():
    message = fault(rows().drop(columns=["clicks", "text"]))
    assert "missing columns: text, clicks" in message
    assert "test_id, impressions" in message
    assert message.startswith("may.csv: ")


def test_a_table_without_rows_is_refused():
    assert "no rows" in fault(rows().iloc[:0])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"impressions": ["100", "-5"]}, "row 2, column impressions: -5 is negative"),
        ({"impressions": ["100", "12.5"]}, "row 2, column impressions: '12.5' is not a whole number"),
        ({"clicks": ["abc", "1"]}, "row 1, column clicks: 'abc' is not a number"),
        ({"clicks": ["inf", "1"]}, "row 1, column clicks: 'inf' is not a number"),
        ({"clicks": [None, 1]}, "row 1, column clicks: missing"),
        ({"clicks": ["1e30", "1"]}, "row 1, column clicks: '1e30' is not a whole number"),
        ({"impressions": [0, 200], "clicks": [0, 1]}, "row 1, column impressions: never shown"),
        ({"clicks": [3, 201]}, "row 2, column clicks: 201 clicks of 200 impressions"),
        ({"text": ["  ", "x"]}, "row 1, column text: empty"),
        ({"test_id": ["a", None]}, "row 2, column test_id: empty"),
        ({"row_id": ["r", "r"]}, "row 2, column row_id: 'r' stands in an earlier row"),
        ({"row_id": ["", "r"]}, "row 1, column row_id: empty"),
        ({"split": ["train", "dev"]}, "row 2, column split: 'dev' is not train, valid, test, or empty"),
        ({"flagged": ["maybe", False]}, "row 1, column flagged: 'maybe' is not true or false"),
        ({"conversions": ["1", "0.5"]}, "row 2, column conversions: '0.5' is not a whole number"),
        ({"spend": ["free", ""]}, "row 1, column spend: 'free' is not a number"),
        ({"brief": ["{", "{}"]}, "row 1, column brief: not the JSON of a brief"),
        (
            {"brief": ["{}", '{"placement": "radio"}']},
            "row 2, column brief: not the JSON of a brief: placement",
        ),
    ],
)
def test_each_fault_names_row_and_column(changes, expected):
    assert expected in fault(rows(**changes))


def test_five_faults_are_listed_and_the_rest_counted():
    frame = pd.concat([rows(clicks=[-1, -1])] * 4, ignore_index=True)
    message = fault(frame)
    assert "8 faults" in message
    assert message.count("column clicks") == 5
    assert "and 3 more" in message


def test_rows_of_the_file_are_named_where_rows_were_left_out():
    with pytest.raises(TableError, match="row 17, column clicks"):
        validate(rows(clicks=[1, -1]), "f", rows=[4, 17])


@given(st.lists(st.tuples(st.integers(1, 10**9), st.floats(0, 1)), min_size=1, max_size=20))
def test_valid_counts_come_through_unchanged_and_validating_again_changes_nothing(given_rows):
    shown = [n for n, _ in given_rows]
    clicks = [int(n * share) for n, share in given_rows]
    texts = [f"text {i}" for i in range(len(shown))]
    raw = pd.DataFrame({"test_id": "t", "text": texts, "impressions": shown, "clicks": clicks})
    table = validate(raw.astype("str"), "f")
    assert table["impressions"].tolist() == shown
    assert table["clicks"].tolist() == clicks
    pd.testing.assert_frame_equal(validate(table, "f"), table)


def test_a_table_is_read_as_it_was_written(tmp_path):
    table = validate(rows(conversions=[1, None], spend=[None, 2.5]), "f")
    write_table(table, tmp_path / "new" / "table.parquet")
    pd.testing.assert_frame_equal(read_table(tmp_path / "new" / "table.parquet"), table)
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["table.parquet"]


def test_files_that_are_no_tables_are_refused(tmp_path):
    with pytest.raises(NotFoundError, match="no ad table"):
        read_table(tmp_path / "none.parquet")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 but no more")
    with pytest.raises(TableError, match="not readable as Parquet"):
        read_table(tmp_path / "broken.parquet")


def test_usual_takes_the_most_common_and_of_equals_the_first():
    values, groups = pd.Series(["b", "b", "a", "d", "c"]), pd.Series(["x", "x", "x", "y", "y"])
    assert usual(values, groups).to_dict() == {"x": "b", "y": "c"}

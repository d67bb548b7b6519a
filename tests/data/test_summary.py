import json

import pandas as pd
import pytest

from adwright.data.importers import ImportReport
from adwright.data.summary import inspect
from adwright.data.table import validate


@pytest.fixture
def table():
    frame = pd.DataFrame(
        {
            "test_id": ["a", "a", "b"],
            "text": ["x", "y", "x"],
            "impressions": [100, 200, 100],
            "clicks": [1, 2, 1],
            "period": ["2014-W46", "", "2013-W04"],
            "flagged": [True, False, False],
            "split": ["train", "train", ""],
            "advertiser": ["m", "m", ""],
        }
    )
    return validate(frame, "f")


def test_figures_of_a_table(table):
    found = inspect(table)
    assert (found["rows"], found["tests"], found["tests_with_two_texts"], found["texts"]) == (3, 2, 1, 2)
    assert found["texts_per_test"] == {1: 1, 2: 1}
    assert (found["impressions"], found["clicks"], found["ctr"]) == (400, 4, 0.01)
    assert found["periods"] == ["2013-W04", "2014-W46"]
    assert found["flagged"] == pytest.approx(1 / 3)
    assert found["splits"] == {"train": 2, "none": 1}
    assert found["advertisers"] == 1
    assert (found["conversions"], found["spend"]) == (None, None)
    assert "platform" not in found


def test_what_is_known_of_conversions_and_the_import_is_told(table):
    table["conversions"] = pd.array([1, None, 2], dtype="Int64")
    table["spend"] = [1.5, None, 1.0]
    table["period"] = ""
    report = ImportReport("upworthy", 9, 3, {"few": 1, "many": 5}, 2, ["a note"])
    found = inspect(table, report)
    assert (found["conversions"], found["spend"], found["periods"]) == (3, 2.5, None)
    assert list(found["dropped"]) == ["many", "few"]
    assert (found["platform"], found["rows_read"], found["merged"], found["notes"]) == (
        "upworthy",
        9,
        2,
        ["a note"],
    )
    assert json.loads(json.dumps(found))["rows"] == 3

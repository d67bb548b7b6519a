import inspect
import pickle

import pytest

from adwright import errors

KINDS = [kind for name, kind in inspect.getmembers(errors, inspect.isclass) if name in errors.__all__]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_is_an_adwright_error_with_exit_code_2(kind):
    assert issubclass(kind, errors.AdwrightError)
    assert kind.exit_code == 2


@pytest.mark.parametrize("kind", KINDS)
def test_the_tree_of_the_docstring_names_every_error(kind):
    lines = [line for line in errors.__doc__.splitlines() if kind.__name__ in line]
    assert lines, f"{kind.__name__} is not in the tree"
    if kind is not errors.AdwrightError:
        parent = kind.__mro__[1].__name__
        depth = lines[0].index(kind.__name__) // 4
        above = errors.__doc__.splitlines()[: errors.__doc__.splitlines().index(lines[0])]
        shallower = [line for line in above if "──" in line or line.startswith("AdwrightError")]
        owner = next(
            line
            for line in reversed(shallower)
            if (line.index(line.strip("│├└─ ").split()[0]) // 4) == depth - 1
        )
        assert parent in owner


def test_a_message_says_what_where_and_what_to_do():
    error = errors.TableError("clicks is negative", where="may.csv, row 3", fix="correct the row")
    assert str(error) == "may.csv, row 3: clicks is negative\n  To fix: correct the row"
    assert (error.what, error.where, error.fix) == ("clicks is negative", "may.csv, row 3", "correct the row")


def test_where_and_fix_may_be_unknown():
    assert str(errors.RunError("damaged")) == "damaged"
    assert str(errors.RunError("damaged", where="runs/a")) == "runs/a: damaged"


def test_an_error_survives_a_process_border():
    assert pickle.loads(pickle.dumps(errors.ModelError("gone"))).what == "gone"

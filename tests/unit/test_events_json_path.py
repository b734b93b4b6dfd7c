import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.json_path import path_at


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{"a": ^1}', "a"),
        ('{"a": {"b": ^1}}', "a.b"),
        ('{"a": [1, ^2]}', "a.1"),
        ('{"a": [{"b": 1}, {"c": ^2}]}', "a.1.c"),
        ('{"a": {"b": 1}, "c": ^2}', "c"),
        ('{"a": 1, ^"b": 2}', ""),
        ('{"a": {"b": 1}^ "c": 2}', "a"),
        (r'{"a\"}": "x, {y: [", "b": ^2}', r"a\"}".replace("a", "b")[:1]),
        ('{"a": "unfinished^', "a"),
        ("^", ""),
        ("hello ^world", ""),
        ("]]}}:,^", ""),
    ],
)
def test_paths(text: str, path: str) -> None:
    place = text.index("^")
    assert path_at(text.replace("^", "").encode(), place) == path


KEYS = st.text('abc"\\{}[]:, é', min_size=1, max_size=4)
TREES = st.recursive(
    st.text('x"{}[]:,', max_size=3) | st.integers(),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
)


def planted(tree: object, at: list[int]) -> tuple[object, str]:
    """`tree` with a mark at the place that `at` leads to, and the mark's path."""
    if isinstance(tree, dict) and tree and at:
        key = sorted(tree)[at[0] % len(tree)]
        inner, path = planted(tree[key], at[1:])
        return {**tree, key: inner}, f"{json.dumps(key, ensure_ascii=False)[1:-1]}.{path}"
    if isinstance(tree, list) and tree and at:
        index = at[0] % len(tree)
        inner, path = planted(tree[index], at[1:])
        return [*tree[:index], inner, *tree[index + 1 :]], f"{index}.{path}"
    return "MARK", ""


@given(TREES, st.lists(st.integers(0, 9), max_size=5), st.sampled_from([None, 1]))
def test_any_place_in_any_json(tree: object, at: list[int], indent: int | None) -> None:
    marked, path = planted(tree, at)
    data = json.dumps(marked, ensure_ascii=False, indent=indent).encode()
    assert path_at(data, data.index(b'"MARK"')) == path.rstrip(".")


@given(st.binary(max_size=60), st.integers(-5, 100))
def test_any_bytes_have_some_path(data: bytes, place: int) -> None:
    assert isinstance(path_at(data, place), str)


def test_depth_is_bounded() -> None:
    assert len(path_at(b'{"a":' * 10_000, 50_000)) < 200

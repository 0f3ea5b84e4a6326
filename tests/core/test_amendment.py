from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workbench.adapters.label_studio.decoding import rename_result
from workbench.core.amendment import Amendment, compose, find_asked, rename_layer, rename_notes
from workbench.core.layer import Layer
from workbench.core.quote import Quote
from workbench.core.span import Span
from workbench.core.stance import Stance


def change(
    asked: str, labels: dict[str, str] | None = None, last: dict[int, int] | None = None
) -> Amendment:
    return Amendment("r", "s", "g", tuple(asked.split()), labels or {}, last or {})


def test_names_are_followed_through_several_changes() -> None:
    assert compose([]) == {}
    assert compose([change("A", {"A": "B"}), change("B", {"B": "C"})]) == {"A": "C", "B": "C"}
    assert compose([change("A", {"A": "B"}), change("B", {"B": ""})]) == {"A": "", "B": ""}
    assert compose([change("A", {"A": "B"}), change("B", {"B": "A"})]) == {"B": "A"}


def test_work_counts_as_asked_for_what_its_screen_offered() -> None:
    changes = [
        change("A B", {"A": "AA"}, {7: 10}),
        change("AA B", {}, {7: 20, 8: 5}),
    ]
    now = ("AA", "B", "C")

    assert find_asked(changes, now, 7, 10) == ("AA", "B")
    assert find_asked(changes, now, 7, 20) == ("AA", "B")
    assert find_asked(changes, now, 7, 21) == now
    assert find_asked(changes, now, 8, 6) == now
    assert find_asked([change("A", {"A": ""}, {7: 1})], ("B",), 7, 1) == ()


def test_a_layer_is_said_in_the_words_of_now() -> None:
    old, gone, kept = Span(0, 3, "OLD"), Span(4, 6, "GONE"), Span(7, 9, "ORG")
    layer = Layer(
        "a",
        "h",
        "model:m",
        "prediction",
        spans=(old, gone, kept),
        quotes=(Quote(10, 12, old, "direct"),),
        stances=(Stance(((3, 4),), (old, gone), (kept,), "SUPPORT", speaker=gone),),
    )

    now = rename_layer(layer, {"OLD": "NEW", "GONE": ""})

    new = Span(0, 3, "NEW")
    assert now.spans == (new, kept)
    assert now.quotes[0].speaker == new
    assert (now.stances[0].holders, now.stances[0].targets) == ((new,), (kept,))
    assert now.stances[0].speaker is None
    assert rename_layer(layer, {}) is layer


def test_notes_and_results_follow() -> None:
    names = {"OLD": "NEW", "GONE": ""}
    end = {"start": 0, "end": 1, "label": "OLD"}
    lost = {"start": 2, "end": 3, "label": "GONE"}
    notes = {"r1": {"withheld": {"holder": [end, lost]}, "cut": [[4, 5]]}}

    assert rename_notes(notes, names) == {
        "r1": {"withheld": {"holder": [{**end, "label": "NEW"}]}, "cut": [[4, 5]]}
    }
    parts = [{"from_name": "span", "value": {"labels": [label]}} for label in ("OLD", "GONE", "X")]
    renamed = rename_result({"id": 1, "result": parts}, names)["result"]
    assert [part["value"]["labels"] for part in renamed] == [["NEW"], ["GONE"], ["X"]]


@given(
    st.recursive(st.none() | st.integers() | st.text(max_size=3), lambda x: st.lists(x) |
                 st.dictionaries(st.sampled_from(["result", "value", "labels", "from_name"]), x))
)  # fmt: skip
def test_junk_is_renamed_without_raising(junk: object) -> None:
    assert rename_result({"result": junk}, {}) == {"result": junk}
    rename_result({"result": junk}, {"A": "B"})
    rename_result({"result": [junk, {"from_name": "span", "value": junk}]}, {"A": "B"})

from __future__ import annotations

from itertools import permutations

from workbench.core.quote import Quote
from workbench.core.span import Span
from workbench.core.stance import derive_speaker


def test_who_speaks_does_not_hang_on_the_order_of_quotes() -> None:
    ana, ben = Span(0, 1, "PERSON"), Span(9, 10, "PERSON")
    quotes = [
        Quote(0, 20, speaker=ben),
        Quote(2, 6, speaker=ana),
        Quote(3, 7, speaker=None),
    ]

    assert {derive_speaker(((4, 5),), order) for order in permutations(quotes)} == {ana}

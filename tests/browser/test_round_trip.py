"""Texts with everything that moves offsets are opened, accepted and come back as they went."""

from __future__ import annotations

from collections import Counter

import pytest
from desk import Shift
from playwright.sync_api import Page

from workbench.project import Project

pytestmark = pytest.mark.browser

TEXTS = {
    "emoji": "🎉 [Oslo](GPE#o) 👩‍👩‍👧‍👦 [thanked](#c) 👍🏽 [Lima](GPE#l) 🇬🇧🇫🇷.\n---\nSUPPORT asserted: o -> l | c",
    "combining": "[Le\u0301a Cre\u0302pe](PERSON#l) a\u0308rgert, so [blamed](#c) the [Zu\u0308rich pact](AGREEMENT#z).\n---\nOPPOSE denied: l -> z | c",
    "right-to-left": "[ישראל](GPE#i) [בירכה](#c) את [מצרים](GPE#m) אתמול.\nقالت [مصر](GPE) in [Cairo](GPE).\n---\nSUPPORT asserted: i -> m | c",
    "ideographs": "[中国](GPE#c)[谴责](#q)了[美国](GPE#u)的[关税](ISSUE)𠮷。\n[日本](GPE)も。\n---\nOPPOSE asserted: c -> u | q",
    "spaces": "[Kenya](GPE#k)  [took\tnote](#c) \t of  the [Nile  Accord](AGREEMENT#n).\n\n\n[It](MENTION) waits.\n \n[Peru](GPE) too.\n---\nNEUTRAL asserted: k -> n | c",
    "invisible": "[Peru\u00a0Libre](ORG#p)\u200b [praised](#c)\u2060 \u202f[Lima\ufeff Pact](AGREEMENT#l)\u00ad soft\u200dly\u2028[Chile](GPE) stayed.\n---\nMIXED asserted: p -> l | c",
    "quoted": "“[We ‘[welcome](#c)’ the [deal](AGREEMENT#d)](QUOTE#q),” [Ana O’Neil](PERSON#a) said – “[all of it](QUOTE#r)” [she](MENTION#s) said.\n---\nSUPPORT hypothetical: a -> d | c\nQUOTE q: a\nQUOTE r: s",
    "edges": " \n [Chad](GPE#c) [snubbed](#k) the [summit](EVENT#s), it [flatly](#m) said. \n\t\n---\nOPPOSE asserted: c -> s | k m",
    "authors": "The [vain](#c) [plan](ISSUE#p) <b>failed</b> &amp; \\[sank\\] in [Minsk](GPE).\n---\nOPPOSE asserted: AUTHOR -> p | c",
}


def test_what_is_accepted_in_the_browser_comes_back_as_it_was_pushed(
    page: Page, connected: Project
) -> None:
    shift = Shift(page, connected, "round trip")
    shift.push(TEXTS)
    for article_id in TEXTS:
        shift.open(article_id).submit()

    layers, reasons = shift.pull()

    assert (set(layers), reasons) == (set(TEXTS), {})
    for article_id, shown in shift.shown.items():
        layer = layers[article_id]
        assert set(layer.spans) == set(shown.spans), article_id
        assert set(layer.quotes) == set(shown.quotes), article_id
        assert Counter(layer.stances) == Counter(shown.stances), article_id
        assert layer.passages[0].suggested_by == shown.author

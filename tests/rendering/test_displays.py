"""Comparisons, matrices and networks: escaped, static, never by colour alone."""

from __future__ import annotations

import re
from base64 import b64decode
from xml.etree import ElementTree

from static_html import EVIL, check

from workbench.adapters.markup import parse_markup
from workbench.core.article import Article
from workbench.rendering.articles import draw_article
from workbench.rendering.comparison import draw_comparison, list_differences
from workbench.rendering.matrices import draw_confusion, draw_heat_map, draw_signed_matrix
from workbench.rendering.networks import draw_networks
from workbench.rendering.tables import draw_table


def two_layers() -> tuple[Article, list[object]]:
    text, one = parse_markup(
        f"[Kenya](GPE#k) [praised](#c) the [Nile {EVIL} Accord](AGREEMENT#a).\nEgypt left.\n"
        "---\nSUPPORT asserted: k -> a | c"
    )
    _, two = parse_markup(
        f"[Kenya](ORG#k) [praised](#c) the [Nile {EVIL} Accord](AGREEMENT#a).\nEgypt left.\n"
        "---\nMIXED denied: k -> a | c"
    )
    return Article("a", text, title=EVIL, outlet=EVIL), [one, two]


def test_a_comparison_names_what_only_some_layers_have() -> None:
    article, (one, two) = two_layers()  # type: ignore[misc]

    words = check(draw_comparison(article, [one, two]))  # type: ignore[list-item]

    has = [has for _, has in list_differences([one, two])]  # type: ignore[list-item]
    assert has == [[True, False], [False, True]] * 2
    assert "≠" in words
    assert "1 line is marked alike" in words
    assert "DENIED" in words
    assert EVIL in words


def test_equal_layers_have_no_difference() -> None:
    article, (one, _) = two_layers()  # type: ignore[misc]

    words = check(draw_comparison(article, [one, one]))  # type: ignore[list-item]

    assert "All layers say the same." in words
    assert "≠" not in words


def test_an_article_shows_rows_beside_the_text() -> None:
    article, (one, _) = two_layers()  # type: ignore[misc]

    html = draw_article(article, one)  # type: ignore[arg-type]

    assert "▲ SUPPORT" in check(html)
    assert html.count("<td") > 3
    assert re.search(r"<b>Kenya</b>.*“praised”", html)


def test_a_heat_map_prints_values_with_their_intervals() -> None:
    values = {("ana", EVIL): (0.8123, (0.7, 0.9)), ("ana", "cy"): (None, None)}

    words = check(draw_heat_map(["ana", EVIL, "cy"], values, "agreement"))  # type: ignore[arg-type]

    assert words.count("0.81") == 2
    assert "0.70–0.90" in words
    assert EVIL in words


def test_a_confusion_prints_counts_and_row_sums() -> None:
    counts = {("SUPPORT", "SUPPORT"): 7, ("SUPPORT", "MIXED"): 3, (EVIL, "MIXED"): 1}

    words = check(draw_confusion(counts, "polarity", sides=("gold", "model")))

    assert "7" in words
    assert "10" in words
    assert EVIL in words


def test_a_signed_matrix_shows_signs_beside_colours() -> None:
    counts = {(EVIL, "Kenya"): {"SUPPORT": 2, "OPPOSE": 1}}

    words = check(draw_signed_matrix(counts, [EVIL], ["Kenya"], "who"))

    assert "▲2 ▼1" in words


def test_a_network_is_an_image_that_says_itself_in_words() -> None:
    counts = {(EVIL, "Kenya"): {"OPPOSE": 4}, ("Kenya", EVIL): {"SUPPORT": 1}}

    html = draw_networks([("2026-01", counts), ("2026-02", {})], [EVIL, "Kenya"], EVIL)

    check(html)
    svg = b64decode(re.findall(r"base64,([\w+/=]+)", html)[0]).decode()
    ElementTree.fromstring(svg)
    assert "<script" not in svg
    assert "stroke-dasharray" in svg
    assert "Kenya supports &lt;script&gt;" in html
    assert "2026-02: nothing" in html


def test_a_table_escapes_names_and_values() -> None:
    assert EVIL in check(draw_table([EVIL], [[EVIL], [None], [0.5]], EVIL))

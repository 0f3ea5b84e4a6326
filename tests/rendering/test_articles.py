from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from workbench.adapters.markup import parse_markup
from workbench.core.article import Article
from workbench.rendering.articles import draw_article
from workbench.rendering.marks import Mark, draw_text, lighten


class Reader(HTMLParser):
    """Collects the text outside `small` and every tag that was opened."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.tags and self.tags.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "small" not in self.tags:
            self.words.append(data)


TEXTS = st.text(alphabet=st.sampled_from(list("ab<>&\"' é💩\n中‍")), min_size=1, max_size=30)


@given(TEXTS, st.data())
def test_whatever_is_marked_the_text_reads_on(text: str, data: st.DataObject) -> None:
    offsets = st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))
    pairs = data.draw(st.lists(offsets.filter(lambda pair: pair[0] < pair[1]), max_size=4))
    reader = Reader()

    reader.feed(draw_text(Article("a", text), [Mark(*pair, "GPE", "GPE") for pair in pairs], {}))
    reader.close()

    assert "".join(reader.words) == text


def test_hostile_text_stays_text() -> None:
    markup = "[<script>x</script>](PERSON#p) [praised](#c) [<img src=x onerror=y>](ORG#o)\n---\n"
    text, layer = parse_markup(markup + "SUPPORT asserted: p -> o | c")

    html = draw_article(Article("a", text, title="<b>t</b>"), layer)

    assert "<script" not in html
    assert "<img" not in html
    assert "<b>t" not in html
    assert "SUPPORT" in html


def test_lighten_mixes_with_white() -> None:
    assert lighten("#000000", 0.5) == "#808080"

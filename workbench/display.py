"""Show the core's values in notebooks, drawn by `rendering`."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.core.article import Article
from workbench.core.errors import SourceError
from workbench.core.layer import Layer
from workbench.core.scheme import Scheme
from workbench.rendering.articles import draw_article
from workbench.rendering.comparison import draw_comparison
from workbench.rendering.links import draw_task_link


@dataclass(frozen=True)
class Shown:
    """Something drawn as HTML, with a line of text for where there is no HTML."""

    html: str
    text: str

    def __repr__(self) -> str:
        """Return the line of text."""
        return self.text

    def _repr_html_(self) -> str:
        return self.html


def show(article: Article, *layers: Layer, scheme: Scheme | None = None) -> Shown:
    """Show a layer over its article, or several side by side with their differences marked.

    One layer is drawn with entities in colour and stances as holder → cue → target rows beside
    the text. Colours are the scheme's, the default scheme's where none is given. Raises
    SourceError without a layer, StaleTextError where one is of another text.
    """
    if not layers:
        raise SourceError(f"there is no layer to show over article {article.id!r}")
    scheme = scheme or _read_default_scheme()
    text = " | ".join(map(repr, layers))
    if len(layers) == 1:
        return Shown(draw_article(article, layers[0], scheme), text)
    return Shown(draw_comparison(article, layers, scheme), text)


def open_page(url: str, label: str = "Label Studio") -> Shown:
    """Show a button that opens a page in a tab of JupyterLab, and a plain link for elsewhere."""
    return Shown(draw_task_link(url, label), url)


def _read_default_scheme() -> Scheme:
    from workbench.adapters.scheme_markdown import read_scheme
    from workbench.seeds import find_seeds

    folder = find_seeds() / "scheme"
    return read_scheme({p.name: p.read_text(encoding="utf-8") for p in folder.glob("*.md")})

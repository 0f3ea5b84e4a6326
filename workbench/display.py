"""Show the core's values in notebooks, drawn by `rendering`."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.core.article import Article
from workbench.core.layer import Layer
from workbench.core.scheme import Scheme
from workbench.rendering.articles import draw_article


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


def show(article: Article, layer: Layer, scheme: Scheme | None = None) -> Shown:
    """Show a layer over its article: entities in colour, stances as holder → cue → target.

    Colours are the scheme's, the default scheme's where none is given.
    """
    return Shown(draw_article(article, layer, scheme or _read_default_scheme()), repr(layer))


def _read_default_scheme() -> Scheme:
    from workbench.adapters.scheme_markdown import read_scheme
    from workbench.seeds import find_seeds

    folder = find_seeds() / "scheme"
    return read_scheme({p.name: p.read_text(encoding="utf-8") for p in folder.glob("*.md")})

"""CoNLL columns: a token a line, its BIO tag last, a blank line after each sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from workbench.core.article import Article
from workbench.core.errors import SourceError
from workbench.core.layer import Layer
from workbench.core.offsets import Offsets, trim
from workbench.core.scheme import Scheme
from workbench.core.span import MENTION
from workbench.exchange.annotated import (
    Annotated,
    Carried,
    Problem,
    make_layer,
    note_bookkeeping,
)
from workbench.exchange.sidecar import read_sidecar, write_sidecar
from workbench.exchange.tokens import (
    OUTSIDE,
    TAG,
    choose_outermost,
    cut_sentences,
    detokenise,
    locate,
    read_tags,
    write_tags,
)
from workbench.formats.text import read_text

ENDINGS = (".conll", ".bio", ".iob", ".iob2", ".bioes", ".tsv", ".txt")
_MARK = "-DOCSTART-"


@dataclass(slots=True)
class _Sentence:
    """The tokens and tags between two blank lines, and the lines that are neither."""

    tokens: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    begins_article: bool = False


def read_annotated(path: Path) -> Iterator[Annotated | SourceError]:
    """Yield an article for each `-DOCSTART-`, or for each sentence where the file has none.

    The text is written from the tokens, and `meta["tokens"]` says where each of them went; where
    the articles lie beside the file, the tokens are found in their texts.
    """
    sentences = list(_read_sentences(read_text(path).split("\n")))
    known = list(read_sidecar(path).values())
    for number, group in enumerate(_group(sentences)):
        problems = tuple(problem for sentence in group for problem in sentence.problems)
        words = [sentence.tokens for sentence in group]
        if not any(words):
            for problem in problems:
                yield SourceError(problem.reason)
            continue
        offsets, article = None, Article("", "")
        if number < len(known):
            article = known[number]
            offsets = locate(article.text, words)
        if offsets is None:
            text, offsets = detokenise(words)
            tokens = [list(place) for places in offsets for place in places]
            article = Article("", text, meta={"source": path.name, "tokens": tokens})
        pairs = zip(group, offsets, strict=True)
        spans = [span for sentence, at in pairs for span in read_tags(sentence.tags, at)]
        yield Annotated(article, make_layer(article, spans=spans), problems)


def carry(article: Article, layer: Layer) -> Carried:
    """Keep the outermost entities; whatever else a layer holds has no place in one column."""
    carried = Carried(article, None)
    entities = [span for span in layer.spans if span.label != MENTION]
    tidy = [span for span in entities if trim(article.text, span.offsets) == span.offsets]
    kept = choose_outermost(tidy)
    carried.lose((s for s in entities if s not in tidy), "white space at an end is no token")
    carried.lose((s for s in tidy if s not in kept), "it overlaps a longer entity")
    carried.lose((s for s in layer.spans if s.label == MENTION), "a MENTION is no entity")
    carried.lose(layer.quotes, "the format holds entities alone")
    carried.lose(layer.stances, "the format holds entities alone")
    carried.lose_count("edge", len(layer.edges), "the format holds entities alone")
    note_bookkeeping(carried, layer)
    carried.layer = make_layer(article, spans=kept)
    return carried


def write_annotated(rows: Sequence[tuple[Article, Layer]], path: Path, scheme: Scheme) -> None:
    """Write articles in IOB2, each after a `-DOCSTART-` line, and their texts beside the file."""
    lines: list[str] = []
    for article, layer in rows:
        lines += [f"{_MARK}\t{OUTSIDE}", ""]
        for tokens in cut_sentences(article.text, layer.spans):
            offsets = _cut_marks(article.text, tokens)
            inside = [s for s in layer.spans if offsets[0][0] <= s.start < offsets[-1][1]]
            words = [article.text[start:end] for start, end in offsets]
            tags = write_tags(inside, offsets)
            lines += [f"{word}\t{tag}" for word, tag in zip(words, tags, strict=True)]
            lines.append("")
    path.write_text("\n".join(lines), encoding="utf-8", newline="\n")
    write_sidecar(path, [article for article, _ in rows])


def _cut_marks(text: str, offsets: Sequence[Offsets]) -> list[Offsets]:
    """Cut tokens that read like the mark before an article, which begins with a dash."""
    cut: list[Offsets] = []
    for start, end in offsets:
        is_mark = text[start:end] == _MARK
        cut += [(start, start + 1), (start + 1, end)] if is_mark else [(start, end)]
    return cut


def _read_sentences(lines: Sequence[str]) -> Iterator[_Sentence]:
    """Read sentences; bare labels are tags where no line of the file has BIO's prefixes.

    Raises SourceError for a file without any tag.
    """
    rows = [_split(line) for line in lines]
    is_prefixed = any(
        len(row) > 1 and row[-1][1:2] == "-" and TAG.fullmatch(row[-1]) for row in rows
    )
    if not is_prefixed and not any(row[-1] == OUTSIDE for row in rows if len(row) > 1):
        raise SourceError("no line ends with a tag: neither 'O' nor one like 'B-PER'")
    is_numbered = _count_numbers(rows)
    sentence = _Sentence()
    for number, row in enumerate(rows, start=1):
        if not row:
            yield sentence
            sentence = _Sentence()
        elif row[0] == _MARK:
            yield sentence
            sentence = _Sentence(begins_article=True)
        elif len(row) > 1 and (not is_prefixed or TAG.fullmatch(row[-1])):
            sentence.tokens.append(row[1 if is_numbered and len(row) > 2 else 0])
            sentence.tags.append(row[-1])
        elif not row[0].startswith("#"):
            what = "it has no column of tags" if len(row) < 2 else f"{row[-1]!r} is no BIO tag"
            sentence.problems.append(Problem(f"line {number}: {what}", "\t".join(row)))
            if len(row) > 1:
                sentence.tokens.append(row[0])
                sentence.tags.append(OUTSIDE)
    yield sentence


def _split(line: str) -> list[str]:
    """Split a line into its columns: at tabs where it has any, else at blanks."""
    if not line.strip(" \t"):
        return []
    if "\t" in line:
        return line.rstrip("\n").split("\t")
    return [part for part in line.split(" ") if part]


def _count_numbers(rows: Iterable[Sequence[str]]) -> bool:
    """Tell whether the first column counts the tokens of each sentence."""
    firsts = [row[0] for row in rows if len(row) > 2 and not row[0].startswith(("#", _MARK))]
    return len(firsts) > 0 and all(first.isdecimal() for first in firsts) and firsts[0] in "01"


def _group(sentences: Sequence[_Sentence]) -> Iterator[list[_Sentence]]:
    """Group sentences to articles: at each mark, or each its own where the file has no mark."""
    if not any(sentence.begins_article for sentence in sentences):
        yield from ([sentence] for sentence in sentences if sentence.tokens or sentence.problems)
        return
    group: list[_Sentence] = []
    for sentence in sentences:
        if sentence.begins_article:
            if group:
                yield group
            group = []
        if sentence.tokens or sentence.problems:
            group.append(sentence)
    if group:
        yield group

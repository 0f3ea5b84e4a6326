"""The labelling configuration and the instructions, generated from the scheme."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from xml.etree import ElementTree as Xml

from workbench.adapters.label_studio.names import (
    AFTER,
    AUTHOR_CHOICE,
    BEFORE,
    DOUBT,
    DOUBT_CHOICE,
    FURNITURE,
    REASON,
    SPAN,
    STATUS,
    TEXT,
    VOICE,
)
from workbench.adapters.markup import read_marks
from workbench.core.errors import MarkupError
from workbench.core.scheme import Label, Scheme
from workbench.core.span import Span
from workbench.core.stance import POLARITY_SIGNS

_GREY = "#8c8c8c"
_GROUPS = (
    ("wb-polarities", ("polarity",)),
    ("wb-entities", ("entity",)),
    ("wb-others", ("quote", "mention")),
)
# Nobody labels with it: it only gives locked regions their colour. No keyboard has its key;
# without one it would be given the next free letter.
_FURNITURE = {
    "value": "Page furniture",
    "alias": FURNITURE,
    "background": _GREY,
    "hotkey": "☒",
    "visible": "false",
}
# Label Studio cleans the style as if it were HTML: no quotes of the double kind, no child
# combinators. The room of a cue's choices is kept while it is empty, so that the text does not
# jump under the mouse when a cue is selected.
# The resize handles are <area> elements, which current Chromium does not display without the
# second rule; arcs between spans strike through the text unless its lines stand far apart.
_STYLE = """
.lsf-richtext__container { line-height: 2.3 !important; font-size: 16px !important;
  max-width: 66em; white-space: pre-wrap !important; padding-top: 10px; }
.htx-highlight area { display: inline !important; }
[class*=htx-highlight-furniture_] { color: #8c8c8c !important; font-style: italic;
  pointer-events: none; }
.wb-labels { position: sticky; top: 0; z-index: 200; display: flex; flex-wrap: wrap;
  align-items: center; padding: 2px 0 4px; border-bottom: 1px solid #ddd;
  background: var(--color-neutral-background, #fff); }
.wb-labels .lsf-labels { display: contents; }
.wb-labels .lsf-label { margin: 0 5px 4px 0; padding: 0 5px; font-size: 13px; height: 23px;
  line-height: 23px; }
.wb-labels .lsf-label__hotkey { margin-left: 5px; font-size: 12px; }
.wb-polarities { order: 1; font-weight: 600; }
.wb-cue { order: 2; flex: 1 1 calc(100% - 380px); min-width: 330px; height: 27px; display: flex;
  gap: 1em; overflow: hidden; align-items: center; justify-content: flex-end; }
.wb-cue * { margin-top: 0 !important; margin-bottom: 0 !important; white-space: nowrap; }
.wb-entities, .wb-others { display: contents; }
.wb-entities .lsf-label { order: 3; }
.wb-others .lsf-label { order: 4; }
.wb-byline p { margin-bottom: 4px; }
.wb-context * { white-space: pre-wrap; font-size: 14px !important; font-weight: 400 !important;
  color: #767676 !important; margin: 0 !important; max-width: 66em; }
.wb-context :empty { display: none; }
.wb-task { margin-top: 12px; padding-top: 8px; border-top: 1px solid #ddd; }
.lsf-annotation-button__info [title^=Prediction] { display: none; }
.lsf-outliner-item__control_type_score { display: none; }
"""


def make_config(scheme: Scheme, former: Mapping[str, str] | None = None) -> str:
    """Write the labelling configuration of a scheme as XML.

    What is stored is the label's name; people see its title, the link between regions has no
    label, and what is not ticked on a cue is asserted and not the author's own. `former` maps
    labels that are gone to what they mean now: regions that bear them are shown so, and nobody
    can choose them.
    """
    view = Xml.Element("View")
    Xml.SubElement(view, "Style").text = _STYLE + "".join(_style_cues(scheme))
    Xml.SubElement(view, "Header", value="$title", size="4", style="margin: 4px 0 2px")
    Xml.SubElement(view, "Markdown", value="$byline", className="wb-byline")
    bar = Xml.SubElement(view, "View", className="wb-labels")
    labels = Xml.SubElement(bar, "Labels", name=SPAN, toName=TEXT, showInline="true")
    for name, kinds in _GROUPS:
        group = Xml.SubElement(labels, "View", className=name)
        for label in scheme.labels:
            if label.kind in kinds:
                Xml.SubElement(group, "Label", _describe(label))
    _add_former(group, scheme, former or {})
    Xml.SubElement(labels, "Label", _FURNITURE)
    _add_cue_choices(Xml.SubElement(bar, "View", className="wb-cue"), scheme)
    _add_context(view, BEFORE)
    Xml.SubElement(view, "Text", name=TEXT, value="$text", granularity="symbol")
    _add_context(view, AFTER)
    _add_doubt(view)
    return Xml.tostring(view, encoding="unicode")


def make_instructions(scheme: Scheme) -> str:
    """Write the guideline as escaped HTML, as annotators see it when they begin."""
    titles = {label.name: label.title for label in scheme.labels}
    parts = [_write_prose(scheme.guideline, titles)]
    for label in scheme.labels:
        parts.append(f"<h3>{escape(label.title)} [{escape(label.hotkey)}]</h3>")
        parts.append(_write_prose(label.guideline, titles))
    return "".join(parts)


def _describe(label: Label) -> dict[str, str]:
    return {
        "value": label.title,
        "alias": label.name,
        "hotkey": label.hotkey,
        "background": label.colour,
    }


def _add_former(group: Xml.Element, scheme: Scheme, former: Mapping[str, str]) -> None:
    """Add labels that are gone, invisible: work that bears them must stay readable."""
    known = {label.name: label for label in scheme.labels}
    for number, (old, new) in enumerate(sorted(former.items()), start=1):
        shown = known.get(new)
        hidden = {**_FURNITURE, "alias": old, "hotkey": chr(ord(_FURNITURE["hotkey"]) + number)}
        hidden["value"] = f"{shown.title} (was {old})" if shown else f"{old} (dropped)"
        hidden["background"] = shown.colour if shown else _GREY
        Xml.SubElement(group, "Label", hidden)


def _style_cues(scheme: Scheme) -> Iterator[str]:
    """Underline each cue in the full colour of its polarity and set its sign behind it.

    Label Studio writes number and title of a region's label on its last piece, and nothing else
    that a style could see.
    """
    for label in scheme.labels:
        if label.kind == "polarity":
            piece = f".htx-highlight[data-label$={_write_css(':' + label.title)}]"
            yield f"{piece} {{ box-shadow: inset 0 -3px 0 {label.colour}; }}\n"
            yield (
                f"{piece}.htx-no-label::after {{ display: inline !important; "
                f"content: '{POLARITY_SIGNS.get(label.name, '')}' !important; "
                f"font-size: 11px; color: {label.colour}; }}\n"
            )


def _write_css(words: str) -> str:
    """Write any words as a CSS identifier."""
    return "".join(x if x.isascii() and x.isalpha() else f"\\{ord(x):x} " for x in words)


def _add_cue_choices(parent: Xml.Element, scheme: Scheme) -> None:
    """Add what can be ticked on a selected cue.

    The condition compares what is stored, the labels' names and not their titles. It stands on
    each control: inside a conditional view it would block submitting.
    """
    shared = {
        "toName": TEXT,
        "perRegion": "true",
        "visibleWhen": "region-selected",
        "whenTagName": SPAN,
        "whenLabelValue": ",".join(scheme.names_of("polarity")),
        "showInline": "true",
    }
    status = Xml.SubElement(parent, "Choices", {"name": STATUS, **shared, "choice": "single"})
    Xml.SubElement(status, "Choice", value="Denied", alias="denied", hotkey="n")
    Xml.SubElement(status, "Choice", value="Hypothetical", alias="hypothetical", hotkey="h")
    voice = Xml.SubElement(parent, "Choices", {"name": VOICE, **shared, "choice": "multiple"})
    Xml.SubElement(
        voice, "Choice", value="The article's own voice", alias=AUTHOR_CHOICE, hotkey="v"
    )


def _add_context(view: Xml.Element, variable: str) -> None:
    """Show the text beside a passage; a header's words can't be labelled."""
    box = Xml.SubElement(view, "View", className="wb-context")
    Xml.SubElement(box, "Header", value=f"${variable}", size="5")


def _add_doubt(view: Xml.Element) -> None:
    box = Xml.SubElement(view, "View", className="wb-task")
    doubt = Xml.SubElement(
        box, "Choices", name=DOUBT, toName=TEXT, choice="multiple", showInline="true"
    )
    Xml.SubElement(doubt, "Choice", value="I am unsure", alias=DOUBT_CHOICE, hotkey="0")
    Xml.SubElement(
        box,
        "TextArea",
        name=REASON,
        toName=TEXT,
        placeholder="What are you unsure of?",
        rows="1",
        maxSubmissions="1",
        editable="true",
    )


def _write_prose(prose: str, titles: Mapping[str, str]) -> str:
    """Write the guideline's Markdown subset: headings, list items, lines; all of it escaped."""
    lines = []
    for line in prose.split("\n"):
        if line.startswith("#"):
            lines.append(f"<h4>{escape(line.lstrip('# '))}</h4>")
        elif line.startswith("- "):
            lines.append(f"<li>{_write_example(line[2:], titles)}</li>")
        elif line.strip():
            lines.append(f"<p>{escape(line)}</p>")
    return "".join(lines)


def _write_example(markup: str, titles: Mapping[str, str]) -> str:
    """Write a marked-up example as people read it: spans with their title, cues underlined."""
    try:
        marked = read_marks(markup)
    except MarkupError:
        return escape(markup)
    marks = [(span.offsets, "b", titles.get(span.label, span.label)) for span in marked.spans]
    marks += [(cue, "u", "") for cue in marked.ids.values() if not isinstance(cue, Span)]
    before: dict[int, list[str]] = {}
    behind: dict[int, list[str]] = {}
    for (start, end), tag, title in sorted(marks, key=lambda mark: (mark[0][0], -mark[0][1])):
        name = f"<small> [{escape(title)}]</small>" if title else ""
        before.setdefault(start, []).append(f"<{tag}>")
        behind.setdefault(end, []).insert(0, f"</{tag}>{name}")
    return "".join(
        "".join(behind.get(at, ())) + "".join(before.get(at, ())) + escape(marked.text[at : at + 1])
        for at in range(len(marked.text) + 1)
    )

"""The labelling configuration and the instructions, generated from the scheme."""

from __future__ import annotations

from collections.abc import Mapping
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
from workbench.core.scheme import Label, Scheme

_GREY = "#8c8c8c"
_GROUPS = (("polarity",), ("entity",), ("quote", "mention"))
# The row of a cue's choices keeps its height while it is empty, so that the text does not jump
# under the mouse when a cue is selected.
# The resize handles are <area> elements, which current Chromium does not display without the
# second rule; arcs between spans strike through the text unless its lines stand far apart.
_STYLE = """
.lsf-richtext__container { line-height: 2.4 !important; font-size: 16px !important;
  max-width: 66em; white-space: pre-wrap !important; }
.htx-highlight area { display: inline !important; }
.wb-labels { position: sticky; top: 0; z-index: 10; padding: 4px 0 6px;
  background: var(--color-neutral-background, #fff); }
.wb-group { display: block; padding-bottom: 2px; }
.wb-cue { display: flex; gap: 2em; align-items: center; height: 2.6em; }
.wb-cue * { margin-top: 0 !important; margin-bottom: 0 !important; }
.wb-context * { white-space: pre-wrap; font-size: 14px !important; font-weight: 400 !important;
  color: #767676 !important; margin: 0 !important; max-width: 66em; }
.wb-context :empty { display: none; }
.wb-task { margin-top: 12px; padding-top: 8px; border-top: 1px solid #ddd; }
"""


def make_config(scheme: Scheme, former: Mapping[str, str] | None = None) -> str:
    """Write the labelling configuration of a scheme as XML.

    What is stored is the label's name; people see its title, the link between regions has no
    label, and what is not ticked on a cue is asserted and not the author's own. `former` maps
    labels that are gone to what they mean now: regions that bear them are shown so, and nobody
    can choose them.
    """
    view = Xml.Element("View")
    Xml.SubElement(view, "Style").text = _STYLE
    Xml.SubElement(view, "Header", value="$title", size="4")
    Xml.SubElement(view, "Markdown", value="$byline")
    bar = Xml.SubElement(view, "View", className="wb-labels")
    labels = Xml.SubElement(bar, "Labels", name=SPAN, toName=TEXT, showInline="true")
    for kinds in _GROUPS:
        group = Xml.SubElement(labels, "View", className="wb-group")
        for label in scheme.labels:
            if label.kind in kinds:
                Xml.SubElement(group, "Label", _describe(label))
    _add_former(group, scheme, former or {})
    Xml.SubElement(group, "Label", value="Page furniture", alias=FURNITURE, background=_GREY)
    _add_cue_choices(Xml.SubElement(bar, "View", className="wb-cue"), scheme)
    _add_context(view, BEFORE)
    Xml.SubElement(view, "Text", name=TEXT, value="$text", granularity="symbol")
    _add_context(view, AFTER)
    _add_doubt(view)
    return Xml.tostring(view, encoding="unicode")


def make_instructions(scheme: Scheme) -> str:
    """Write the guideline as escaped HTML, as annotators see it when they begin."""
    parts = [_write_prose(scheme.guideline)]
    for label in scheme.labels:
        parts.append(f"<h3>{escape(label.title)} [{escape(label.hotkey)}]</h3>")
        parts.append(_write_prose(label.guideline))
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
    for old, new in sorted(former.items()):
        shown = known.get(new)
        title = f"{shown.title} (was {old})" if shown else f"{old} (dropped)"
        colour = shown.colour if shown else _GREY
        Xml.SubElement(group, "Label", value=title, alias=old, background=colour, visible="false")


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


def _write_prose(prose: str) -> str:
    """Write the guideline's Markdown subset: headings, list items, lines; all of it escaped."""
    lines = []
    for line in prose.split("\n"):
        if line.startswith("#"):
            lines.append(f"<h4>{escape(line.lstrip('# '))}</h4>")
        elif line.startswith("- "):
            lines.append(f"<li>{escape(line[2:])}</li>")
        elif line.strip():
            lines.append(f"<p>{escape(line)}</p>")
    return "".join(lines)

"""The buttons and fields of panels: HTML that names its action, its key and what it is for."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from workbench.rendering.links import draw_task_link

__all__ = [
    "draw_button",
    "draw_choice",
    "draw_field",
    "draw_head",
    "draw_progress",
    "draw_task_link",
    "draw_text_field",
]


def draw_button(
    action: str,
    label: str,
    *,
    value: str = "",
    key: str = "",
    main: bool = False,
    disabled: bool = False,
) -> str:
    """Draw a button that does an action; `key` does the same from the keyboard."""
    parts = [f'<button type="button" data-do="{escape(action)}"']
    if value:
        parts.append(f' data-value="{escape(value)}"')
    if key:
        parts.append(f' data-key="{escape(key)}"')
    if main:
        parts.append(' class="wb-main"')
    if disabled:
        parts.append(" disabled")
    shown = f"<kbd>{escape(key)}</kbd>" if key else ""
    return f"{''.join(parts)}>{escape(label)}{shown}</button>"


def draw_field(action: str, label: str, value: str = "", *, width: int = 12) -> str:
    """Draw a text field that does an action while one types, a moment after the last key."""
    return (
        f'<label>{escape(label)}<input type="text" name="{escape(action)}" size="{width}" '
        f'data-do="{escape(action)}" data-live="1" value="{escape(value)}"></label>'
    )


def draw_text_field(name: str, label: str, *, key: str = "") -> str:
    """Draw a text field whose content goes with the next button that is pressed."""
    shown = f"<kbd>{escape(key)}</kbd>" if key else ""
    return (
        f'<label class="wb-row"><span>{escape(label)}{shown}</span><input type="text" '
        f'name="{escape(name)}" data-keep="" data-key="{escape(key)}"></label>'
    )


def draw_choice(action: str, label: str, options: Iterable[str], chosen: str = "") -> str:
    """Draw a list to choose from that does an action; the empty choice is "any"."""
    items = "".join(
        f'<option value="{escape(option)}"{" selected" if option == chosen else ""}>'
        f"{escape(option or 'any')}</option>"
        for option in options
    )
    name = escape(action)
    return f'<label>{escape(label)}<select name="{name}" data-do="{name}">{items}</select></label>'


def draw_head(title: str, counter: str) -> str:
    """Draw a panel's first line: its title, and to the right what is counted, as HTML."""
    return (
        f'<div class="wb-head"><strong class="wb-title">{escape(title)}</strong>'
        f'<span class="wb-counter">{counter}</span></div>'
    )


def draw_progress(done: int, total: int, words: str) -> str:
    """Draw a bar with its words, which are HTML, behind it."""
    return (
        f'<progress max="{max(1, total)}" value="{done}" aria-label="progress"></progress> {words}'
    )

"""Ways in which several formats make a layer smaller, each noted as a loss."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from workbench.core.identity import identify
from workbench.core.offsets import Offsets, trim
from workbench.core.span import Span
from workbench.core.stance import Stance
from workbench.exchange.annotated import Carried, Loss


def join_cues(
    carried: Carried,
    stances: Iterable[Stance],
    join: Callable[[tuple[Offsets, ...]], tuple[Offsets, ...]],
) -> list[Stance]:
    """Join pieces of cues that a format can't tell apart, and note each stance that changes.

    Two stances that become one are one; that is noted as well.
    """
    sha = carried.article.text_sha256
    found: dict[str, Stance] = {}
    for stance in stances:
        joined = replace(stance, cue=join(stance.cue))
        if joined.cue != stance.cue:
            reason = "pieces of its cue that touch or overlap are one piece here"
            carried.losses.append(Loss("cue", reason, identify(sha, stance)))
        name = identify(sha, joined)
        if name in found:
            carried.lose([stance], "it is the same as another once the rest is left out")
        else:
            found[name] = joined
    return list(found.values())


def keep_trimmed(carried: Carried, spans: Iterable[Span]) -> list[Span]:
    """Keep the spans that neither begin nor end with white space."""
    text = carried.article.text
    kept: list[Span] = []
    for span in spans:
        if trim(text, span.offsets) == span.offsets:
            kept.append(span)
        else:
            carried.lose([span], "it begins or ends with white space")
    return kept

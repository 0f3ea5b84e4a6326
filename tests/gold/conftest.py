"""Rounds that people annotated without a server."""

from __future__ import annotations

from gold_rounds import annotate, draft, right

__all__ = ["annotate", "draft", "right"]

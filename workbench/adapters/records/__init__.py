"""Layers, articles, decisions and schemes as plain JSON records, checked strictly on the way in."""

from workbench.adapters.records.articles import read_article, write_article
from workbench.adapters.records.decisions import read_decision, write_decision
from workbench.adapters.records.forms import Record
from workbench.adapters.records.items import read_item, write_item
from workbench.adapters.records.layers import read_layer, write_layer
from workbench.adapters.records.schemes import read_scheme, write_scheme

__all__ = [
    "Record",
    "read_article",
    "read_decision",
    "read_item",
    "read_layer",
    "read_scheme",
    "write_article",
    "write_decision",
    "write_item",
    "write_layer",
    "write_scheme",
]

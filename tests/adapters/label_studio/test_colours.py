"""Labels that stand together can be told apart without red or green cones."""

from __future__ import annotations

from itertools import combinations
from math import dist

import pytest

from workbench.adapters.scheme_markdown import read_scheme
from workbench.core.scheme import Scheme
from workbench.core.stance import POLARITIES, POLARITY_SIGNS
from workbench.seeds import find_seeds

# Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision
# Deficiency", IEEE TVCG 15 (6), 2009: severity 1.0, on linear RGB.
VISION = {
    "normal": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
}
# IEC 61966-2-1: linear sRGB to CIE XYZ, and its white point D65.
XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
WHITE = (0.9505, 1.0, 1.089)
SHADE = 0.3
"""How much of a label's colour Label Studio lays over the words of a region."""
TOGETHER = [
    ("PERSON", "ROLE"), ("PERSON", "ORG"), ("PERSON", "GPE"), ("PERSON", "NORP"),
    ("ROLE", "GPE"), ("ROLE", "ORG"), ("ROLE", "NORP"), ("GPE", "ORG"), ("GPE", "NORP"),
    ("GPE", "LOC"), ("GPE", "EVENT"), ("GPE", "AGREEMENT"), ("NORP", "AGREEMENT"),
    ("NORP", "ORG"), ("ORG", "AGREEMENT"), ("EVENT", "AGREEMENT"), ("AGREEMENT", "ISSUE"),
    ("EVENT", "ISSUE"), ("EVENT", "DATE"), ("LOC", "NORP"), ("LOC", "ORG"), ("ORG", "EVENT"),
]  # fmt: skip
"""Entities that news nests or sets side by side."""
ENTITIES = sorted({label for pair in TOGETHER for label in pair} - {"DATE", "LOC"})

Rgb = tuple[float, ...]


def read_colour(colour: str) -> Rgb:
    return tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))


def make_linear(rgb: Rgb) -> Rgb:
    return tuple(x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in rgb)


def multiply(matrix: tuple[Rgb, ...], vector: Rgb) -> Rgb:
    return tuple(sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)


def see(rgb: Rgb, vision: str) -> Rgb:
    """Return a colour as somebody sees it, in CIE L*a*b* (CIE 15:2004)."""
    seen = tuple(min(1.0, max(0.0, x)) for x in multiply(VISION[vision], make_linear(rgb)))

    def bend(t: float) -> float:
        return t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116

    x, y, z = (bend(a / b) for a, b in zip(multiply(XYZ, seen), WHITE, strict=True))
    return (116 * y - 16, 500 * (x - y), 200 * (y - z))


def measure(a: str, b: str, share: float = 1.0) -> float:
    """Return the smallest distance over all kinds of vision, with a share of colour on white.

    The distance is that of CIE 1976; 2.3 is just noticeable (Mahy et al. 1994).
    """
    first, second = (tuple(1 - share + share * x for x in read_colour(colour)) for colour in (a, b))
    return min(dist(see(first, vision), see(second, vision)) for vision in VISION)


@pytest.fixture(scope="module")
def colours() -> dict[str, str]:
    return {label.name: label.colour for label in read_shipped().labels}


def read_shipped() -> Scheme:
    folder = find_seeds() / "scheme"
    return read_scheme({p.name: p.read_text(encoding="utf-8") for p in folder.glob("*.md")})


def test_the_measure_agrees_with_what_is_known() -> None:
    assert measure("#ffffff", "#000000") == pytest.approx(100, abs=0.1)
    assert see((1.0, 0.0, 0.0), "normal") == pytest.approx((53.2, 80.1, 67.2), abs=0.2)
    # A red and a green that people without green cones confuse, far apart for others.
    red, green = read_colour("#a04000"), read_colour("#607000")
    confused = dist(see(red, "deuteranopia"), see(green, "deuteranopia"))
    assert confused < dist(see(red, "normal"), see(green, "normal")) / 2


@pytest.mark.parametrize(("a", "b"), list(combinations(POLARITIES, 2)))
def test_polarities_differ_as_sign_and_as_shading(colours: dict[str, str], a: str, b: str) -> None:
    assert measure(colours[a], colours[b]) > 25
    assert measure(colours[a], colours[b], SHADE) > 9
    assert POLARITY_SIGNS[a] != POLARITY_SIGNS[b]


@pytest.mark.parametrize(("a", "b"), TOGETHER)
def test_entities_that_stand_together_differ(colours: dict[str, str], a: str, b: str) -> None:
    assert measure(colours[a], colours[b], SHADE) > 6


@pytest.mark.parametrize("polarity", POLARITIES)
def test_cues_differ_from_entities(colours: dict[str, str], polarity: str) -> None:
    near = {name: measure(colours[polarity], colours[name], SHADE) for name in ENTITIES}
    assert min(near.values()) > 4, near


def test_what_is_no_entity_is_paler_than_every_entity(colours: dict[str, str]) -> None:
    light = {name: see(read_colour(colour), "normal")[0] for name, colour in colours.items()}
    pale = min(light["MENTION"], light["QUOTE"])
    assert pale > max(light[name] for name in (*ENTITIES, *POLARITIES))

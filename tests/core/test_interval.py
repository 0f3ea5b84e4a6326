from __future__ import annotations

import pytest

from workbench.core.interval import write_interval


@pytest.mark.parametrize(
    ("interval", "signed", "written"),
    [
        ((0.831, 0.862), False, "0.83–0.86"),
        ([0.0, 1.0], False, "0.00–1.00"),
        ((-0.22, 1.0), False, "-0.22 to 1.00"),
        ((-0.05, -0.01), True, "-0.05 to -0.01"),
        ((-0.001, 0.001), True, "+0.00 to +0.00"),
        ((-0.001, 0.5), False, "0.00–0.50"),
        (None, True, None),
    ],
)
def test_no_dash_stands_beside_a_minus(
    interval: tuple[float, float] | None, signed: bool, written: str | None
) -> None:
    assert write_interval(interval, signed=signed) == written

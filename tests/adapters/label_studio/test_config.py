from __future__ import annotations

from xml.etree import ElementTree as Xml

import pytest

from workbench.adapters.label_studio.config import make_config, make_instructions
from workbench.adapters.scheme_markdown import read_scheme
from workbench.core.errors import SchemeError
from workbench.core.scheme import Label, Scheme
from workbench.seeds import find_seeds


def read_files() -> dict[str, str]:
    folder = find_seeds() / "scheme"
    return {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}


def test_every_label_stands_in_the_configuration_under_its_name() -> None:
    scheme = read_scheme(read_files())

    view = Xml.fromstring(make_config(scheme))

    assert {x.get("alias") for x in view.iter("Label")} == {*scheme.kinds, "FURNITURE"}
    keys = [x.get("hotkey") for x in (*view.iter("Label"), *view.iter("Choice"))]
    keys.remove(None)
    assert len(set(keys)) == len(keys)


def test_hostile_titles_and_prose_stay_text() -> None:
    label = Label("X", "entity", '"/><Script>', "#000000", "1", guideline="- <script>x</script>")
    scheme = Scheme((label,), "<img onerror=x>")

    assert Xml.fromstring(make_config(scheme)).find(".//Label").get("value") == '"/><Script>'  # type: ignore[union-attr]
    assert "<script" not in make_instructions(scheme)
    assert "<img" not in make_instructions(scheme)


def test_a_broken_scheme_tells_everything_at_once() -> None:
    files = read_files()
    files["PERSON.md"] = files["PERSON.md"].replace("hotkey:", "hotkee:")
    files["GPE.md"] += "\n- [broken](GPE\n"
    files["ORG.md"] += "\n- [x](NOLABEL)\n"
    files["LOC.md"] = files["LOC.md"].replace('"#56b4e9"', "blue")
    files["NEW.md"] = "---\nlabel: [\n---\n"

    with pytest.raises(SchemeError) as caught:
        read_scheme(files)

    found = "\n".join(caught.value.problems)
    for part in (
        "'hotkee' is unknown",
        "'hotkey' is missing",
        "NOLABEL",
        "colour",
        "closes nothing",
        "no YAML",
    ):
        assert part in found

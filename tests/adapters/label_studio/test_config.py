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
    assert len(set(keys)) == len(keys)
    assert all(keys)


def test_page_furniture_has_a_colour_and_neither_button_nor_key() -> None:
    view = Xml.fromstring(make_config(read_scheme(read_files())))

    (label,) = (x for x in view.iter("Label") if x.get("alias") == "FURNITURE")
    assert label.get("visible") == "false"
    # Label Studio compares a key's code with the code point of the first character.
    assert ord(str(label.get("hotkey"))) > 255


def test_a_cue_is_styled_by_its_title_whatever_that_is() -> None:
    label = Label("SUPPORT", "polarity", "</Style>'] {x", "#123456", "e")

    style = Xml.fromstring(make_config(Scheme((label,), ""))).findtext("Style") or ""

    assert "[data-label$=\\3a \\3c \\2f Style\\3e \\27 \\5d \\20 \\7b x]" in style
    assert "inset 0 -3px 0 #123456" in style
    assert "content: '▲'" in style


def test_hostile_titles_and_prose_stay_text() -> None:
    label = Label("X", "entity", '"/><Script>', "#000000", "1", guideline="- <script>x</script>")
    scheme = Scheme((label,), "<img onerror=x>")

    assert Xml.fromstring(make_config(scheme)).find(".//Label").get("value") == '"/><Script>'  # type: ignore[union-attr]
    assert "<script" not in make_instructions(scheme)
    assert "<img" not in make_instructions(scheme)


def test_examples_are_written_as_people_read_them() -> None:
    prose = "- [US [Navy](ORG)](ORG#h) [sank](#c) <it>."
    html = make_instructions(Scheme((Label("ORG", "entity", "Group", "#000000", "1"),), prose))

    navy = "<b>Navy</b><small> [Group]</small>"
    assert f"<li><b>US {navy}</b><small> [Group]</small> <u>sank</u> &lt;it&gt;.</li>" in html


def test_a_broken_scheme_tells_everything_at_once() -> None:
    files = read_files()
    files["PERSON.md"] = files["PERSON.md"].replace("hotkey:", "hotkee:")
    files["GPE.md"] += "\n- [broken](GPE\n"
    files["ORG.md"] += "\n- [x](NOLABEL)\n"
    files["LOC.md"] = files["LOC.md"].replace('"#236870"', "blue")
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

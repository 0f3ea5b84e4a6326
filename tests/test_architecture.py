"""The house's rules, read from the source itself."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import workbench

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "workbench"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)

# Each room may import what stands in its own storey below; a verb may import another verb.
STOREYS = {
    "core": 0,
    "rendering": 1,
    "analysis": 1,
    "adapters": 1,
    "pipeline": 2,
    "exchange": 2,
    "formats": 3,
    "strategies": 3,
    "trainers": 3,
    "plugins": 3,
    "seeds": 1,
    "store": 4,
    "project": 5,
    "studio": 4,
    "backends": 4,
    "connection": 6,
    "cli": 9,
    "widgets": 9,
    "display": 9,
    "bootstrap": 9,
    "__main__": 9,
    "__init__": 9,
}
VERB = 7
# Inside analysis/ the rooms stand on one another too; what several share lies in the folder itself.
ANALYSIS = ("text", "references", "coefficients", "scoring", "agreement", "adjudication")
HOMES = {
    "spacy": (
        "pipeline",
        "trainers",
        "adapters/spacy_docs.py",
        "exchange/tokens.py",
        "formats/docbin.py",
    ),
    "pyarrow": ("formats/parquet.py",),
    "cassis": ("formats/xmi.py",),
    "label_studio_sdk": ("backends/label_studio", "studio"),
    "anywidget": ("widgets",),
    "ipywidgets": ("widgets",),
    "typer": ("cli",),
    "sqlalchemy": ("store", "project.py"),
    "alembic": ("store",),
}


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def storey_of(name: str) -> int:
    room = name.removeprefix("workbench").lstrip(".").split(".")[0] or "__init__"
    return STOREYS.get(room, VERB)


def list_imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Yield what a module imports, and whether only for types."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = {
        id(node)
        for test in ast.walk(tree)
        if isinstance(test, ast.If) and getattr(test.test, "id", "") == "TYPE_CHECKING"
        for node in ast.walk(test)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) in for_types) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{name_of(path)} imports relatively"
            yield node.module, id(node) in for_types


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_downwards(path: Path) -> None:
    mine = storey_of("workbench." + ".".join(path.relative_to(PACKAGE).with_suffix("").parts))
    wrong = [
        module
        for module, for_types in list_imports(path)
        if module.startswith("workbench") and storey_of(module) > mine and not for_types
    ]
    assert wrong == []


@pytest.mark.parametrize("room", ["", *ANALYSIS])
def test_rooms_of_the_analysis_import_downwards(room: str) -> None:
    place = ANALYSIS.index(room) if room else -1
    wrong = [
        (name_of(path), module)
        for path in (PACKAGE / "analysis" / room).glob("*.py")
        for module, _ in list_imports(path)
        for above in ANALYSIS[place + 1 :]
        if module.startswith(f"workbench.analysis.{above}")
    ]
    assert wrong == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_each_library_is_imported_in_its_home_alone(path: Path) -> None:
    for module, for_types in list_imports(path):
        homes = HOMES.get(module.split(".")[0])
        if homes is not None and not for_types:
            assert name_of(path).startswith(homes), f"{name_of(path)} imports {module}"


def test_the_core_stands_on_the_standard_library() -> None:
    for path in (PACKAGE / "core").glob("*.py"):
        for module, _ in list_imports(path):
            top = module.split(".")[0]
            assert top in sys.stdlib_module_names or module.startswith("workbench.core")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_and_functions_are_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    long = [
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (node.end_lineno or 0) - node.lineno > 60
    ]
    assert long == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_library_code_neither_prints_nor_exits(path: Path) -> None:
    if path.parts[-2] == "cli" or path.name == "bootstrap.py":
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            assert getattr(node.func, "id", "") not in ("print", "exit", "quit")
            assert ast.unparse(node.func) not in ("sys.exit", "os._exit")


def run(code: str) -> str:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_importing_the_package_imports_neither_spacy_nor_the_sdk() -> None:
    code = "import sys, workbench; print([m for m in ('spacy', 'label_studio_sdk') if m in sys.modules])"

    assert run(code).strip() == "[]"


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['workbench', '--help']\n"
        "from workbench.cli.app import run\nrun()\n"
        "print([m for m in ('spacy', 'label_studio_sdk', 'sqlalchemy', 'numpy', 'pydantic',"
        " 'matplotlib', 'httpx') if m in sys.modules])"
    )

    assert run(code).strip().endswith("[]")


def test_every_public_name_is_there() -> None:
    assert sorted(workbench.__all__) == list(workbench.__all__)
    for name in workbench.__all__:
        assert callable(getattr(workbench, name)), name


def test_every_factory_is_an_entry_point() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    stated = set(project["entry-points"]["spacy_factories"])
    found = set()
    for path in (PACKAGE / "pipeline").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("Language."):
                found.add(ast.literal_eval(node.args[0]))
    assert stated == found


def test_the_constraints_name_versions_and_no_addresses() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")

    assert "://" not in text
    assert all("==" in line for line in text.splitlines() if line.strip())


def test_notebooks_are_committed_without_outputs() -> None:
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        assert len(code) <= 15
        assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)

"""Make the environment and run one of the Makefile's targets: standard library only.

Run by a bare Python before anything is installed, so it imports nothing of the package.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
TOOL = ROOT / ".tool"
STAMP = VENV / "workbench.stamp"
MINIMUM = (3, 11)
EXTRAS = ("english", "studio", "postgres")
DEBIAN_PACKAGES = {
    "chromium": ("chromium", "google-chrome"),
    "postgresql": ("/usr/lib/postgresql",),
    "fonts-noto-color-emoji": ("/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf",),
}
FAST = "not studio and not browser and not slow and not bench"

COMMANDS: dict[str, list[list[str]]] = {
    "setup": [],
    "demo": [["workbench", "demo"]],
    "lab": [["workbench", "lab", "--init", "--project", "build/demo"]],
    "check": [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy"],
        ["pytest", "-q", "-m", FAST, "-n", "2", "--dist", "loadfile"],
    ],
    # Two at a time: a server and a browser for each, and one file never in both.
    "test": [["pytest", "-m", "not bench", "-n", "2", "--dist", "loadfile"]],
    "bench": [["pytest", "-q", "-s", "-m", "bench", "tests/bench"]],
}


def main(arguments: list[str]) -> int:
    """Make what a target needs, run it, and return its exit code."""
    target, rest = (arguments[0] if arguments else "setup"), arguments[1:]
    if target not in COMMANDS:
        say(f"no target {target!r}; there are {', '.join(COMMANDS)}")
        return 2
    if sys.version_info < MINIMUM:
        say(f"Python {'.'.join(map(str, MINIMUM))} or newer is needed, this is {sys.version}")
        return 1
    if not make_environment():
        return 1
    if target == "test":
        install_debian_packages()
    # Each of the many processes to come would compile our own modules again.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    commands = COMMANDS[target]
    for number, (program, *options) in enumerate(commands):
        last = rest if number == len(commands) - 1 else []
        path = str(BIN / program)
        if len(commands) == 1 and os.name != "nt":
            # Replacing this process lets Ctrl-C reach the program itself, and no one else.
            sys.stdout.flush()
            os.chdir(ROOT)
            os.execv(path, [path, *options, *last])  # noqa: S606 - our own program, by full path
        code = subprocess.call([path, *options, *last], cwd=ROOT)
        if code:
            return code
    return 0


def say(line: str) -> None:
    """Write one line of progress to standard error."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def make_environment() -> bool:
    """Install everything into `.venv` unless it is already what the constraints ask for."""
    wanted = stamp()
    if STAMP.is_file() and STAMP.read_text(encoding="utf-8") == wanted:
        return True
    if VENV.exists():
        shutil.rmtree(VENV)
    say(
        "setting up .venv with the pinned packages (about 1.5 GB; a minute with uv, three with pip)"
    )
    if not (install_with_uv() or install_with_pip()):
        say("the environment could not be made; the lines above say why")
        return False
    STAMP.write_text(wanted, encoding="utf-8")
    say("the environment is ready")
    return True


def stamp() -> str:
    """Hash everything that decides what the environment holds."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {ROOT}".encode())
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def requirements() -> list[str]:
    """List what is installed: the project with its extras, and the development group."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    group: list[str] = project["dependency-groups"]["dev"]
    return ["-e", f"{ROOT}[{','.join(EXTRAS)}]", *group]


def install_with_uv() -> bool:
    """Get uv into `.tool` and install with it; False where it can't be had or fails."""
    uv = TOOL / "bin" / "uv"
    if not uv.is_file():
        found = shutil.which("uv")
        if found:
            uv = Path(found)
        elif not run(sys.executable, "-m", "pip", "install", "-q", "--target", TOOL, "uv"):
            return False
    constraints = ROOT / "constraints.txt"
    # Compiled as pip does it: whoever forbids Python to write bytecode would compile Label Studio
    # and spaCy at each start otherwise, which doubles the time of every one.
    options = ("-q", "--compile-bytecode", "--python", BIN / "python", "-c", constraints)
    return run(uv, "venv", "-q", "--python", sys.executable, VENV) and run(
        uv, "pip", "install", *options, *requirements()
    )


def install_with_pip() -> bool:
    """Install with the standard library's venv and pip."""
    say("uv can't be had or failed; installing with pip, which takes some minutes")
    venv.EnvBuilder(with_pip=True, clear=True).create(VENV)
    pip = (BIN / "python", "-m", "pip", "install", "-q")
    # Older ones stumble over an extra that is asked for twice (lxml[html-clean]).
    run(*pip, "--upgrade", "pip>=24")
    return run(*pip, "-c", ROOT / "constraints.txt", *requirements())


def install_debian_packages() -> None:
    """Install what the browser and PostgreSQL tests need where that is allowed, or say how."""
    missing = [
        package
        for package, signs in DEBIAN_PACKAGES.items()
        if not any(Path(sign).exists() if "/" in sign else shutil.which(sign) for sign in signs)
    ]
    if not missing:
        return
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        say(f"installing {', '.join(missing)} with apt-get")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        options = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]
        done = [
            subprocess.call(command, env=environment, stdout=subprocess.DEVNULL)
            for command in (["apt-get", "update", "-qq"], options)
        ]
        if done[-1] == 0:
            return
    say(
        f"some tests will be skipped by name; to run them: sudo apt-get install {' '.join(missing)}"
    )


def run(*command: str | Path) -> bool:
    """Run a command and tell whether it succeeded; its own messages stay visible."""
    try:
        return subprocess.call([str(part) for part in command], cwd=ROOT) == 0
    except OSError as error:
        say(f"{command[0]}: {error}")
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

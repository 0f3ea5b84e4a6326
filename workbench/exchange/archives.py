"""Zip archives from outside, unpacked where nothing in them can reach anything else."""

from __future__ import annotations

import stat
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath

from workbench.core.errors import SourceError

_MOST_FILES = 100_000
_MOST_BYTES = 2_000_000_000
_CHUNK = 1 << 20


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """Give a path as it is, or the folder that a zip archive was unpacked to, for as long.

    Raises SourceError for an archive that is broken, too large once unpacked, or has a member that
    would lie outside the folder.
    """
    if path.is_dir() or path.suffix.lower() != ".zip":
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="workbench-") as folder:
        root = Path(folder) / path.stem
        root.mkdir()
        try:
            with zipfile.ZipFile(path) as archive:
                _unpack(archive, root)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
            raise SourceError(f"{path.name} can't be unpacked ({error})") from None
        yield root


def _unpack(archive: zipfile.ZipFile, root: Path) -> None:
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > _MOST_FILES:
        raise SourceError(f"it holds {len(members):,} files, more than {_MOST_FILES:,}")
    wrong = [member.filename for member in members if not _is_inside(member)]
    if wrong:
        raise SourceError(
            f"{wrong[0]!r} would not lie inside the archive's own folder; nothing was unpacked"
        )
    left = _MOST_BYTES
    for member in members:
        target = root.joinpath(*PurePosixPath(member.filename).parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        # The size that the archive states may be a lie: what comes out is counted.
        with archive.open(member) as source, target.open("xb") as out:
            while chunk := source.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise SourceError(f"it unpacks to more than {_MOST_BYTES:,} bytes")
                out.write(chunk)


def _is_inside(member: zipfile.ZipInfo) -> bool:
    """Tell whether a member is a plain file below the root, on any system."""
    name = member.filename
    posix, windows = PurePosixPath(name), PureWindowsPath(name)
    is_link = stat.S_ISLNK(member.external_attr >> 16)
    is_absolute = posix.is_absolute() or windows.drive or windows.root
    climbs = ".." in posix.parts or ".." in windows.parts
    return not (is_link or is_absolute or climbs or "\x00" in name or "\\" in name)

"""A profile: a folder with profile.toml, which names files and constants, and one SQL query a table."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from aftersale.base.errors import BadInput
from aftersale.orders.errors import ProfileError
from aftersale.orders.importing.readers import read_zone
from aftersale.orders.importing.tables import REMARKS, TABLES

SHIPPED = Path(__file__).parent / "profiles"
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_KEYS = {"about", "files", "csv", "constants"}


@dataclass(frozen=True, slots=True)
class Profile:
    """How the files of one shop become our tables."""

    name: str
    about: str
    files: Mapping[str, tuple[str, ...]]
    delimiter: str
    constants: Mapping[str, str]
    queries: Mapping[str, str]

    @property
    def zone(self) -> ZoneInfo | None:
        """The zone of moments that carry none; None where each must carry its own."""
        return ZoneInfo(self.constants["zone"]) if "zone" in self.constants else None


def shipped_profiles() -> list[str]:
    return sorted(folder.name for folder in SHIPPED.iterdir() if (folder / "profile.toml").is_file())


def load_profile(name_or_folder: str) -> Profile:
    """The shipped profile of that name, or the one in that folder. Raises ProfileError."""
    shipped = shipped_profiles()
    folder = SHIPPED / name_or_folder if name_or_folder in shipped else Path(name_or_folder)
    described = folder / "profile.toml"
    if not described.is_file():
        names = " or ".join(shipped)
        raise ProfileError(name_or_folder, f"is no profile: give {names}, or a folder with a profile.toml")
    try:
        found = tomllib.loads(described.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProfileError(str(described), f"cannot be read: {error}") from None
    for key in found.keys() - _KEYS:
        raise ProfileError(str(described), f"`{key}` is not known; it takes {', '.join(sorted(_KEYS))}")
    constants = _constants(described, _section(described, found, "constants"))
    return Profile(
        name=folder.resolve().name[:32],
        about=str(found.get("about", "")),
        files=_files(described, _section(described, found, "files")),
        delimiter=_delimiter(described, _section(described, found, "csv")),
        constants=constants,
        queries=_queries(folder),
    )


def _section(described: Path, found: dict[str, object], name: str) -> dict[str, object]:
    section = found.get(name, {})
    if not isinstance(section, dict):
        raise ProfileError(str(described), f"`{name}` is a table: write [{name}] on a line of its own")
    return section


def _files(described: Path, section: dict[str, object]) -> dict[str, tuple[str, ...]]:
    files: dict[str, tuple[str, ...]] = {}
    for name, given in section.items():
        patterns = [given] if isinstance(given, str) else given
        if not isinstance(patterns, list) or not all(isinstance(one, str) and one for one in patterns):
            raise ProfileError(str(described), f'`{name}` takes a pattern such as "orders*.csv", or a list')
        if not _NAME.fullmatch(name):
            raise ProfileError(str(described), f"`{name}` cannot name a table: use a-z, 0-9 and _")
        files[name] = tuple(patterns)
    if not files:
        raise ProfileError(str(described), 'has no [files]: name what to read, such as orders = "orders.csv"')
    return files


def _delimiter(described: Path, section: dict[str, object]) -> str:
    for key in section.keys() - {"delimiter"}:
        raise ProfileError(str(described), f"`{key}` is not known in [csv]; it takes delimiter")
    delimiter = section.get("delimiter", ",")
    if not isinstance(delimiter, str) or len(delimiter) != 1:
        raise ProfileError(str(described), '`delimiter` takes one character, such as ";"')
    return delimiter


def _constants(described: Path, section: dict[str, object]) -> dict[str, str]:
    for name, given in section.items():
        if not _NAME.fullmatch(name) or not isinstance(given, str):
            raise ProfileError(str(described), f'`{name}` in [constants] takes a text, such as "EUR"')
    constants = {name: str(given) for name, given in section.items()}
    if "zone" in constants:
        try:
            read_zone(constants["zone"], "zone")
        except BadInput as error:
            raise ProfileError(str(described), str(error)) from None
    return constants


def _queries(folder: Path) -> dict[str, str]:
    known = {f"{name}.sql" for name in (*TABLES, REMARKS)}
    found = {path.name: path for path in sorted(folder.glob("*.sql"))}
    for name in found.keys() - known:
        raise ProfileError(str(folder / name), f"is no table of ours; they are {', '.join(sorted(known))}")
    for name in known - found.keys() - {f"{REMARKS}.sql"}:
        raise ProfileError(str(folder / name), "is missing: a profile has one query for each table")
    return {path.stem: path.read_text(encoding="utf-8") for path in found.values()}

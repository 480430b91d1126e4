"""DuckDB at work: the files become tables of text, the profile's queries give rows of text."""

from csv import Error as CsvError
from csv import reader as csv_reader
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from aftersale.orders.errors import ProfileError, SourceError
from aftersale.orders.importing.profile import Profile
from aftersale.orders.importing.report import Remark
from aftersale.orders.importing.tables import REMARKS, readers_of, required_of

type TextRow = dict[str, str | None]

ENDINGS = {".csv": "csv", ".jsonl": "json", ".ndjson": "json", ".parquet": "parquet"}
_OFFLINE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


@dataclass(slots=True)
class Source:
    """What the queries gave, a list of rows for each table, and the records that no query could read."""

    rows: dict[str, list[TextRow]] = field(default_factory=dict)
    unreadable: list[Remark] = field(default_factory=list)


def read_source(profile: Profile, source: Path) -> Source:
    """Run the queries of `profile` over `source`, a file or a folder. Raises ProfileError and SourceError."""
    files = _files_of(profile, source)
    found = Source()
    with duckdb.connect(config=_OFFLINE) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for name, paths in files.items():
            _load(connection, name, paths, profile, found)
        for name, value in profile.constants.items():
            connection.execute(f"SET VARIABLE {name} = {_quoted(value)}")
        # From here on a query sees the loaded tables and nothing else of this machine.
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        for table, sql in profile.queries.items():
            found.rows[table] = _run(connection, table, sql, profile)
    found.rows.setdefault(REMARKS, [])
    return found


def _files_of(profile: Profile, source: Path) -> dict[str, list[Path]]:
    if source.is_file():
        if len(profile.files) > 1:
            names = ", ".join(profile.files)
            raise SourceError(f"{source}: the profile {profile.name} reads a folder with files for {names}")
        found = {name: [source] for name in profile.files}
    elif source.is_dir():
        found = {
            name: sorted({path for pattern in patterns for path in source.glob(pattern) if path.is_file()})
            for name, patterns in profile.files.items()
        }
    else:
        raise SourceError(f"{source}: there is no such file or folder")
    for name, paths in found.items():
        if not paths:
            wanted = " or ".join(profile.files[name])
            raise SourceError(f"{source}: no file {wanted} is here, which the profile {profile.name} reads")
        for path in paths:
            if path.suffix.lower() not in ENDINGS:
                raise SourceError(f"{path}: files to import end in {', '.join(ENDINGS)}")
    return found


def _load(
    connection: duckdb.DuckDBPyConnection, name: str, paths: list[Path], profile: Profile, found: Source
) -> None:
    parts = []
    for path in paths:
        reads, what = _reader_of(path, profile)
        where = f"{_quoted(f'{path.name}, {what} ')} || row_number() OVER ()"
        parts.append(f"SELECT *, {where} AS origin FROM {reads}")  # noqa: S608 - quoted
    try:
        connection.execute(f"CREATE TABLE {name} AS {' UNION ALL BY NAME '.join(parts)}")
    except duckdb.Error as error:
        names = ", ".join(str(path) for path in paths)
        raise SourceError(f"{names}: cannot be read: {_first_line(error)}") from None
    found.unreadable += _unreadable(connection, name, paths)


def _reader_of(path: Path, profile: Profile) -> tuple[str, str]:
    file = _quoted(str(path))
    match ENDINGS[path.suffix.lower()]:
        case "csv":
            columns = ", ".join(f"{_quoted(name)}: 'VARCHAR'" for name in _header(path, profile))
            options = "auto_detect=false, header=true, quote='\"', escape='\"', store_rejects=true"
            delimiter = _quoted(profile.delimiter)
            return f"read_csv({file}, columns={{{columns}}}, delim={delimiter}, {options})", "row"
        case "json":
            return f"read_ndjson_objects({file}, ignore_errors=true)", "record"
        case _:
            return f"read_parquet({file})", "row"


def _header(path: Path, profile: Profile) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            names = next(csv_reader(file, delimiter=profile.delimiter, strict=True), [])
    except (UnicodeDecodeError, CsvError) as error:
        raise SourceError(f"{path}: its first row cannot be read: {error}") from None
    names = [name.strip() for name in names]
    if not names or not all(names) or len({name.lower() for name in names}) < len(names):
        raise SourceError(f"{path}: its first row names the columns, each once; it says {names}")
    if "origin" in names:
        raise SourceError(f"{path}: `origin` cannot name a column: it is where a row stands")
    return names


def _unreadable(connection: duckdb.DuckDBPyConnection, name: str, paths: list[Path]) -> list[Remark]:
    """Records that are no CSV or no JSON. Which order they belong to, nobody can say."""
    if ENDINGS[paths[0].suffix.lower()] == "json":
        broken = connection.table(name).filter("json IS NULL").project("origin").fetchall()
        return [Remark(name, origin, "", "", "it is not a JSON object") for (origin,) in broken]
    has_rejects = "SELECT 1 FROM duckdb_tables() WHERE table_name = 'reject_errors'"
    if not connection.execute(has_rejects).fetchall():
        return []
    broken = connection.execute(
        "SELECT parse_filename(file_path) AS file, line, lower(min(error_type)), min(error_message)"
        " FROM reject_errors JOIN reject_scans USING (scan_id, file_id) GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    connection.execute("DELETE FROM reject_errors")
    return [
        Remark(name, f"{file}, line {line}", "", "", f"{kind}: {' '.join(message.split())}")
        for file, line, kind, message in broken
    ]


def _run(connection: duckdb.DuckDBPyConnection, table: str, sql: str, profile: Profile) -> list[TextRow]:
    file = f"{profile.name}/{table}.sql"
    try:
        statements = duckdb.extract_statements(sql)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise ProfileError(file, "holds one SELECT and nothing else")
        described = connection.execute(f"DESCRIBE {statements[0].query}").fetchall()
        _check_columns(file, table, {name: kind for name, kind, *_ in described})
        rows = connection.sql(statements[0].query).project("CAST(COLUMNS(*) AS VARCHAR)").fetchall()
    except duckdb.Error as error:
        raise ProfileError(file, _first_line(error)) from None
    columns = [name for name, *_ in described]
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _check_columns(file: str, table: str, kinds: dict[str, str]) -> None:
    known, required = readers_of(table), required_of(table)
    for name in kinds.keys() - known.keys():
        raise ProfileError(file, f"`{name}` is no column of {table}; they are {', '.join(known)}")
    for name in known:
        if name in required and name not in kinds:
            raise ProfileError(file, f"gives no column `{name}`, which {table} needs")
    for name, kind in kinds.items():
        if kind in ("DOUBLE", "FLOAT"):
            raise ProfileError(file, f"`{name}` is {kind}, which is not exact: give a text or a DECIMAL")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _first_line(error: duckdb.Error) -> str:
    return str(error).strip().split("\n")[0]

"""The layers: flags > CODEX_TUI_… variables > config.toml > defaults, into one frozen object."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct, field

from codex_tui.config.errors import ConfigError, line_of, suggestion
from codex_tui.config.options import OPTIONS, PREFIX, Option, UnfitError, Value
from codex_tui.config.paths import Paths
from codex_tui.config.profiles import ALIASES, KEYS, Profile, Spec, Transport, read_profile

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from codex_tui.redact import Secret

Origin = Literal["flag", "environment", "file", "default"]
Format = Literal["text", "json", "events", "summary", "plain"]
Level = Literal["error", "warning", "note"]
CheckFormat = Literal["text", "json", "junit", "github"]
ConformFormat = Literal["text", "md", "json", "junit"]
TapFormat = Literal["text", "json"]
_LARGEST = 1 << 20
"""Bytes of a config file, at most: what has no end is none."""

_TABLES = ("profiles", "keys")
_OPTION_TABLES = {option.table for option in OPTIONS.values() if option.table}


class Settings(Struct, frozen=True):
    """What holds for this run. The fields up to `limited` are those of `OPTIONS`."""

    paths: Paths
    model: str | None = None
    profile: str | None = None
    base_url: str | None = None
    instructions: str | None = None
    effort: str | None = None
    transport: Transport | None = None
    record: bool = True
    theme: str | None = None
    plain: bool | None = None
    connect_timeout: float | None = 15.0
    header_timeout: float | None = None
    idle_timeout: float | None = None
    retries: int = 0
    tools: Path | None = None
    body: Path | None = None
    data_dir: Path | None = None
    speed: float | None = 1.0
    paused: bool = False
    idle_limit: float | None = None
    loop: bool = False
    at: str | None = None
    follow: bool = False
    exit: bool = False
    format: Format = "text"
    turn: int | None = None
    reasoning: bool = False
    keep_days: float | None = None
    max_size: int | None = None
    export_format: str | None = None
    output: Path | None = None
    force: bool = False
    redact: bool = True
    screen_size: str = "140x40"
    film: bool = False
    begin: str | None = None
    end: str | None = None
    spec: Spec = "openai"
    ignore: tuple[str, ...] = ()
    level: Level = "error"
    check_format: CheckFormat = "text"
    models: tuple[str, ...] = ()
    times: int = 1
    background: bool = False
    after: int | None = None
    together: bool | None = None
    check: bool = False
    conform_format: ConformFormat = "text"
    compare_format: str | None = None
    questions: tuple[str, ...] = ()
    comparison_file: Path | None = None
    tolerance: str | None = None
    only: tuple[str, ...] = ()
    rehearsal: bool = False
    probes_folder: Path | None = None
    explain: str | None = None
    structure_only: bool = False
    to: str | None = None
    port: int | None = None
    host: str = "127.0.0.1"
    match: tuple[str, ...] = ()
    strict: bool = False
    chaos: tuple[str, ...] = ()
    seed: int | None = None
    list_chaos: bool = False
    allow_host: tuple[str, ...] = ()
    allow_origin: tuple[str, ...] = ()
    view: bool | None = None
    split: bool | None = None
    quiet: bool = False
    tap_format: TapFormat = "text"
    tap_max_size: int | None = 2_000_000_000
    token: Secret | None = None
    limited: bool = True
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    origins: Mapping[str, Origin] = field(default_factory=dict)
    file: ConfigFile | None = None

    def chosen(self, name: str) -> bool:
        """Whether an option was given for this run, by a flag or a variable."""
        return self.origins.get(name) in ("flag", "environment")

    def rules(self) -> tuple[Spec, tuple[str, ...]]:
        """Whose rules streams are checked by, and which of them are not spoken of.

        What the profile says stands between what was chosen for this run and the file.
        """
        profile = self.profiles.get(self.profile or "")
        spec, ignore = self.spec, self.ignore
        if profile is not None:
            spec = spec if self.chosen("spec") else profile.spec or spec
            ignore = ignore if self.chosen("ignore") else (*ignore, *profile.ignore)
        return spec, ignore

    def place(self, *path: str) -> str:
        """Where a key stands in the file, to begin a complaint of it with; "" if it doesn't."""
        if self.file is None or self.origins.get(path[0], "file") != "file":
            return ""
        return self.file.place(path)

    def said_at(self, name: str) -> str:
        """Where an option was given, to begin a complaint of its value with: a flag, a file."""
        match self.origins.get(name):
            case "flag":
                return f"{OPTIONS[name].flag}: "
            case "environment":
                return f"{OPTIONS[name].variable}: "
            case _:
                return self.place(name)


def load(flags: Mapping[str, object], environ: Mapping[str, str]) -> Settings:
    """Read what the user chose.

    Args:
        flags: Options from the command line, by name; None is one that was not given.
        environ: The process's environment.

    Raises:
        ConfigError: A flag, a variable or the file can't be used.
    """
    file = ConfigFile.read(
        Paths.of(environ).config_file, named=bool(environ.get("CODEX_TUI_CONFIG"))
    )
    values: dict[str, Any] = {}
    origins: dict[str, Origin] = {}
    for option in OPTIONS.values():
        values[option.name], origins[option.name] = _layered(option, flags, environ, file)
    paths = Paths.of(environ, values["data_dir"])
    profiles, keys = file.profiles(), file.keys()
    return Settings(paths=paths, profiles=profiles, keys=keys, origins=origins, file=file, **values)


def _layered(
    option: Option, flags: Mapping[str, object], environ: Mapping[str, str], file: ConfigFile
) -> tuple[Value, Origin]:
    given = flags.get(option.name)
    if given is not None:
        return _flag_value(option, given), "flag"
    for name, opposite in _spellings(option) if "environment" in option.ways else ():
        variable = PREFIX + name.upper()
        if text := environ.get(variable):
            return _variable_value(option, variable, text, opposite=opposite), "environment"
    for name, opposite in _spellings(option):
        if name in file.values:
            return file.value(option, name, opposite=opposite), "file"
    return option.default, "default"


def _spellings(option: Option) -> tuple[tuple[str, bool], ...]:
    own = ((option.name, False),)
    return (*own, (option.negated, True)) if option.negated else own


def _names_in(table: str) -> dict[str, str]:
    """The keys of a table of the file, and what is meant by them; "" is the top."""
    options = (each for each in OPTIONS.values() if each.table == table and "file" in each.ways)
    return {option.key or name: name for option in options for name, _ in _spellings(option)}


def _flag_value(option: Option, given: object) -> Value:
    try:
        return option.read_text(given) if isinstance(given, str) else option.read(given)
    except UnfitError as error:
        raise ConfigError(str(error), option.flag) from None


def _variable_value(option: Option, variable: str, text: str, *, opposite: bool) -> Value:
    try:
        value = option.read_text(text)
    except UnfitError as error:
        raise ConfigError(str(error), variable) from None
    return not value if opposite else value


class ConfigFile(Struct, frozen=True):
    """config.toml, its top-level keys known, with what is needed to say where an error stands."""

    path: Path
    text: str
    values: dict[str, object]

    def __repr__(self) -> str:
        return f"ConfigFile({str(self.path)!r})"  # a key may stand in its text

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("path", self.path)]

    @classmethod
    def read(cls, path: Path, *, named: bool) -> ConfigFile:
        """Read a file; one that is missing is empty, unless it was named."""
        try:
            with path.open("rb") as file:
                text = file.read(_LARGEST + 1).decode()
        except FileNotFoundError:
            if named:
                raise ConfigError("no such file (CODEX_TUI_CONFIG names it)", str(path)) from None
            return cls(path, "", {})
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise ConfigError(f"can't be read: {reason}", str(path)) from None
        if len(text) > _LARGEST:
            raise ConfigError("not a config file: larger than 1 MB", str(path))
        return cls._parsed(path, text)

    @classmethod
    def _parsed(cls, path: Path, text: str) -> ConfigFile:
        import tomllib  # where there is a file

        try:
            table = tomllib.loads(text.removeprefix("\ufeff"))
        except tomllib.TOMLDecodeError as error:
            what, _, position = str(error).partition(" (at line ")
            line = position.partition(",")[0]
            last = str(error).endswith("(at end of document)")
            number = int(line) if line.isdecimal() else text.count("\n") + 1 if last else None
            raise ConfigError(f"not TOML: {what}", str(path), number) from None
        except RecursionError:
            raise ConfigError("not a config file: nested too deeply", str(path)) from None
        except ValueError:  # Python reads no more digits than that
            raise ConfigError(
                "not a config file: a number of thousands of digits", str(path)
            ) from None
        file = cls(path, text, {})
        for key, value in table.items():
            known = {*_names_in(""), *_TABLES, *_OPTION_TABLES}
            file.values[file.known(key, known, ())] = value
        for name in _OPTION_TABLES:
            known_here = _names_in(name)
            for key, value in file._table(name).items():
                file.values[known_here[file.known(key, known_here, (name,))]] = value
        return file

    def error(self, message: str, *path: str) -> ConfigError:
        """The error that says what is wrong with a key, and where it stands."""
        key = ".".join(path)
        return ConfigError(f'"{key}" {message}', str(self.path), line_of(self.text, path), key)

    def place(self, path: tuple[str, ...]) -> str:
        """Where a key stands, to begin a complaint with."""
        line = line_of(self.text, path)
        return f"{self.path}: " if line is None else f"{self.path}:{line}: "

    def known(self, key: str, names: Collection[str], table: tuple[str, ...]) -> str:
        """The key as we spell it: a hyphen is an underscore."""
        name = key.replace("-", "_")
        if name not in names:
            raise self.error(f"is not a key: {suggestion(name, names)}", *table, key)
        return name

    def value(self, option: Option, name: str, *, opposite: bool) -> Value:
        """What the file says of an option, under one of its names."""
        try:
            value = option.read(self.values[name])
        except UnfitError as error:
            table = (option.table,) if option.table else ()
            raise self.error(str(error), *table, option.key or name) from None
        if isinstance(value, Path):
            return self.path.parent / value
        return not value if opposite else value

    def profiles(self) -> dict[str, Profile]:
        """The tables of servers."""
        tables = self._table("profiles")
        return {name: self._profile(name, table) for name, table in tables.items()}

    def _profile(self, name: str, table: object) -> Profile:
        if not isinstance(table, dict):
            raise self.error(f"must be a table: [profiles.{name}]", "profiles", name)
        values: dict[str, object] = {}
        for key, value in table.items():
            known = self.known(key, {*KEYS, *ALIASES}, ("profiles", name))
            known = ALIASES.get(known, known)
            fits, wanted = KEYS[known]
            if not fits(value):
                raise self.error(wanted, "profiles", name, key)
            values[known] = value
        return read_profile(name, values, self.path.parent)

    def keys(self) -> dict[str, str]:
        """What keys are bound to, by the ids of bindings."""
        return {name: self._keys(name, value) for name, value in self._table("keys").items()}

    def _keys(self, name: str, value: object) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, list) and all(isinstance(key, str) for key in value):
            return ",".join(value)
        raise self.error("must be a key, or a list of keys, in quotes", "keys", name)

    def _table(self, name: str) -> dict[str, Any]:
        table = self.values.get(name, {})
        if not isinstance(table, dict):
            raise self.error(f"must be a table: [{name}]", name)
        return table

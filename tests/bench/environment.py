"""The environment in which the others are installed, beside the checkout; never a dependency.

toolong wants an old Textual and so has one of its own, as mitmproxy has. Peers are untyped, so they
are imported by name, as `Any`.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
import venv
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

if TYPE_CHECKING:
    from collections.abc import Sequence

CHECKOUT = Path(__file__).parents[2]
PEERS = ("openai", "httpx-sse", "orjson", "codex-open-client")
TOOLONG = ("toolong",)
MITMPROXY = ("mitmproxy",)


def default_folder() -> Path:
    """Where the environment lies unless `--env` names another place."""
    return platformdirs.user_cache_path("codex-tui", appauthor=False) / "bench"


def enter(folder: Path) -> None:
    """Go on in the environment, which is made if it isn't there; it does not return otherwise."""
    folder = folder.absolute()
    python = _made(folder / "peers", [*PEERS, "--editable", str(CHECKOUT)], _dependencies())
    _made(folder / "toolong", TOOLONG)
    if Path(sys.prefix) != folder / "peers":
        again = [str(python), "-m", "tests.bench", *sys.argv[1:]]
        raise SystemExit(subprocess.run(again, cwd=CHECKOUT, check=False).returncode)


def toolong() -> Path:
    """toolong's command."""
    return Path(sys.prefix).parent / "toolong" / "bin" / "tl"


def mitmdump() -> Path:
    """mitmproxy's command without a screen; it is installed when somebody asks for it."""
    folder = Path(sys.prefix).parent / "mitmproxy"
    return _made(folder, MITMPROXY).with_name("mitmdump")


def peer(module: str) -> Any:
    """A peer's module."""
    return import_module(module)


def _dependencies() -> list[str]:
    """What the checkout needs: when that changes, the environment is made anew."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    return [str(dependency) for dependency in project["dependencies"]]


def _made(folder: Path, packages: Sequence[str], needs: Sequence[str] = ()) -> Path:
    """The Python of an environment that has these packages."""
    python = folder / "bin" / "python"
    stamp = folder / "installed"
    wanted = "\n".join([*packages, *needs])
    if not stamp.exists() or stamp.read_text() != wanted:
        print(f"installing {', '.join(packages)} into {folder}", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", *packages]
        subprocess.run(pip, check=True)
        stamp.write_text(wanted)
    return python

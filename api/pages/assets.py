"""Where templates find the built styles and script: the manifest names files by their content."""

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from flask import Response, request
from markupsafe import Markup

FOREVER = "public, max-age=31536000, immutable"

log = logging.getLogger(__name__)


class Assets:
    """The manifest of the built files, read anew when it was built anew. Without it pages come without styles."""

    def __init__(self, folder: str, url: str) -> None:
        """Look at a folder that is served under an address."""
        self._manifest = Path(folder) / "manifest.json"
        self._url = url
        self._read: tuple[int, Mapping[str, Any]] = (-1, {})
        self._lock = Lock()

    def build(self) -> str:
        """What tells one build from the next."""
        self.entries()
        return str(self._read[0])

    def entries(self) -> Mapping[str, Any]:
        """The manifest's entries, by source file."""
        try:
            changed = self._manifest.stat().st_mtime_ns
        except OSError:
            changed = 0
        if changed != self._read[0]:
            with self._lock:
                if not changed:
                    log.warning("styles and script of the pages are not built; `make web` builds them")
                self._read = (changed, json.loads(self._manifest.read_bytes()) if changed else {})
        return self._read[1]

    def stylesheets(self, name: str = "frame") -> Markup:
        """The links to an entry's style sheets."""
        entry = self.entries().get(f"src/entries/{name}.ts", {})
        tag = Markup('<link rel="stylesheet" href="{}">')
        return Markup("\n").join(tag.format(self._address(file)) for file in entry.get("css", ()))

    def script(self, name: str = "frame") -> Markup:
        """The tag that loads an entry's script, if it was built."""
        entry = self.entries().get(f"src/entries/{name}.ts")
        if entry is None:
            return Markup("")
        return Markup('<script type="module" src="{}"></script>').format(self._address(entry["file"]))

    def _address(self, file: str) -> str:
        return f"{self._url}/{file}"

    def keep(self, response: Response) -> Response:
        """Let browsers keep files whose names tell their content."""
        if request.path.startswith(f"{self._url}/assets/") and response.status_code in (200, 304):
            response.headers["Cache-Control"] = FOREVER
        return response

"""Keeps the translations complete: collects what is said from the source, updates the catalogs and compiles them.

    python scripts/translations.py            update api/translations/*/LC_MESSAGES/messages.po and .mo
    python scripts/translations.py --check    say what is missing, and fail if anything is

Collected are the texts of ``api`` and of its templates, the phrases with which the core says what it expected and found
(a phrase with filled-in parts becomes a template with ``{}``), and the messages of the command-line library.
"""

import ast
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "api" / "translations"
LANGUAGES = ("de",)
"""English is what the source says."""

Message = str | tuple[str, str]

SAYING_IN_TEMPLATES = ("_", "ngettext")

SAYING = {"words", "_words", "speak", "N_", "_"}
"""Functions of ``api`` whose first argument is a message."""

CORE = ("graph_service", "importers", "matching", "api")
PHRASES = {
    "note": (1, 2),
    "Issue": (1, 2),
    "add": (0, 1),
    "_check_range": (0,),
    "__init__": (0, 1),
}
"""Calls other than errors that hold phrases, and at which positions."""

CLICK_MODULES = ("core.py", "decorators.py", "exceptions.py", "formatting.py", "parser.py", "types.py")
CLICK_INTERNAL = (
    "DeprecationWarning",
    "Name '",
    "Boolean option",
    "Could not determine",
    "No options defined",
    "Arguments take",
    "Value must",
)
"""Beginnings of messages that only a programmer sees."""


class Source:
    """The project's modules as syntax trees, with their constant texts."""

    def __init__(self, root: Path) -> None:
        self.trees = {
            path: ast.parse(path.read_text("utf-8"))
            for package in CORE
            for path in sorted((root / package).rglob("*.py"))
        }
        self.constants: dict[str, list[str]] = {}
        self.tables: dict[str, list[str]] = {}
        self.errors = {"GraphServiceError"}
        for tree in self.trees.values():
            for node in tree.body:
                self._learn(node)
            for part in ast.walk(tree):
                match part:
                    case ast.Assign(targets=[ast.Name(id=name)], value=ast.Dict(values=values)):
                        self.tables.setdefault(name, []).extend(t for value in values for t in self.texts(value))

    def _learn(self, node: ast.stmt) -> None:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                if isinstance(value, ast.Constant | ast.JoinedStr):
                    self.constants.setdefault(name, []).extend(self.texts(value))
            case ast.ClassDef(name=name, bases=bases):
                if any(isinstance(base, ast.Name) and base.id in self.errors for base in bases):
                    self.errors.add(name)

    def texts(self, node: ast.AST) -> list[str]:
        """The texts that an expression may be, filled-in parts as {}."""
        match node:
            case ast.Constant(value=str(text)):
                return [text] if any(c.isalpha() for c in text) else []
            case ast.JoinedStr(values=values):
                return ["".join(str(v.value) if isinstance(v, ast.Constant) else "{}" for v in values)]
            case ast.IfExp(body=body, orelse=orelse):
                return self.texts(body) + self.texts(orelse)
            case ast.BoolOp(values=values):
                return [text for value in values for text in self.texts(value)]
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return [a + b for a in self.texts(left) or ["{}"] for b in self.texts(right) or ["{}"]]
            case ast.Subscript(value=ast.Name(id=name)):
                return self.tables.get(name, [])
            case ast.Name(id=name) | ast.Attribute(attr=name):
                return self.constants.get(name, []) if name.isupper() else []
        return []

    def messages(self) -> Iterator[Message]:
        """Everything that is said."""
        for path, tree in self.trees.items():
            outside = path.is_relative_to(ROOT / "api")
            for node in ast.walk(tree):
                if isinstance(node, ast.Call):
                    if outside:
                        yield from self._said(node)
                    yield from self._phrases(node)

    def kinds(self) -> set[str]:
        """The kinds of issues that importers report."""
        found: set[str] = set()
        for path, tree in self.trees.items():
            if path.is_relative_to(ROOT / "importers"):
                for node in ast.walk(tree):
                    found.update(self._kinds(node))
        return {kind for kind in found if re.fullmatch("[a-z-]+", kind)}

    def _kinds(self, node: ast.AST) -> Iterator[str]:
        match node:
            case ast.Call(func=function, args=[first, *_]) if _name(function) in ("note", "_notice", "Issue"):
                yield from self.texts(first)
            case ast.Subscript(value=ast.Attribute(attr="_aside"), slice=key):
                yield from self.texts(key)
        if isinstance(node, ast.Call) and _name(node.func) == "add":
            yield from (text for k in node.keywords if k.arg == "kind" for text in self.texts(k.value))

    def _said(self, call: ast.Call) -> Iterator[Message]:
        name = _name(call.func)
        if name == "plural" and len(call.args) > 1:
            one, many = (self.texts(arg) for arg in call.args[:2])
            if one and many:
                yield one[0], many[0]
        elif name in SAYING and call.args:
            yield from (t for t in self.texts(call.args[0]))

    def _phrases(self, call: ast.Call) -> Iterator[Message]:
        name = _name(call.func)
        places = (0, 1) if name in self.errors else PHRASES.get(name, ())
        for place, kept in zip(places, (_says_something, _says_enough), strict=False):
            if place < len(call.args):
                yield from filter(kept, self.texts(call.args[place]))
        if places:
            yield from (t for k in call.keywords if k.arg in ("expected", "found") for t in self.texts(k.value))


def _says_something(text: str) -> bool:
    return any(c.isalpha() for c in text)


def _says_enough(text: str) -> bool:
    """Whether a phrase about what was found is told apart from somebody's own words (as api.language does)."""
    return " " in text and re.search("[a-z]{5}", text) is not None


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Call):  # words()("…")
        return _name(function.func)
    return (
        function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
    )


def template_messages() -> Iterator[Message]:
    """What the templates of pages say."""
    for path in sorted((ROOT / "api" / "templates").rglob("*.html")):
        with path.open("rb") as source:
            for _, _, message, _ in babel_extract(source, SAYING_IN_TEMPLATES, (), {"silent": "false"}):
                match message:
                    case str(one) | (str(one), None, *_):
                        yield one
                    case (str(one), str(many), *_):
                        yield one, many


def click_messages() -> Iterator[Message]:
    """What the command-line library says."""
    for file, _, message, _, _ in extract_from_dir(str(Path(click.__file__).parent), [("**.py", "python")]):
        first = message if isinstance(message, str) else message[0]
        if file in CLICK_MODULES and not first.startswith(CLICK_INTERNAL):
            yield message if isinstance(message, str) else (message[0], message[1])


def collect() -> Catalog:
    """Everything that is said, without translations."""
    catalog = Catalog(domain="messages", fuzzy=False, project="buendniskompass", header_comment="# Bündniskompass")
    for message in sorted({*Source(ROOT).messages(), *template_messages(), *click_messages()}, key=str):
        catalog.add(message)
    return catalog


def updated(language: str) -> Catalog:
    """The catalog of a language with all messages and no others."""
    path = po_path(language)
    found = collect()
    catalog = Catalog(
        locale=language, domain="messages", fuzzy=False, project="buendniskompass", header_comment="# Bündniskompass"
    )
    known = read_po(path.open("rb"), locale=language) if path.exists() else Catalog(locale=language)
    for message in found:
        if message.id:
            old = known.get(message.id)
            catalog.add(message.id, old.string if old else "")
    return catalog


def po_path(language: str) -> Path:
    """Where a language's catalog is."""
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


def written(catalog: Catalog) -> bytes:
    """A catalog as text, the same for the same content."""
    buffer = BytesIO()
    write_po(buffer, catalog, width=120, sort_output=True, omit_header=False, include_lineno=False)
    lines = buffer.getvalue().decode().splitlines(keepends=True)
    volatile = ('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By', '"Last-Translator', '"Report-Msgid')
    return "".join(line for line in lines if not line.startswith(volatile)).encode()


def compiled(catalog: Catalog) -> bytes:
    """A catalog as gettext reads it."""
    buffer = BytesIO()
    same = read_po(BytesIO(written(catalog)), locale=str(catalog.locale))
    same.creation_date = same.revision_date = datetime(2026, 1, 1, tzinfo=UTC)  # of the same content the same bytes
    write_mo(buffer, same)
    return buffer.getvalue()


def missing(catalog: Catalog) -> list[str]:
    """The messages without a translation, or with other places to fill."""
    return [
        str(m.id) for m in catalog if m.id and (not m.string or (isinstance(m.string, tuple) and not all(m.string)))
    ]


def check(language: str) -> list[str]:
    """What is wrong with the committed catalog of a language."""
    catalog = updated(language)
    wrong = [f"{language}: not translated: {text}" for text in missing(catalog)]
    if not po_path(language).exists() or po_path(language).read_bytes() != written(catalog):
        wrong.append(f"{language}: messages.po is not up to date")
    if not wrong and po_path(language).with_suffix(".mo").read_bytes() != compiled(catalog):
        wrong.append(f"{language}: messages.mo is not compiled from messages.po")
    return wrong


def main() -> int:
    """Update the catalogs, or check them."""
    wrong = []
    for language in LANGUAGES:
        if "--check" in sys.argv[1:]:
            wrong += check(language)
        else:
            catalog = updated(language)
            path = po_path(language)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(written(catalog))
            path.with_suffix(".mo").write_bytes(compiled(catalog))
            print(f"{language}: {len(catalog)} messages, {len(missing(catalog))} not translated")
    print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

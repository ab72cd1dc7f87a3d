"""Writes XML as a stream: nothing of the graph is held in memory."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import TextIOBase
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from graph_service.export.network import clean


class Markup:
    """A stream of elements; text is cleaned of what XML cannot hold."""

    def __init__(self, file: TextIOBase) -> None:
        """Write the declaration."""
        self._generator = XMLGenerator(file, "utf-8", short_empty_elements=True)
        self._generator.startDocument()

    @contextmanager
    def inside(self, name: str, attributes: Mapping[str, str] | None = None) -> Iterator[None]:
        """An element around what is written in the block."""
        self._start(name, attributes)
        yield
        self._generator.endElement(name)
        self._generator.ignorableWhitespace("\n")

    def element(self, name: str, attributes: Mapping[str, str] | None = None, text: str = "") -> None:
        """An element with nothing but text in it."""
        self._start(name, attributes)
        if text:
            self._generator.characters(clean(text))
        self._generator.endElement(name)

    def _start(self, name: str, attributes: Mapping[str, str] | None) -> None:
        cleaned = {key: clean(value) for key, value in (attributes or {}).items()}
        self._generator.startElement(name, AttributesImpl(cleaned))

"""Applies a map's rules to a row: which text stands for a column of the target."""

from collections.abc import Sequence

from graph_service.errors import InvalidValue
from importers.spreadsheets import Cell
from importers.table.maps import Rule
from importers.table.sources import Source
from importers.table.values import official_code, plain_text, slug


def spoken(name: str) -> str:
    """The name of a column or vocabulary as words: "target_groups" are "target groups"."""
    return name.replace("_", " ")


class Applied:
    """A rule bound to the columns of one source; raises SourceError where a column is missing."""

    def __init__(self, rule: Rule, source: Source) -> None:
        """Find the columns once."""
        self.rule = rule
        self._at = [source.index(name) for name in rule.columns]
        self._forms_at = source.index(rule.forms[0]) if rule.forms else None
        self.heading = ", ".join(rule.columns)
        """The headings that the value stands under, as in the file."""

    def cell(self, cells: Sequence[Cell]) -> Cell:
        """The cell, or the text made of several; None where there is nothing."""
        if not self._at:
            return self.rule.value
        if len(self._at) == 1 and not self.rule.slug:
            cell = cells[self._at[0]]
            return self.rule.value if cell is None or cell == "" else cell
        words = [plain_text(cells[at]) for at in self._at]
        text = " ".join(filter(None, words))
        return (slug(text) or None) if self.rule.slug else (text or self.rule.value)

    def text(self, cells: Sequence[Cell]) -> str:
        """The cell as text, "" where there is nothing."""
        return plain_text(self.cell(cells))

    def code(self, cells: Sequence[Cell]) -> str:
        """The cell as an official code, "" where there is nothing or the row's kind is not asked for."""
        text = self.text(cells)
        form = self.rule.form
        if self.rule.forms is not None and self._forms_at is not None:
            form = self.rule.forms[1].get(plain_text(cells[self._forms_at]), "")
            if not form:
                return ""
        if not text:
            raise InvalidValue("an official code", "an empty cell")
        return text if form == "text" else official_code(text, form)

    def replaced(self, text: str) -> tuple[str, ...]:
        """What the map says instead of a text; the text itself where it says nothing. Raises InvalidValue."""
        if self.rule.values is None:
            return (text,)
        known = self.rule.values.get(text)
        if known is None:
            raise InvalidValue("a value that the map knows", text)
        return tuple(filter(None, known))

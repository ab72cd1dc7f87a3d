"""Writes a council paper as DOCX with styles and nothing set by hand, so that an office can apply its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import cast

from docx import Document
from docx.document import Document as OpenDocument
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.table import Table
from docx.text.paragraph import Paragraph

TABLE = "Table Grid"
TABLE_TEXT, TABLE_HEADING, TABLE_NUMBER = "Table Text", "Table Heading", "Table Number"
"""Styles of our own, for what stands in tables."""
FONT = "Arial"


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a section."""

    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """A table with its caption; ``widths`` in cm."""

    caption: str
    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    numbers: bool = False
    """Whether all columns but the first hold numbers."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as PNG, what it shows in words, and its caption."""

    png: bytes
    alt: str
    caption: str


Part = Heading | Text | Bullets | Rows | Picture


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper: title, one line below it, parts in order, and what stands at the foot of every page."""

    title: str
    subtitle: str
    language: str
    parts: tuple[Part, ...]
    foot: str


def write_paper(paper: Paper) -> bytes:
    """The paper as a file for Word and LibreOffice."""
    document = Document()
    _page(document)
    _styles(document)
    _describe(document, paper)
    document.add_paragraph(paper.title, "Title")
    if paper.subtitle:
        document.add_paragraph(paper.subtitle, "Subtitle")
    for part in paper.parts:
        _add(document, part)
    _foot(document, paper.foot)
    found = BytesIO()
    document.save(found)
    return found.getvalue()


def _page(document: OpenDocument) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin, section.bottom_margin = Cm(2.5), Cm(2)


def _styles(document: OpenDocument) -> None:
    """One plain font for everything, and small type in tables: as definitions of styles, which an office replaces."""
    for style in document.styles:
        fonts = style.element.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
        if fonts is not None:
            fonts.attrib.clear()
            for script in ("ascii", "hAnsi", "cs", "eastAsia"):
                fonts.set(qn(f"w:{script}"), FONT)
    normal = cast("ParagraphStyle", document.styles["Normal"])
    normal.font.name, normal.font.size = FONT, Pt(11)
    title = cast("ParagraphStyle", document.styles["Title"])
    title.font.size = Pt(22)
    for name, bold in ((TABLE_TEXT, False), (TABLE_HEADING, True), (TABLE_NUMBER, False)):
        style = cast("ParagraphStyle", document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH))
        style.base_style = normal
        style.font.size, style.font.bold = Pt(9), bold
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(2)
        if name == TABLE_NUMBER:
            style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _describe(document: OpenDocument, paper: Paper) -> None:
    """Title and language, which screen readers and spelling checks go by."""
    told = document.core_properties
    told.title, told.subject, told.language = paper.title, paper.subtitle, paper.language
    told.author = told.last_modified_by = "Bündniskompass"
    told.comments = ""
    told.created = told.modified = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), paper.language)


def _add(document: OpenDocument, part: Part) -> None:
    match part:
        case Heading(text):
            document.add_heading(text, 1)
        case Text(text):
            document.add_paragraph(text)
        case Bullets(items):
            for item in items:
                document.add_paragraph(item, "List Bullet")
        case Rows():
            _keep_with_next(document.add_paragraph(part.caption, "Caption"))
            _table(document, part)
            document.add_paragraph()
        case Picture():
            paragraph = document.add_paragraph()
            _keep_with_next(paragraph)
            picture = paragraph.add_run().add_picture(BytesIO(part.png), width=Cm(16))
            picture._inline.docPr.set("descr", part.alt)
            document.add_paragraph(part.caption, "Caption")


def _keep_with_next(paragraph: Paragraph) -> None:
    paragraph.paragraph_format.keep_with_next = True


def _table(document: OpenDocument, part: Rows) -> None:
    table = document.add_table(rows=0, cols=len(part.heading), style=TABLE)
    table.autofit = False
    styles = {name: document.styles[name].style_id for name in (TABLE_TEXT, TABLE_HEADING, TABLE_NUMBER)}
    for n, cells in enumerate((part.heading, *part.rows)):
        row = table.add_row()
        for place, (cell, text, width) in enumerate(zip(row.cells, cells, part.widths, strict=True)):
            cell.width = Cm(width)
            cell.text = text
            name = TABLE_HEADING if not n else TABLE_NUMBER if part.numbers and place else TABLE_TEXT
            cell.paragraphs[0]._p.style = styles[name]  # by id: a style looked up anew for each cell takes long
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if n == 0:
            properties.append(OxmlElement("w:tblHeader"))
    _columns(table, part.widths)


def _columns(table: Table, widths: Sequence[float]) -> None:
    # LibreOffice goes by the grid, Word by the cells
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)


def _foot(document: OpenDocument, text: str) -> None:
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.style = document.styles["Footer"]
    paragraph.add_run(f"{text} · ")
    for kind, content in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = paragraph.add_run()._r
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = content
        run.append(mark)

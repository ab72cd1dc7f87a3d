"""What can be taken away from a comparison: the list and the table as XLSX and CSV, and the council paper as DOCX."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Blueprint, Response, current_app, request

from api.files.sheets import Sheet, Value, write_sheets
from api.http.caching import depends_on_graph, today
from api.http.current import snapshot, words
from api.pages.compare import chosen_others
from api.pages.frame import term
from api.pages.peers_view import view_of
from api.questions.comparison import MOST, Comparison, compare
from api.questions.peers import PeersFound, find_peers
from api.words.comparison import named_beside, tried_words
from api.words.peers import described, named_apart, not_known
from api.words.suggestions import Explainer
from graph_service.keys import NodeKey

files = Blueprint("peer_files", __name__)
depends_on_graph(files)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True)
class Table:
    """A table that leaves as a sheet or as CSV."""

    title: str
    heading: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]

    @property
    def sheet(self) -> Sheet:
        """The same as a sheet."""
        return Sheet(self.title, self.heading, self.rows)


@files.get("/municipalities/<string:code>/peers.<any(csv, xlsx):form>")
def get_peers(code: str, form: str) -> Response:
    """The list with its reasons, as it stands under the same address as a page."""
    here = snapshot()
    key = here.municipality(code)
    view = view_of(key)
    explainer = Explainer(here.projection, words())
    found = named_apart(find_peers(here, view.asked), explainer)
    about = [
        described(found, view.asked.lens, explainer, view.asked.filters),
        *not_known(found, view.asked.lens, explainer),
    ]
    tables = [_list(found, explainer), _reasons(found, explainer), _notes(about, found, explainer)]
    return _sent(tables, form, f"{_file_name(key)}-{words()('peers')}")


@files.get("/municipalities/<string:code>/compare.<any(csv, xlsx):form>")
def get_comparison(code: str, form: str) -> Response:
    """The municipalities side by side, every indicator."""
    here = snapshot()
    key = here.municipality(code)
    explainer = Explainer(here.projection, words())
    beside = named_beside(compare(here, view_of(key).asked, chosen_others(key).keys), explainer)
    tables = [_values(beside, explainer), _challenges(beside), _practices(beside)]
    return _sent(tables, form, f"{_file_name(key)}-{words()('comparison')}")


@files.get("/municipalities/<string:code>/peers.docx")
def get_paper(code: str) -> Response:
    """The council paper about the chosen municipalities, or the five nearest."""
    # libraries for documents and pictures take long to import, and most answers never need them
    from api.pages.council_document import write_paper
    from api.pages.council_paper import compose, gather

    here = snapshot()
    key = here.municipality(code)
    explainer = Explainer(here.projection, words())
    address = f"{request.host_url.rstrip('/')}/municipalities/{key.local}/peers"
    if query := request.query_string.decode():
        address += f"?{query}"
    told = gather(
        view_of(key).asked, chosen_others(key).keys[:MOST], explainer, Path(current_app.static_folder or ""), address
    )
    name = f"{_file_name(key)}-{words()('council-paper')}.docx"
    return _file(write_paper(compose(told)), DOCX, name)


def _file_name(key: NodeKey) -> str:
    return f"{key.local}-{today().isoformat()}"


def _file(body: bytes, media_type: str, name: str) -> Response:
    response = Response(body, content_type=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _sent(tables: Sequence[Table], form: str, name: str) -> Response:
    if form == "csv":
        return _file(_csv(tables[0]), "text/csv; charset=utf-8", f"{name}.csv")
    with TemporaryDirectory(prefix="kompass-sheets-") as folder:
        path = Path(folder) / "tables.xlsx"
        write_sheets(path, [table.sheet for table in tables if table.rows])
        return _file(path.read_bytes(), XLSX, f"{name}.xlsx")


def _csv(table: Table) -> bytes:
    """As spreadsheets of the reader's language open it: German ones expect semicolons and decimal commas."""
    german = words().language == "de"

    def cell(value: Value) -> str:
        if value is None:
            return ""
        if isinstance(value, float):
            return f"{value:.10g}".replace(".", "," if german else ".")
        text = str(value)
        # a spreadsheet would compute what begins like this
        return f"'{text}" if text[:1] in "=+@\t" and text else text

    found = StringIO()
    writer = csv.writer(found, delimiter=";" if german else ",", lineterminator="\r\n")
    writer.writerow(table.heading)
    writer.writerows([cell(value) for value in row] for row in table.rows)
    return ("\N{ZERO WIDTH NO-BREAK SPACE}" + found.getvalue()).encode()


def _list(found: PeersFound, explainer: Explainer) -> Table:
    speak = explainer.words
    heading = (
        speak("Rank"),
        speak("Official code"),
        speak("Municipality"),
        speak("What and where"),
        speak("How alike"),
        speak("Score (0 to 1)"),
        speak("Known share of the weight"),
        speak("Reasons"),
    )
    rows = tuple(
        (
            each.rank,
            each.key.local,
            each.name,
            explainer.place(each.key),
            ", ".join(filter(None, (explainer.closeness(each), explainer.stability(each)))),
            round(each.score, 6),
            round(each.coverage, 6),
            " ".join([*explainer.reasons(each), *explainer.special(each)]),
        )
        for each in found.suggestions
    )
    return Table(speak("Comparable municipalities"), heading, rows)


def _reasons(found: PeersFound, explainer: Explainer) -> Table:
    speak = explainer.words
    heading = (
        speak("Municipality"), speak("Indicator"), found.name, speak("Other value"), speak("Unit"), speak("Year"),
        speak("Adds at most"), speak("Adds"),
    )  # fmt: skip
    rows = tuple(
        (
            each.name, explainer.label(reason.feature), reason.own, reason.other, explainer.unit(reason.unit),
            speak.period(reason.period), reason.possible, reason.amount,
        )
        for each in found.suggestions
        for reason in each.contributions
    )  # fmt: skip
    return Table(speak("Reasons"), heading, rows)


def _notes(about: Sequence[str], found: PeersFound, explainer: Explainer) -> Table:
    speak = explainer.words
    lines = [(speak("Method"), line) for line in about]
    lines += [(speak("Source and licence"), line) for line in explainer.sources(found.weights)]
    return Table(speak("Method and sources"), (speak("About"), speak("Text")), tuple(lines))


def _values(beside: Comparison, explainer: Explainer) -> Table:
    speak = explainer.words
    heading = [speak("Theme"), speak("Indicator"), speak("Unit")]
    for name in beside.names:
        heading += [name, speak("Year")]
    rows = []
    for each in beside.rows:
        row: list[Value] = [
            term("theme", each.indicator.theme) if each.indicator.theme else "",
            explainer.label(each.indicator.key.local),
            explainer.unit(each.indicator.unit),
        ]
        for value in each.values:
            row += [value.value if value else None, speak.period(value.period) if value else ""]
        rows.append(tuple(row))
    return Table(speak("Figures"), tuple(heading), tuple(sorted(rows, key=lambda row: (str(row[0]), str(row[1])))))


def _challenges(beside: Comparison) -> Table:
    rows = tuple(
        (term("challenge", id), *(each.severity if each else None for each in row)) for id, row in beside.challenges
    )
    return Table(words()("Challenges"), (words()("Challenge"), *beside.names), rows)


def _practices(beside: Comparison) -> Table:
    speak = words()
    rows = tuple(
        (name, each.name, term("practice_status", each.status) if each.status else "", tried_words(each, "", speak))
        for name, tried in zip(beside.names, beside.tried, strict=True)
        for each in tried
    )
    heading = (speak("Municipality"), speak("Practice approach"), speak("Status"), speak("Outcome"))
    return Table(speak("Practices"), heading, rows)

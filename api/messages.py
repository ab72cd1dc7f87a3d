"""Says errors and issues to people: what was expected, what was found, where, and what helps."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from api.language import N_, Words
from graph_service.errors import Ambiguous, GraphServiceError, InvalidPackage, Place
from graph_service.keys import Label
from graph_service.model import Level
from graph_service.vocabulary import load_vocabulary
from importers.contract import Issue

ADVICE: Mapping[str, str] = MappingProxyType(
    {
        "error": N_("Try again with --debug and report what it says."),
        "invalid-value": N_("Correct the value; --help describes what is possible."),
        "not-found": N_("Check the spelling."),
        "ambiguous": N_("Choose one of them by its key."),
        "unreadable-source": N_("Nothing was written. Check the file; `kompass sources` says what each source reads."),
        "invalid-package": N_("Nothing was written. Correct the package and import it again."),
        "unwritable-target": N_(
            "Nothing was written. Choose another path, or give this user the right to write there."
        ),
        "store": N_("Nothing was changed. Try again with --debug to see the cause."),
        "store-unavailable": N_("Check the address and that the server runs, then try again."),
        "store-unauthorised": N_("Check the user in the address and the password in KOMPASS_NEO4J_PASSWORD."),
        "store-too-old": N_("Upgrade the Neo4j server."),
        "store-too-new": N_("Upgrade Bündniskompass, or restore a backup of the older version."),
        "store-not-migrated": N_("Make a backup, then run `kompass migrate`."),
        "store-read-only": N_("Give this user the right to write there, or choose another --store."),
        "store-corrupt": N_("Check --store, or restore a backup with `kompass restore`."),
        "store-full": N_("Make room on the disk and try again; the earlier state is whole."),
        "store-busy": N_("Wait until the other program has finished, then try again."),
        "job-crashed": N_("Look at the log of the worker; retry once the cause is known."),
        "not-started": N_("Correct what it says and start the service again; the log above says where it failed."),
        "out-of-memory": N_("Nothing was written. Give the program more memory, or split the input."),
        "unreadable-file": N_("Check the path and the rights to it."),
        "usage": N_("--help describes what is possible."),
        "unauthorised": N_("Sign in, or send a token."),
        "forbidden": N_("Ask the office for the role that this needs."),
        "conflict": N_("Look at the present state and decide anew."),
        "changed-meanwhile": N_("Somebody else has changed it: read it again, and change that."),
        "version-required": N_("Send the ETag of what was read as If-Match."),
        "too-large": N_("Send less at once."),
        "sign-on-unavailable": N_("Try again later, or sign in with a password."),
        "too-many-requests": N_("Wait a little, then try again."),
    }
)
"""What helps who sits at the terminal, by error code."""

_LASTING = N_("Nothing was changed. Try again in a few minutes; if it lasts, tell whoever runs this installation.")

ADVICE_ONLINE: Mapping[str, str] = MappingProxyType(
    {
        **{code: advice for code, advice in ADVICE.items() if not code.startswith("store")},
        **{code: _LASTING for code in ADVICE if code.startswith("store")},
        "error": N_("Try again; if it happens once more, tell whoever runs this installation when it did."),
        "invalid-value": N_("Correct the value."),
        "unreadable-source": N_(
            "Nothing was written. Check whether it is the publisher's file, and whether the source that reads it fits."
        ),
        "unwritable-target": _LASTING,
        "job-crashed": N_("Try it once more; if it happens again, tell whoever runs this installation."),
        "not-started": _LASTING,
        "out-of-memory": N_("Nothing was written. Split the input, or tell whoever runs this installation."),
        "unreadable-file": _LASTING,
        "usage": "",
    }
)
"""What helps who asks over the network, on a page or by a program: neither commands nor settings are at hand there."""

_COUNTED = re.compile(r"([a-z]+(?:-[a-z]+)*): (\d+)")
"""A kind of issue and how often it occurred, as the core counts them."""

ISSUES: Mapping[str, str] = MappingProxyType(
    {
        "association-change": N_("changes of associations"),
        "class-value": N_("classes instead of numbers"),
        "code-completed": N_("codes made complete"),
        "contradiction": N_("contradictions within the source"),
        "duplicate": N_("several values for the same"),
        "duplicate-key": N_("keys that occur several times"),
        "empty-value": N_("empty values"),
        "ends-before-start": N_("ends before the beginning"),
        "filtered-row": N_("rows that are not asked for"),
        "guessed-column": N_("guessed columns"),
        "guessed-decimal": N_("guessed decimal marks"),
        "guessed-delimiter": N_("guessed delimiters"),
        "guessed-encoding": N_("guessed encodings"),
        "guessed-map": N_("guessed column maps"),
        "guessed-table": N_("guessed tables"),
        "ignored-column": N_("columns that are not read"),
        "ignored-file": N_("files that are not read"),
        "ignored-record-type": N_("record types that are not read"),
        "invalid-value": N_("values that cannot be right"),
        "mended-geometry": N_("mended boundaries"),
        "missing-column": N_("columns that are not there"),
        "missing-companion": N_("files that are missing beside"),
        "missing-value": N_("values that the publisher marks as missing"),
        "name-change": N_("changes of names alone"),
        "no-area": N_("without an area"),
        "no-class": N_("without a class"),
        "no-code": N_("without an official code"),
        "no-name": N_("without a name"),
        "no-parent": N_("without a superior unit"),
        "other-label": N_("other names than the store's"),
        "other-level": N_("regions of another level"),
        "other-spatial-unit": N_("other kinds of regions"),
        "other-target-year": N_("other years than the target's"),
        "period": N_("periods"),
        "period-from-territory": N_("periods taken from the territory date"),
        "person": N_("contacts of persons, which are never read"),
        "region-code": N_("regions without a usable code"),
        "row-width": N_("rows of another width"),
        "shares-not-whole": N_("shares that do not add up"),
        "territory-date-from-name": N_("territory dates taken from the name"),
        "unknown-column": N_("unknown columns"),
        "unknown-indicator": N_("unknown indicators"),
        "unknown-key": N_("unknown keys"),
        "unknown-term": N_("unknown terms"),
        "unknown-type": N_("unknown types"),
        "unlisted-table": N_("tables that the package does not list"),
        "unnamed": N_("without a name of their own"),
        "water": N_("areas of water"),
        "whole-country": N_("values of the whole country"),
        "zero-means-missing": N_("zeros that mean missing"),
    }
)
"""What kinds of issues are called; a kind that is not listed (of another party's importer) is shown by its code."""


_LEVEL = re.compile(rf"(?<=\()({'|'.join(Level)})(?=[,)])")
"""The level within a candidate's description, which the core says by its id."""


def describe_place(place: Place, words: Words) -> str:
    """Where something was found: file, table, line and column."""
    parts = [
        place.file,
        place.table,
        words("line {line}", line=place.line) if place.line is not None else "",
        words("column {column}", column=place.column) if place.column else "",
    ]
    return ", ".join(part for part in parts if part)


def describe_difference(expected: str, found: str, place: Place, words: Words) -> str:
    """What was expected, found, and where, as one line."""
    text = words("expected: {expected}", expected=words.phrase(expected))
    if found:
        text += words("; found: {found}", found=_one_line(_counted(found, words) or words.finding(found)))
    where = describe_place(place, words)
    return f"{where}: {text}" if where else text


def _counted(found: str, words: Words) -> str:
    """Counted kinds of issues by what they are called; nothing if it is something else that was found."""
    matches = [_COUNTED.fullmatch(part) for part in found.split(", ")]
    if not all(match and match[1] in ISSUES for match in matches):
        return ""
    return "; ".join(f"{issue_label(match[1], words)}: {match[2]}" for match in matches if match)


def _one_line(text: str) -> str:
    """Text as one line that cannot disturb a terminal."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "\N{REPLACEMENT CHARACTER}" for c in text).strip()


def describe_error(error: GraphServiceError, words: Words, advice: Mapping[str, str] = ADVICE_ONLINE) -> str:
    """An error as one line: what was expected, found, where, and what to do."""
    found = error.found
    if isinstance(error, InvalidPackage):
        found = words.plural("one problem", "{n} problems", len(error.problems))
    text = describe_difference(error.expected, found, error.place, words)
    remedy = words(advice.get(error.code, ""))
    return f"{text}. {remedy}" if remedy else text


def describe_details(error: GraphServiceError, words: Words, most: int = 20) -> list[str]:
    """What an error lists besides: the candidates of an ambiguous name, the problems of a package."""
    if isinstance(error, Ambiguous):
        return [f"{key}  {_LEVEL.sub(lambda found: _level(found[0], words), name)}" for key, name in error.candidates]
    if isinstance(error, InvalidPackage):
        lines = [describe_difference(p.expected, p.found, p.place, words) for p in error.problems[:most]]
        if (rest := len(error.problems) - most) > 0:
            lines.append(words.plural("and one more", "and {n} more", rest))
        return lines
    return []


def _level(id: str, words: Words) -> str:
    term = load_vocabulary().find("level", id)
    return term.label(words.language) if term else id


def describe_issue(issue: Issue, words: Words) -> str:
    """One issue of an import as a line."""
    text = describe_difference(issue.expected, issue.found, issue.place, words)
    if issue.suggestion:
        text += words("; nearest known: {key}", key=describe_suggestion(issue.suggestion, words))
    return text


def describe_suggestion(suggestion: str, words: Words) -> str:
    """The keys that something was probably meant to be; terms by their labels, as a list may write them, too."""
    return " · ".join(_called(key, words) for key in suggestion.split(", ")) if suggestion else ""


def _called(key: str, words: Words) -> str:
    label, _, local = key.partition(":")
    kind, _, id = local.partition(".")
    term = load_vocabulary().find(kind, id) if label == Label.CONCEPT.value.lower() else None
    return term.label(words.language) if term else local or key


def issue_effect(issue: Issue, words: Words) -> str:
    """What was done about an issue."""
    if issue.note:
        return words("noted")
    return words("value left out, the rest of the row stays") if issue.row_kept else words("skipped")


def issue_label(kind: str, words: Words) -> str:
    """What a kind of issue is called."""
    return words(ISSUES.get(kind, kind))

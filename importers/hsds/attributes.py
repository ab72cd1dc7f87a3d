"""Reads what an attribute of HSDS says: a term of our vocabularies, a municipality, a property of the profile."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from graph_service.cells import is_key
from graph_service.errors import InvalidValue, Place
from graph_service.export import hsds_profile as hsds
from graph_service.keys import ags_from_ars, parse_ags
from graph_service.vocabulary import load_vocabulary
from importers.contract import Issues
from importers.hsds.documents import every
from importers.hsds.tables import Item
from importers.table.values import term_id

_CODE_SCHEMES = {"ags", "ars", "rs", "amtlicher gemeindeschlüssel", "regionalschlüssel"}
_LINKS = {"field": hsds.FIELD, "target_group": hsds.GROUP, "challenge": hsds.CHALLENGE}
_MAPPED = {
    "organization": ("field", "target_group", "actor_kind"),
    "service": ("field", "target_group", "challenge", "offer_kind"),
}
"""The vocabularies whose labels others' terms are compared with."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one attribute says: how it is linked, the vocabulary (or what else it is of), code, value and name."""

    link: str
    kind: str
    code: str
    value: str = ""
    name: str = ""


MUNICIPALITY, PROPERTY = "municipality", "property"
"""What a code may belong to beside a vocabulary."""


def meanings(item: Item, entity: str, place: Place, issues: Issues) -> Iterator[Meaning]:
    """What the attributes of an organization or service (or of a part of one) say; what is unknown is reported."""
    for attribute in every(item.get("attributes")):
        term = attribute.get("taxonomy_term")
        if not isinstance(term, dict):
            term = {}
        taxonomy, code = _taxonomy(term), str(term.get("code") or "")
        link, value = str(attribute.get("link_type") or ""), str(attribute.get("value") or "")
        if taxonomy == hsds.PROPERTIES:
            yield Meaning(link, PROPERTY, code, value)
        elif taxonomy == hsds.MUNICIPALITIES:
            yield Meaning(link, MUNICIPALITY, code)
        elif taxonomy.startswith(hsds.VOCABULARY):
            yield Meaning(link, taxonomy.removeprefix(hsds.VOCABULARY), code, name=str(term.get("name") or ""))
        else:
            found = _by_label(str(term.get("name") or ""), entity)
            if found is None:
                shown = " / ".join(text for text in (taxonomy, str(term.get("name") or code or value)) if text)
                issues.note("unknown-term", "a term of our vocabularies, by its address or its label", shown, place)
            else:
                yield found


def _taxonomy(term: Item) -> str:
    """The address of a term's taxonomy; in some releases of HSDS it is an object of its own."""
    named = term.get("taxonomy")
    if isinstance(named, str) and named:
        return named
    detail = term.get("taxonomy_detail") or named
    return str(detail.get("uri") or detail.get("name") or "") if isinstance(detail, dict) else ""


def _by_label(name: str, entity: str) -> Meaning | None:
    """The one term of ours that is called so; none where several are."""
    kinds = _MAPPED.get(entity, ())
    found = [(kind, id) for kind in kinds if name and (id := term_id(kind, name)) is not None]
    if len(found) != 1:
        return None
    ((kind, id),) = found
    return Meaning(_LINKS.get(kind, hsds.KIND), kind, id)


def known_term(kind: str, code: str) -> bool:
    """Whether a vocabulary of ours has this term."""
    return load_vocabulary().find(kind, code) is not None


def official_code(location: Item) -> str:
    """The official code that a location states for itself, or ""; a code of another form is none."""
    scheme = str(location.get("external_identifier_type") or "").strip().casefold()
    code = str(location.get("external_identifier") or "").strip()
    if scheme in _CODE_SCHEMES:
        for read in (ags_from_ars, parse_ags):
            with suppress(InvalidValue):
                return read(code)
    for attribute in every(location.get("attributes")):
        term = attribute.get("taxonomy_term")
        if isinstance(term, dict) and _taxonomy(term) == hsds.MUNICIPALITIES and is_key(str(term.get("code") or "")):
            return str(term["code"])
    return ""


def towns(location: Item) -> list[tuple[str, str]]:
    """Postal code and town of each address; both must be there to mean one place."""
    pairs = (
        (str(each.get("postal_code") or "").strip(), " ".join(str(each.get("city") or "").casefold().split()))
        for each in every(location.get("addresses") or location.get("addresss"))
    )
    return [(code, town) for code, town in pairs if code and town]

"""Role templates: which roles an alliance needs in a field of action, and who usually fills them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from graph_service.errors import InvalidValue, Place
from graph_service.vocabulary import FOLDER, ROLE_TEMPLATES_FILE, Vocabulary, load_vocabulary


@dataclass(frozen=True, slots=True)
class RoleNeed:
    """A role in a field: whether an alliance is unsound without it, the actor kinds likeliest to fill it first."""

    role: str
    required: bool
    actor_kinds: tuple[str, ...]
    resources: tuple[str, ...]


RoleTemplates = Mapping[str, tuple[RoleNeed, ...]]
"""Field of action → the roles it needs."""


def _ids(vocabulary: Vocabulary, kind: str, ids: object, place: Place) -> tuple[str, ...]:
    if not isinstance(ids, list) or not ids:
        raise InvalidValue(f"a list of ids of the vocabulary {kind}", ids, place)
    unknown = [id for id in ids if vocabulary.find(kind, id) is None]
    if unknown or len(set(ids)) != len(ids):
        raise InvalidValue(f"a list of ids of the vocabulary {kind}", unknown or ids, place)
    return tuple(ids)


def _need(vocabulary: Vocabulary, role: str, entry: object, place: Place) -> RoleNeed:
    if not isinstance(entry, dict) or entry.keys() != {"required", "actor_kinds", "resources"}:
        raise InvalidValue("required, actor_kinds and resources", entry, place)
    if not isinstance(entry["required"], bool):
        raise InvalidValue("true or false", entry["required"], place)
    return RoleNeed(
        vocabulary.term("alliance_role", role).id,
        entry["required"],
        _ids(vocabulary, "actor_kind", entry["actor_kinds"], place),
        _ids(vocabulary, "resource", entry["resources"], place),
    )


def parse_role_templates(text: str, vocabulary: Vocabulary) -> RoleTemplates:
    """Read templates in TOML, one table per field; raises InvalidValue or NotFound where an id is unknown."""
    templates: dict[str, tuple[RoleNeed, ...]] = {}
    for field, roles in tomllib.loads(text).items():
        vocabulary.term("field", field)
        templates[field] = tuple(
            _need(vocabulary, role, entry, Place(file=ROLE_TEMPLATES_FILE, table=field, column=role))
            for role, entry in roles.items()
        )
    return MappingProxyType(templates)


@cache
def load_role_templates() -> RoleTemplates:
    """The templates that come with the project, read once."""
    return parse_role_templates((FOLDER / ROLE_TEMPLATES_FILE).read_text("utf-8"), load_vocabulary())

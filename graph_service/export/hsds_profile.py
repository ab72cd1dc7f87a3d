"""The Bündniskompass profile of Open Referral HSDS 3: what our records are called there, for writing and for reading.

HSDS knows organizations and services, not our vocabularies and properties; those travel as attributes, whose taxonomy
says what they are. So a document of ours is a document of plain HSDS, and comes back as it was.
"""

from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID, uuid5

VERSION = "3.1"
PROFILE = "urn:buendniskompass:hsds-profile:1.0"
"""What a document of ours declares; an installation that publishes the profile says its address instead."""

VOCABULARY = "urn:buendniskompass:vocabulary:"
"""Begins the address of each taxonomy that is a vocabulary of ours; its kind follows."""
MUNICIPALITIES = "urn:buendniskompass:municipality"
"""The taxonomy of official codes."""
PROPERTIES = "urn:buendniskompass:property"
"""The taxonomy of properties that HSDS has no field for; the attribute's value is the property's."""

KEY = "key"
ORGANIZATION_PROPERTIES = ("url", "legal_basis", "contact_role", "assured_on", "visibility")
SERVICE_PROPERTIES = ("department", "funded_until", "improvement_note", "visibility")
LANGUAGE, PROVIDER = "language", "provider"
"""Properties that may occur several times: of organizations without a location, and of services beside the first."""

STATUS: Mapping[str, str] = MappingProxyType(
    {
        "planned": "inactive",
        "active": "active",
        "full": "active",
        "paused": "temporarily closed",
        "ended": "defunct",
    }
)
"""Our status of an offer → the status that HSDS asks of every service; ours stands beside it as an attribute."""
UNKNOWN_STATUS = "active"
"""What stands in HSDS's field where nobody said anything; no attribute stands beside it then."""
STATUS_READ: Mapping[str, str] = MappingProxyType(
    {"active": "active", "temporarily closed": "paused", "defunct": "ended"}
)
"""The status of a service of others → ours; one that is inactive may be planned, paused or over."""

KIND, STATE, RESOURCE, NEED = "kind", "status", "resource", "need"
FIELD, GROUP, CHALLENGE = "field", "target_group", "challenge"
LOCATED_IN, SERVES = "located_in", "serves"
PROPERTY = "property"
LINK_TYPES = (KIND, STATE, RESOURCE, NEED, FIELD, GROUP, CHALLENGE, LOCATED_IN, SERVES, PROPERTY)
"""What an attribute says of what it is attached to."""

_NAMESPACE = UUID("6f1c2d1e-3c0b-5d53-9a7e-0d3f4a1f5b60")


def identifier(*parts: str) -> str:
    """The identifier of a thing in a document: HSDS asks for a UUID, and the same thing always has the same."""
    return str(uuid5(_NAMESPACE, "|".join(parts)))

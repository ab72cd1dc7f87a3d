"""What forms about peers send in full, made the short address that people keep and pass on."""

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import request

from api.http.current import snapshot
from api.questions.comparison import MOST
from api.questions.peer_filters import ANY_SIZE, SIZES
from api.questions.peers import OWN, shipped_lens, usual_lens

MOST_WEIGHT = 3.0
LONGEST_TITLE = 80
KEPT = (
    "lens", "title", "weights", "kind", "challenge", "level", "municipality_kind", "municipality_type", "state",
    "population_from", "population_to", "challenge_share", "limit",
)  # fmt: skip
"""What of the address asks for another list; the rest is about the page."""
BANDS = {id: (f"{low:g}" if low else "", f"{high:g}" if high < ANY_SIZE else "") for id, (low, high) in SIZES.items()}
"""Bands of size that people choose by a word, as an address writes them."""
_FORMS = ("weighed", "chosen", "add", "drop")
"""Each names a form that sends more than belongs into an address."""


def is_long() -> bool:
    """Whether the request comes from a form that sends everything, the usual too."""
    return any(request.args.get(each) for each in _FORMS)


def is_usual(name: str, value: str) -> bool:
    """Whether saying so would change nothing."""
    return (name, value) in (
        ("lens", usual_lens(snapshot()).id),
        ("kind", "nearest"),
        ("limit", "10"),
        ("challenge_share", "0"),
        ("challenge_share", "0.0"),
    )


def short_query() -> str:
    """What a form sent in full, without what is as usual; raises NotFound for an unknown lens."""
    lens = request.args.get("lens") or usual_lens(snapshot()).id
    kept = {name: value.strip() for name in KEPT if (value := request.args.get(name, ""))}
    size = request.args.get("size", "")
    if size in BANDS:
        kept |= dict(zip(("population_from", "population_to"), BANDS[size], strict=True))
    elif "size" in request.args and size != "as-is":
        kept |= {"population_from": "", "population_to": ""}
    kept["weights"] = ",".join(f"{id}:{weight:g}" for id, weight in _changed(lens, _weights(lens)).items())
    if lens == OWN and not kept["weights"]:
        kept |= {"lens": "", "title": ""}
    asked = [(name, value) for name in KEPT if (value := kept.get(name, "")) and not is_usual(name, value)]
    asked += [("with", each) for each in list(dict.fromkeys(request.args.getlist("with")))[:MOST]]
    return urlencode(asked)


def _weights(lens: str) -> dict[str, float]:
    """The weights that the form leaves behind: those before, those of its fields, one more, or one less."""
    found = _told(request.args.get("weights", "").split(","))
    if request.args.get("chosen"):
        found = _told(request.args.getlist("i"))
    for name in request.args:
        if name.startswith("w."):
            found |= _told([f"{name[2:]}:{request.args[name]}"])
    if add := request.args.get("add"):
        found |= _told([f"{add}:1"])
    if drop := request.args.get("drop"):
        found.pop(drop, None)
        if drop in _usual(lens):
            found[drop] = 0.0
    return found


def _told(pairs: list[str]) -> dict[str, float]:
    """Weights as an address or a form writes them; what makes no sense is left out."""
    found = {}
    for each in pairs:
        id, _, text = each.rpartition(":")
        try:
            weight = float(text)
        except ValueError:
            continue
        if id and 0 <= weight <= MOST_WEIGHT:
            found[id] = weight
    return found


def _changed(lens: str, weights: Mapping[str, float]) -> dict[str, float]:
    """Only what differs from the lens; all of them where somebody chose the indicators."""
    usual = _usual(lens)
    known = snapshot().projection.known
    return {
        id: weight
        for id, weight in weights.items()
        if known(f"indicator:{id}") and (id not in usual or abs(usual[id] - weight) > 1e-9)
    }


def _usual(lens: str) -> dict[str, float]:
    """What a shipped lens gives its indicators; one without a list of its own weighs every indicator once."""
    if lens == OWN:
        return {}
    usual = {each.id: each.weight for each in shipped_lens(lens).indicators}
    return usual or {each.key.local: 1.0 for each in snapshot().projection.indicators}

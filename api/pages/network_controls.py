"""What can be chosen on the page of the network, with the address that a choice leads to; what its script says."""

import json
from typing import Any
from urllib.parse import quote, urlencode

from flask import request

from api.http.current import words
from api.language import N_
from api.pages.network_address import Asked, about_page
from api.questions.network_groups import AreaBy
from api.questions.network_layout import Layout
from api.questions.network_reach import fields_of, years_of
from api.questions.network_shown import MOST, MOST_AT_ALL, MOST_DEPTH, Entry, Size
from api.snapshot import Snapshot
from api.words.network_views import ViewSpeaker
from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType

CANVAS = {
    "name": N_("Network: arrow keys go along the relations, question mark lists all keys"),
    "nowhere": N_("No relation leads there."),
    "at": N_("{name}, {word}, connected to {n} others here"),
    "one": N_("{name}, {word}, connected to one other here"),
    "alone": N_("{name}, {word}, not connected to anything here"),
    "via": N_("by: {relation}"),
    "more": N_("There is nothing more to show around {name}, as far as is recorded and filters allow."),
    "end": N_("The last step is undone."),
    "nothing": N_("There is nothing to undo."),
    "larger": N_("Larger"),
    "smaller": N_("Smaller"),
    "fit": N_("Show all"),
    "keys": N_("Keyboard keys"),
    "close": N_("Close"),
    "year": N_("State of the year, as slider"),
    "loading": N_("The picture is being drawn …"),
    "failed": N_("The picture could not be updated. The lists below are right; load the page anew."),
    "arrows": N_("Arrow keys: along a relation to the node in that direction"),
    "next": N_("N and P: to the next node and the one before, in the order of the list"),
    "home": N_("Home: to where it begins; Backspace: back to the node before"),
    "enter": N_("Enter: open its page, or the group"),
    "plus": N_("Plus: expand; minus: hide"),
    "middle": N_("M: put it in the middle"),
    "undo": N_("U: undo the last step"),
    "search": N_("Slash: to the field where it begins"),
    "zoom": N_("Page up and page down: larger and smaller; 0: show all"),
    "fingers": N_("By touch: one finger chooses and scrolls the page, two move the picture and make it larger"),
    "question": N_("Question mark: this list; Escape: close it"),
}
"""What the script says on the picture."""


def controls(here: Snapshot, asked: Asked, speaker: ViewSpeaker) -> dict[str, Any]:
    """What templates need for the choices."""
    speak, view, term = words(), asked.view, speaker.speaker.term
    here_again = asked.url(**about_page())
    # what is chosen can be taken back even where nothing of it is recorded
    shown = [
        label
        for label in Label
        if label in view.labels or (label is not Label.INDICATOR and here.projection.spans[label])
    ]
    types = [
        type
        for type in EdgeType
        if type in view.types or (type is not EdgeType.DIFFERENT_FROM and len(here.projection.edges(type).source))
    ]
    years = here.prepared("network-years", years_of)
    fields = here.prepared("network-fields", fields_of)
    if view.field and view.field not in fields:
        fields += (view.field,)
    return {
        "layouts": [
            (label, asked.url(layout=value.value), value is view.layout)
            for value, label in (
                (Layout.FORCE, speak("Free layout")),
                (Layout.MAP, speak("Map")),
                (Layout.RINGS, speak("Rings")),
            )
        ],
        "entries": [
            (label, asked.url(**_fresh, entry=entry.value), view.start is None and view.entry is entry)
            for entry, label in (
                (Entry.WHOLE, speak("The whole network")),
                (Entry.COMMUNITIES, speak("Who works together?")),
                (Entry.BROKERS, speak("Who connects?")),
                (Entry.ISOLATED, speak("Who stands alone?")),
            )
        ],
        "labels": [(each.value, term("node_label", each.value), each in view.labels) for each in shown],
        "types": [(each.value, term("edge_type", each.value), each in view.relations) for each in types],
        "types_chosen": bool(view.types),
        "fields": [(id, speaker.named(NodeKey(f"concept:field.{id}")), id == view.field) for id in fields],
        "years": years,
        "sizes": [(each.value, speaker.measure(each), each is view.size) for each in Size],
        "groupings": [(each.value, speaker.grouping(each), each is view.by) for each in AreaBy],
        "depths": range(1, MOST_DEPTH + 1),
        "most": MOST,
        "most_at_all": MOST_AT_ALL,
        "exports": [
            (label, asked.export_url(format))
            for format, label in (
                ("svg", speak("Picture (SVG)")),
                ("gexf", speak("Network for Gephi (GEXF)")),
                ("graphml", speak("Network for yEd, Gephi or NetworkX (GraphML)")),
                ("package", speak("Exchange package (ZIP)")),
            )
        ],
        "data_url": asked.data_url(),
        "kept_address": here_again,
        "kept_url": f"/saved?{urlencode({'address': here_again, 'name': speaker.title})}",
        "canvas_words": json.dumps({name: speak(text) for name, text in CANVAS.items()}, ensure_ascii=False),
        "full_url": request.host_url.rstrip("/") + quote(here_again, safe="/?=&:,%+.-_~"),
    }


_fresh = {
    "at": None,
    "start": None,
    "target": None,
    "depth": None,
    "step": None,
    "by": None,
    "labels": None,
    "types": None,
}

"""Pages about the service itself: accessibility, privacy, licences."""

from datetime import date

from flask import Blueprint, render_template

from api.http.caching import depends_on_graph, leave_out
from api.http.current import services, snapshot, words
from api.http.viewer import Role, viewer
from api.pages.licences import COMPONENTS
from api.questions.sources import list_datasets
from api.words.datasets import dataset_licences, dataset_title, own_words
from api.words.privacy import of_accounts, of_readers
from graph_service.errors import StoreError

static = Blueprint("static_pages", __name__)
"""They answer even while the store cannot be asked."""
about = Blueprint("about", __name__)
depends_on_graph(about)

TESTED_ON = date(2026, 11, 23)
"""When the accessibility of the pages was last assessed; the statement has to be looked at once a year."""


@static.get("/accessibility")
def show_accessibility() -> str:
    """The accessibility statement."""
    return render_template("accessibility.html", tested_on=TESTED_ON)


@static.get("/privacy")
def show_privacy() -> str:
    """What is kept about people, what for and until when, and what the office that runs the installation adds."""
    settings, speak = services().settings, words()
    return render_template(
        "privacy.html",
        office=settings.sign_on is not None,
        readers=of_readers(speak),
        accounts=of_accounts(speak, office=settings.sign_on is not None),
        elsewhere=settings.privacy_url,
        missing=_missing_settings() if viewer().role.covers(Role.ADMIN) else [],
    )


def _missing_settings() -> list[str]:
    """What an administrator still has to set so that the page is complete."""
    settings = services().settings
    given = {
        "KOMPASS_OPERATOR": settings.operator,
        "KOMPASS_CONTACT": settings.contact,
        "KOMPASS_PRIVACY_URL": settings.privacy_url,
        "KOMPASS_IMPRINT_URL": settings.imprint_url,
    }
    return [name for name, value in given.items() if not value]


@about.get("/about")
def show_about() -> str:
    """What the service is, and whose work it builds on."""
    speak, told, here = words(), True, snapshot()
    try:
        known = [status.dataset for status in list_datasets(services(), here)]
    except StoreError:
        known, told = [], False
        leave_out()
    datasets = [
        (
            dataset_title(speak, each.id, each.title),
            each.url,
            own_words(speak, each.publisher),
            dataset_licences(speak, each.licence),
            speak.date(each.retrieved_on) if each.retrieved_on else "",
        )
        for each in known
    ]
    return render_template("about.html", components=COMPONENTS, datasets=datasets, told=told)

"""Says in every export where its content comes from and under which licence it may be used."""

from graph_service.export.view import View
from graph_service.model import Dataset

TITLE = "Bündniskompass: Quellen und Lizenzen / sources and licences"


def source_line(dataset: Dataset) -> str:
    """One dataset in one line: title, publisher, licence, address, dates."""
    said = [
        dataset.title,
        dataset.publisher,
        dataset.licence or "Lizenz nicht angegeben / licence not stated",
        dataset.url,
        f"Gebietsstand {dataset.territory_date.isoformat()}" if dataset.territory_date else "",
        f"abgerufen / retrieved {dataset.retrieved_on.isoformat()}" if dataset.retrieved_on else "",
    ]
    return " · ".join(part for part in said if part)


def sources_text(view: View) -> str:
    """All datasets of an export, one a line under a title."""
    return "\n".join([TITLE, *(source_line(status.dataset) for status in view.datasets())]) + "\n"

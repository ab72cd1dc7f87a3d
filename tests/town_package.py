"""A district with actors, alliances and requests, written as an exchange package for tests of what people do there."""

import csv
import json
from pathlib import Path

TABLES: dict[str, list[list[str]]] = {
    "municipalities": [
        ["key", "name", "level", "kind", "parent", "population"],
        ["90", "Bärenland", "state", "", "", "1095000"],
        ["90001", "Großbärenkreis", "district", "landkreis", "90", "400000"],
        ["90002", "Kleinbärenkreis", "district", "landkreis", "90", "390000"],
    ],
    "actors": [
        ["key", "name", "kind", "municipality", "fields", "resources", "description", "assured_on"],
        ["amt", "Jobcenter Großbären", "job-center", "90001", "school-to-work", "money", "Ausbildung", "2026-05-01"],
        ["schule", "Berufsschule Bärenstadt", "school", "90001", "school-to-work;school", "rooms",
         "Vorbereitung auf eine Ausbildung", "2026-01-10"],
        ["jmd", "Jugendmigrationsdienst Bärenstadt", "youth-migration-service", "90001", "school-to-work",
         "expertise", "Beratung junger Zugewanderter auf dem Weg in Ausbildung", "2026-06-15"],
        ["kammer", "Handwerkskammer Großbären", "business-chamber", "90001", "school-to-work", "placements;money",
         "Ausbildung im Handwerk", "2023-02-02"],
        ["verein", "Kulturverein Großbären", "migrant-organisation", "90001", "participation", "interpreters",
         "Treff für Familien", ""],
        ["ev", "Lesefreunde e. V.", "volunteer-initiative", "90001", "language", "volunteers-time", "Vorlesen", ""],
        ["fern", "Freiwilligenagentur Kleinbären", "volunteer-agency", "90002", "volunteering",
         "volunteers-time", "Patenschaften", "2026-03-03"],
    ],
    "alliances": [
        ["key", "name", "kind", "municipalities", "fields", "started_on", "status"],
        ["b1", "Ausbildung Großbären", "alliance", "90001", "school-to-work", "2022-03-01", "active"],
    ],
    "memberships": [
        ["actor", "alliance", "role", "since"],
        ["schule", "b1", "delivery", "2022-03-01"],
        ["kammer", "b1", "coordination", "2022-03-01"],
        ["jmd", "b1", "expertise", "2022-03-01"],
    ],
    "requests": [
        ["key", "title", "requester", "municipality", "resources", "fields", "description", "open_until", "status"],
        ["r1", "Räume für einen Sprachtreff", "actor:verein", "90001", "rooms", "participation",
         "Zwei Abende in der Woche", "2099-03-31", "open"],
        ["r2", "Dolmetschende für Elternabende", "actor:schule", "90001", "interpreters", "school", "",
         "2024-06-30", "open"],
    ],
}  # fmt: skip


def write_town(folder: Path) -> Path:
    """Write the package."""
    folder.mkdir(parents=True)
    for name, rows in TABLES.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
    resources = [{"name": name, "path": f"{name}.csv"} for name in TABLES]
    (folder / "datapackage.json").write_text(json.dumps({"name": "town", "resources": resources}), encoding="utf-8")
    return folder

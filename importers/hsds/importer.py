"""Imports Open Referral HSDS 3: organizations become actors, services offers; contacts of persons are never read."""

from collections.abc import Sequence
from pathlib import Path

from importers.contract import Issues, Progress, Reading, silent
from importers.datasets import load_dataset
from importers.hsds.documents import read_documents
from importers.hsds.records import Records
from importers.table.values import slug


class HSDSImporter:
    """JSON (a document, a list, pages of an API), or a folder or .zip with the tables of a data package."""

    id = "hsds"

    def read(self, paths: Sequence[Path], issues: Issues, progress: Progress = silent) -> Reading:
        """Read one publication; raises SourceError. The dataset is named after the first file."""
        document = read_documents(paths, issues)
        progress(0, len(document.organizations) + len(document.services))
        stem = slug(paths[0].stem)
        dataset = load_dataset("hsds", id=f"hsds-{stem}" if stem else "", title=paths[0].name)
        records = Records(document, issues)
        return Reading(dataset, records.all(), read=lambda: records.read)

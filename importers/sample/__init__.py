"""The bundled sample: an exchange package with all German districts and municipalities, built by ``make sample``."""

from pathlib import Path

SAMPLE = Path(__file__).parent / "germany.zip"
"""The package, to be imported with the importer ``package``."""

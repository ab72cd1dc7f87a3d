"""The weights of partner suggestions: a small versioned file that says what they were learned on and how they did."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from graph_service.errors import InvalidValue, NotFound, Place
from matching.partners.apart import Apart, Told
from matching.partners.history import History
from matching.partners.numbers import FloatArray
from matching.partners.signals import BENDS, FEATURES, Mask, bend

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Evidence:
    """What weights were learned on. Figures are of alliances that the weights were not learned on."""

    data: str = ""
    until: str = ""
    needs: int = 0
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Model:
    """Non-negative weights, summing to one, of the bent signals."""

    id: str
    version: str
    weights: Mapping[str, float]
    """Feature (``signal:bend``) → weight."""
    sharpness: float
    """By how much scores differ in the learner's scale: exp(sharpness × score) is proportional to a probability."""
    evidence: Evidence = Evidence()
    apart: Apart | None = None
    """What tells actors apart; None where it was not learned."""

    def vector(self) -> FloatArray:
        """The weights in the order of FEATURES."""
        return np.array([self.weights.get(feature, 0.0) for feature in FEATURES])

    def table(self, _past: History, _told: Told) -> Apart | None:
        """What tells actors apart is kept here and not learned anew."""
        return self.apart

    def score(self, raw: Mapping[str, FloatArray], among: Mask) -> FloatArray:
        """Scores, needs × actors."""
        total = np.zeros(among.shape, np.float64)
        for signal, bends in BENDS.items():
            for how in bends:
                weight = self.weights.get(f"{signal}:{how}", 0.0)
                if weight:
                    total += weight * bend(raw[signal], how, among)
        return total


def normal(raw: FloatArray, id: str, version: str, evidence: Evidence) -> Model:
    """A model from weights in the learner's scale."""
    total = float(raw.sum()) or 1.0
    weights = {f: round(float(w) / total, 6) for f, w in zip(FEATURES, raw, strict=True) if w / total > 5e-7}
    return Model(id, version, weights, total, evidence)


def write_model(model: Model) -> bytes:
    """A model as JSON."""
    told = {"apart": model.apart.to_table()} if model.apart else {}
    table = {name: each for name, each in asdict(replace(model, apart=None)).items() if name != "apart"}
    # the many numbers of what tells actors apart would be as many lines
    how = orjson.OPT_APPEND_NEWLINE | (0 if told else orjson.OPT_INDENT_2)
    return orjson.dumps({"format": FORMAT, **table, **told}, option=how)


def read_model(text: bytes | str, name: str = "") -> Model:
    """Read what `write_model` wrote; raises InvalidValue."""
    place = Place(file=name)
    try:
        table: dict[str, Any] = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InvalidValue("weights of partner suggestions as JSON", error, place) from error
    try:
        if table.pop("format") != FORMAT:
            raise InvalidValue(f"weights in format {FORMAT}", name, place)
        told = table.pop("apart", None)
        apart = Apart.of_table(told) if told else None
        model = Model(**{**table, "evidence": Evidence(**table["evidence"]), "apart": apart})
        numbers = [*model.weights.values(), model.sharpness]
        sound = all(isinstance(each, int | float) and 0 <= each < float("inf") for each in numbers)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InvalidValue("id, version, weights, sharpness and evidence", error, place) from error
    strange = sorted(set(model.weights) - set(FEATURES))
    if strange or not sound or not sum(model.weights.values()) > 0:
        raise InvalidValue("weights of 0 or more for known signals", ", ".join(strange), place)
    return model


def load_model(path: Path) -> Model:
    """Read a file of weights; raises NotFound, InvalidValue."""
    try:
        return read_model(path.read_bytes(), path.name)
    except FileNotFoundError as error:
        raise NotFound("a file of weights", path) from error
    except OSError as error:
        raise InvalidValue("a readable file of weights", path) from error


@cache
def shipped_model() -> Model:
    """The weights that come with the project, which suggestions use unless others are named."""
    return read_model((files("matching") / "weights" / "partners.json").read_bytes(), "partners.json")


@cache
def prior_model() -> Model:
    """Weights by judgement alone, from which learning starts and to which it keeps where data say little."""
    return read_model((files("matching") / "weights" / "prior.json").read_bytes(), "prior.json")

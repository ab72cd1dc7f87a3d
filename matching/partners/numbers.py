"""How partner signals keep numbers: mostly in single precision, which halves what a hundred thousand actors take."""

from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.floating[Any]]

"""How likely each block belongs to the text: a small convolutional network over the blocks in the order of reading.

A block is judged with up to fifteen neighbours on either side and with the page as a whole, since a line that says
little by itself is told by its company (Vogels et al., Web2Text, 2018, and Leonhardt et al., BoilerNet, 2020, do the
like). The weights in `weights.npz` were learnt by `tests/eval/learn.py` from pages whose text is known; they know
nothing of sites, only the columns of `features.py`. Evaluation is plain numpy: a millisecond a page.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

Numbers = NDArray[np.float32]

DILATIONS = (1, 2, 4, 8)
# Features are standardised; what lies further out than this is as good as there.
FURTHEST = 5.0
DECIMALS = 4
"""Scores are rounded, so that the last bits of one machine's arithmetic decide nothing."""


@dataclass(frozen=True, slots=True)
class Network:
    """The weights of one network, `h` hidden units wide."""

    into: tuple[Numbers, Numbers]
    page: tuple[Numbers, Numbers]
    layers: tuple[tuple[Numbers, Numbers], ...]
    out: tuple[Numbers, Numbers]

    def logits(self, inputs: Numbers, words: Numbers) -> Numbers:
        """The log-odds of each row."""
        hidden = _rectified(_linear(inputs, self.into))
        weight = words / max(float(words.sum()), 1.0)
        whole = np.concatenate([weight @ hidden, hidden.max(axis=0)])
        hidden = _rectified(hidden + _linear(whole, self.page))
        for dilation, layer in zip(DILATIONS, self.layers, strict=True):
            hidden = hidden + _rectified(_convolved(hidden, layer, dilation))
        odds: Numbers = _linear(hidden, self.out)[:, 0]
        return odds


@dataclass(frozen=True, slots=True)
class Model:
    """Networks that differ in their first weights alone, whose mean is steadier than any; and what they expect."""

    mean: Numbers
    deviation: Numbers
    networks: tuple[Network, ...]

    def probabilities(self, features: Numbers, words: Numbers) -> Numbers:
        """How likely each row is one of the text."""
        # In place: of a long page a copy is a megabyte, and costs more than the arithmetic.
        inputs = features - self.mean
        inputs /= self.deviation
        np.clip(inputs, -FURTHEST, FURTHEST, out=inputs)
        logits = np.mean([network.logits(inputs, words) for network in self.networks], axis=0)
        result: Numbers = 1 / (1 + np.exp(-logits))
        return result


def scores(features: Numbers, words: Numbers) -> Numbers:
    """The probability that each block (a row of `features`, with its number of words) belongs to the text."""
    rounded: Numbers = np.round(_model().probabilities(features, words), DECIMALS).astype(np.float32)
    return rounded


def _rectified(values: Numbers) -> Numbers:
    result: Numbers = np.maximum(values, 0)
    return result


def _linear(values: Numbers, layer: tuple[Numbers, Numbers]) -> Numbers:
    weights, bias = layer
    result: Numbers = values @ weights + bias
    return result


def _convolved(hidden: Numbers, layer: tuple[Numbers, Numbers], dilation: int) -> Numbers:
    """Each row with the rows `dilation` before and behind it; beyond the ends there are zeros."""
    (before, here, behind), bias = layer
    result: Numbers = hidden @ here + bias
    if len(hidden) > dilation:
        result[dilation:] += hidden[:-dilation] @ before
        result[:-dilation] += hidden[dilation:] @ behind
    return result


@cache
def _model() -> Model:
    # Workers take a core each: a second thread for matrices this small waits for the first and takes another's core.
    threadpool_limits(limits=1, user_api="blas")
    with as_file(files("flows.transform.content") / "weights.npz") as path, np.load(path) as stored:
        arrays = {name: stored[name].astype(np.float32) for name in stored.files}
    count = sum(name.endswith("into.weight") for name in arrays)
    return Model(arrays["mean"], arrays["deviation"], tuple(_network(arrays, f"{index}.") for index in range(count)))


def _network(arrays: dict[str, Numbers], prefix: str) -> Network:
    def layer(name: str) -> tuple[Numbers, Numbers]:
        return arrays[f"{prefix}{name}.weight"], arrays[f"{prefix}{name}.bias"]

    layers = tuple(layer(f"layers.{index}") for index in range(len(DILATIONS)))
    return Network(layer("into"), layer("page"), layers, layer("out"))

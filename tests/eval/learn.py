"""Learns which blocks of a page are its text, from gold pages: `python -m tests.eval.learn` writes `weights.npz`.

**What is learnt** are the weights of a small convolutional network (`flows/transform/content/scores.py`), which gives
each block of a page the probability that it belongs to the text. It sees nothing but the FEATURES.

**From what**: the blocks of the gold pages in the folder that BROADSHEET_GOLD_DATA names, labelled by how much of each
stands in the gold text, or by the snippets that must and must not be in it (`lessons.py`). No word of a page is kept.

**The loss** of a page is the cross-entropy of its blocks plus 1 − F1 of the words that are expected to be chosen
(`network.py`). The first makes probabilities honest, one paragraph like the other; the second is the figure by which
texts are scored, and makes a page of three blocks count as much as one of a thousand.

**Folds are of sites**, not of pages: two pages of a site share one template, and a model that saw one of them knows the
other. `--folds 3` measures what is to be expected of a site that nobody has seen; the shipped weights know all pages,
so their own figures on these sets say less.

Equal seeds give equal weights. Training takes torch, which nothing else here needs, and two minutes a seed.
"""

import argparse
import sys
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flows.transform.content.scores import Model, Network
from tests.eval.gold import SETS, folder, scorer
from tests.eval.lessons import Lesson, lessons
from tests.eval.tables import markdown

WEIGHTS = Path(__file__).parents[2] / "flows" / "transform" / "content" / "weights.npz"
# The release with which the shipped weights were learnt.
TORCH = "torch==2.13.0"
# The transform chooses more finely (`choice.py`); to compare models the middle will do.
CHOSEN = 0.5
METRICS = ("text_f1", "text_below_0.8", "contain_recall", "not_contain_violations")
COUNTED = "text_below_0.8"


def main(arguments: list[str]) -> None:
    """Trains on the wanted sets and writes the weights; with folds it only prints what is to be expected of them."""
    options = _options(arguments)
    folder()
    fitted = _fitted()
    settings = {name: getattr(options, name) for name in ("seeds", "epochs", "width", "dropout")}
    known = lessons(options.sets or SETS)
    if not known:
        sys.exit("learn: of these sets no page's text is known")
    print(f"{len(known)} pages, {sum(len(lesson.texts) for lesson in known)} blocks", flush=True)
    if options.folds:
        print(table(_judged(known, options.folds, fitted, settings)))
        return
    write(fitted(known, **settings), options.output)
    print(f"written to {options.output}")


def write(model: Model, path: Path) -> None:
    """Keeps a model as `scores.py` reads it: weights in half precision, for they travel with the code."""
    arrays = {name: array for index, network in enumerate(model.networks) for name, array in _named(network, index)}
    halves = {name: array.astype(np.float16) for name, array in arrays.items()}
    np.savez_compressed(path, mean=model.mean, deviation=model.deviation, **halves)


def table(judged: Iterable[tuple[Lesson, NDArray[np.float32]]]) -> str:
    """One row for each set: the scorer's figures of the blocks that are likelier the text than not."""
    tallies: dict[str, Any] = defaultdict(scorer().Tally)
    for lesson, given in judged:
        text = "\n".join(text for text, one in zip(lesson.texts, given, strict=True) if one > CHOSEN)
        scorer().score_page(tallies[lesson.set_name], lesson.gold, {"text": text}, {"text"})
    return markdown(("set", *METRICS), ([name, *_figures(tally.result())] for name, tally in sorted(tallies.items())))


def fold_of(site: str, folds: int) -> int:
    """The fold in which a site is held out: the same on every machine, whatever the sets."""
    return zlib.crc32(site.encode()) % folds


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.eval.learn", description="Learns the weights of the blocks.")
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"of {', '.join(SETS)}; all if none")
    parser.add_argument("--folds", type=int, default=0, metavar="N", help="measure on sites held out; writes nothing")
    parser.add_argument("--seeds", type=int, default=4, metavar="N", help="networks whose mean is taken (4)")
    parser.add_argument("--epochs", type=int, default=22, metavar="N", help="how often each page is seen (22)")
    parser.add_argument("--width", type=int, default=48, metavar="N", help="hidden units of a layer (48)")
    parser.add_argument("--dropout", type=float, default=0.25, metavar="SHARE", help="of units left out a step (.25)")
    parser.add_argument("--output", type=Path, default=WEIGHTS, metavar="FILE", help="instead of the shipped weights")
    options = parser.parse_args(arguments)
    if unknown := set(options.sets) - set(SETS):
        parser.error(f"no such set: {', '.join(sorted(unknown))}; there are {', '.join(SETS)}")
    if options.folds == 1 or min(options.folds, options.seeds - 1, options.epochs - 1) < 0:
        parser.error("at least one seed, one epoch and two folds")
    return options


def _fitted() -> Any:
    """The training; leaves the program with one clear line where there is no torch."""
    try:
        from tests.eval.network import fitted
    except ModuleNotFoundError as missing:
        if missing.name != "torch":
            raise
        sys.exit(f"learn: training needs torch, which the lock does not have: pip install {TORCH}")
    return fitted


def _judged(
    known: Sequence[Lesson], folds: int, fitted: Any, settings: dict[str, Any]
) -> Iterator[tuple[Lesson, NDArray[np.float32]]]:
    """Each page with what a model gives its blocks that has seen no page of its site."""
    for fold in range(folds):
        model = fitted([lesson for lesson in known if fold_of(lesson.site, folds) != fold], **settings)
        print(f"fold {fold + 1} of {folds} is trained", flush=True)
        held_out = [lesson for lesson in known if fold_of(lesson.site, folds) == fold]
        yield from ((lesson, model.probabilities(lesson.features, lesson.words)) for lesson in held_out)


def _named(network: Network, index: int) -> Iterator[tuple[str, NDArray[np.float32]]]:
    layers = {"into": network.into, "page": network.page, "out": network.out}
    layers |= {f"layers.{step}": layer for step, layer in enumerate(network.layers)}
    for name, (weight, bias) in layers.items():
        yield f"{index}.{name}.weight", weight
        yield f"{index}.{name}.bias", bias


def _figures(found: dict[str, dict[str, float]]) -> Iterator[str]:
    """The set's figures; of bad pages how many, of how many."""
    for metric in METRICS:
        if metric not in found:
            yield ""
            continue
        value, pages = found[metric]["value"], found[metric]["n"]
        yield f"{round(value * pages)} of {pages}" if metric == COUNTED else f"{value:.4f}"


if __name__ == "__main__":
    main(sys.argv[1:])

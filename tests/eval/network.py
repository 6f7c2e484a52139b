"""The network of `flows/transform/content/scores.py` in torch, and how it is trained: needs torch, which we do not.

What is trained here is computed there; the two must stay the same, layer by layer.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from flows.transform.content.scores import DILATIONS, FURTHEST, Model, Network
from tests.eval.lessons import UNKNOWN, Lesson

# A page's blocks padded to the longest page of the batch: features, words, labels, 1 for a block and 0 for padding.
Batch = tuple[Tensor, Tensor, Tensor, Tensor, Tensor]

BATCH_PAGES = 16
# Pages of like length share a batch, that little is padding; so many blocks of chance make the batches differ.
LENGTH_NOISE = 20
# Five of 2,500 pages have more, up to 6,560, and a batch is padded to its longest page; the rest goes unlearnt.
MOST_BLOCKS = 1200
# In the cross-entropy a paragraph counts by the root of its words, up to a column's length.
MOST_WORDS = 300
# A page of a few snippets says less than one whose text is known.
SNIPPETS_WEIGHT = 0.5
# Found by hand.
WEIGHT_DECAY = 0.02
PEAK_RATE = 4e-3
LONGEST_STEP = 1.0
# Features that hardly vary are not blown up.
LEAST_DEVIATION = 1e-2


class Trained(nn.Module):
    """The network with dropout; `Network.logits` computes the same without."""

    def __init__(self, inputs: int, width: int, dropout: float) -> None:
        super().__init__()
        self.into = nn.Linear(inputs, width)
        self.page = nn.Linear(2 * width, width)
        self.layers = nn.ModuleList(nn.Conv1d(width, width, 3, padding=step, dilation=step) for step in DILATIONS)
        self.out = nn.Linear(width, 1)
        self.dropout = nn.Dropout(dropout)

    def forward(self, inputs: Tensor, words: Tensor, mask: Tensor) -> Tensor:
        """The log-odds of each block of each page."""
        hidden = functional.relu(self.into(self.dropout(inputs))) * mask[..., None]
        weight = words * mask
        mean = (hidden * weight[..., None]).sum(1) / weight.sum(1, keepdim=True).clamp(min=1)
        whole = torch.cat([mean, hidden.max(1).values], -1)
        hidden = functional.relu(hidden + self.page(whole)[:, None]) * mask[..., None]
        hidden = hidden.transpose(1, 2)
        for layer in self.layers:
            hidden = (hidden + functional.relu(layer(self.dropout(hidden)))) * mask[:, None]
        return self.out(hidden.transpose(1, 2)).squeeze(-1)


def fitted(lessons: Sequence[Lesson], *, seeds: int, epochs: int, width: int, dropout: float) -> Model:
    """A model of as many networks as seeds, learnt from these pages alone."""
    # Sums over threads depend on how many there are; one thread gives the same weights on every machine of a kind.
    torch.set_num_threads(1)
    mean, deviation = _spread(lessons)
    networks = []
    for seed in range(seeds):
        torch.manual_seed(seed)
        network = Trained(len(mean), width, dropout)
        _train(network, lessons, (mean, deviation), epochs, np.random.default_rng(seed))
        networks.append(_plain(network))
    return Model(mean, deviation, tuple(networks))


def _spread(lessons: Sequence[Lesson]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    table = np.concatenate([lesson.features for lesson in lessons]).astype(np.float32)
    return table.mean(0), table.std(0) + np.float32(LEAST_DEVIATION)


def _train(
    network: Trained,
    lessons: Sequence[Lesson],
    spread: tuple[NDArray[np.float32], NDArray[np.float32]],
    epochs: int,
    chance: np.random.Generator,
) -> None:
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=WEIGHT_DECAY)
    steps = epochs * (len(lessons) // BATCH_PAGES + 1) + 1
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_RATE, total_steps=steps)
    for _ in range(epochs):
        for pages in _shuffled(lessons, chance):
            inputs, words, labels, mask, is_whole = _batch(pages, *spread)
            lost = _loss(network(inputs, words, mask), words, labels, mask, is_whole)
            optimizer.zero_grad()
            lost.backward()
            nn.utils.clip_grad_norm_(network.parameters(), LONGEST_STEP)
            optimizer.step()
            schedule.step()


def _shuffled(lessons: Sequence[Lesson], chance: np.random.Generator) -> Iterator[list[Lesson]]:
    """All pages in batches of pages of like length, in an order of chance."""
    ordered = sorted(lessons, key=lambda lesson: len(lesson.texts) + chance.random() * LENGTH_NOISE)
    batches = [ordered[start : start + BATCH_PAGES] for start in range(0, len(ordered), BATCH_PAGES)]
    chance.shuffle(batches)
    yield from batches


def _batch(pages: Sequence[Lesson], mean: NDArray[np.float32], deviation: NDArray[np.float32]) -> Batch:
    length = min(max(len(page.texts) for page in pages), MOST_BLOCKS)
    inputs = torch.zeros(len(pages), length, len(mean))
    words, mask = torch.zeros(len(pages), length), torch.zeros(len(pages), length)
    labels = torch.full((len(pages), length), UNKNOWN)
    for row, page in enumerate(pages):
        table = page.features[:length].astype(np.float32)
        inputs[row, : len(table)] = torch.from_numpy(np.clip((table - mean) / deviation, -FURTHEST, FURTHEST))
        words[row, : len(table)] = torch.from_numpy(page.words[:length])
        labels[row, : len(table)] = torch.from_numpy(page.labels[:length])
        mask[row, : len(table)] = 1
    return inputs, words, labels, mask, torch.tensor([page.is_whole for page in pages])


def _loss(logits: Tensor, words: Tensor, labels: Tensor, mask: Tensor, is_whole: Tensor) -> Tensor:
    """Cross-entropy, and 1 − F1 of the expected words where the page's whole text is known."""
    known = ((labels >= 0) & (mask > 0)).float()
    wanted = labels.clamp(min=0)
    weight = words.clamp(max=MOST_WORDS).sqrt() * known
    entropy = functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
    surprise = (entropy * weight).sum(1) / weight.sum(1).clamp(min=1)
    taken = torch.sigmoid(logits) * known
    right, every = (taken * wanted * words).sum(1), (taken * words).sum(1) + (wanted * words * known).sum(1)
    missed = 1 - (2 * right + 1) / (every + 1)
    return torch.where(is_whole, surprise + missed, SNIPPETS_WEIGHT * surprise).mean()


def _plain(network: Trained) -> Network:
    """The weights as plain arrays, inputs first: numpy multiplies from the left."""

    def arrays(layer: nn.Module) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        weight = layer.weight.detach().numpy()
        return np.ascontiguousarray(weight.transpose()), layer.bias.detach().numpy()

    layers = tuple(arrays(layer) for layer in network.layers)
    return Network(arrays(network.into), arrays(network.page), layers, arrays(network.out))

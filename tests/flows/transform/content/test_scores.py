"""How likely blocks are to be text: numbers between 0 and 1, the same on every run."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from flows.transform.blocks import blocks_of
from flows.transform.content.features import features
from flows.transform.content.scores import DILATIONS, _convolved, _model, scores
from flows.transform.content.surroundings import Surroundings
from flows.transform.evidence import read_evidence
from flows.transform.outline import Outline
from flows.transform.trees import parse
from tests.flows.transform.content.layouts import ARTICLES, LAYOUTS, article_page

INPUTS = len(_model().mean)
NUMBERS = st.floats(-1e6, 1e6, width=32)


def scored(markup):
    root = parse(markup)
    blocks = blocks_of(root.find("body"))
    found = scores(*features(blocks, Surroundings(root.find("body")), read_evidence(Outline(root))))
    return [(block.text, float(score)) for block, score in zip(blocks, found, strict=True)]


@given(
    st.integers(1, 40).flatmap(
        lambda n: st.tuples(
            arrays(np.float32, (n, INPUTS), elements=NUMBERS, fill=NUMBERS),
            arrays(np.float32, n, elements=st.integers(0, 10_000).map(float)),
        )
    )
)
def test_scores_are_probabilities_whatever_the_features(page):
    found = scores(*page)
    assert found.shape == page[1].shape
    assert ((found >= 0) & (found <= 1)).all()
    assert found.tobytes() == scores(*page).tobytes()


@pytest.mark.parametrize("count", [1, 2, 3, 8, 9, 17, 5000])
def test_pages_shorter_than_the_reach_of_the_network_and_far_longer_are_scored(count):
    found = scores(np.zeros((count, INPUTS), dtype=np.float32), np.ones(count, dtype=np.float32))
    assert found.shape == (count,)
    assert np.isfinite(found).all()


def test_a_page_without_a_word_is_scored():
    assert np.isfinite(scores(np.zeros((4, INPUTS), dtype=np.float32), np.zeros(4, dtype=np.float32))).all()


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("language", ARTICLES)
def test_paragraphs_of_the_article_are_likelier_than_anything_around_them(layout, language):
    title, paragraphs = ARTICLES[language]
    found = scored(article_page(layout, language))
    inside = [score for text, score in found if text in paragraphs]
    outside = [score for text, score in found if text not in {*paragraphs, title}]
    assert min(inside) > max(outside)
    assert min(inside) > 0.5


def test_the_same_page_has_the_same_scores_on_a_second_run():
    assert scored(article_page("semantic", "zh")) == scored(article_page("semantic", "zh"))


def test_scores_have_four_decimals():
    found = scores(*(values[:6] for values in (np.eye(6, INPUTS, dtype=np.float32), np.arange(6, dtype=np.float32))))
    assert np.allclose(found, np.round(found.astype(np.float64), 4), atol=1e-7)


@pytest.mark.parametrize("dilation", DILATIONS)
def test_a_row_hears_of_the_rows_at_the_distance_on_either_side_and_of_no_other(dilation):
    eye, nothing = np.eye(1, dtype=np.float32), np.zeros(1, dtype=np.float32)
    signal = np.zeros((40, 1), dtype=np.float32)
    signal[20] = 1
    heard = _convolved(signal, (np.stack([eye, eye, eye]), nothing), dilation)
    assert np.flatnonzero(heard).tolist() == [20 - dilation, 20, 20 + dilation]


def test_rows_further_away_than_all_layers_reach_change_a_score_through_the_page_alone():
    model = _model()
    assert sum(DILATIONS) == 15
    assert all(len(network.layers) == len(DILATIONS) for network in model.networks)
    assert all(network.into[0].shape[0] == INPUTS == len(model.deviation) for network in model.networks)
    assert (model.deviation > 0).all()

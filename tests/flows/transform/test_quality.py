"""The floors: on a fixed part of the gold pages no figure may fall below what `tests/eval/floors.toml` keeps."""

import tomllib

import pytest

from tests.eval import floors
from tests.eval.aims import Aim, Standing, aims
from tests.eval.gold import ARCHIVE, SETS
from tests.eval.measuring import Figure


@pytest.fixture(scope="module")
def sample(gold_data):
    assert gold_data
    return floors.sample()


@pytest.mark.parametrize("name", SETS)
def test_no_figure_is_below_its_floor(sample, name):
    found = floors.found_in(one for one in sample if one.set_name == name)
    assert floors.below(found, {name: floors.floors()[name]}) == []


def test_no_page_whose_text_is_known_is_refused(sample):
    with_text = [one for one in sample if one.known.get("text") or one.known.get("must_contain")]
    assert len(with_text) > 500
    assert [(one.case_id, one.record["refused"]) for one in with_text if "refused" in one.record] == []


def test_every_set_has_floors():
    assert set(floors.floors()) == set(SETS)


FOUND = {"made_up": {"text_f1": Figure(0.9512, 50), "title_exact": Figure(0.8, 50), "text_below_0.8": Figure(0.1, 50)}}


def test_figures_reach_the_floors_that_are_made_of_them():
    made = tomllib.loads(floors.written(FOUND))
    assert made == {"made_up": {"text_f1": 0.948, "title_exact": 0.78, "text_below_0.8": 0.12}}
    assert floors.below(FOUND, made) == []


@pytest.mark.parametrize(("metric", "value"), [("text_f1", 0.947), ("title_exact", 0.76), ("text_below_0.8", 0.14)])
def test_a_figure_that_slips_is_named(metric, value):
    worse = {"made_up": FOUND["made_up"] | {metric: Figure(value, 50)}}
    (complaint,) = floors.below(worse, tomllib.loads(floors.written(FOUND)))
    assert complaint.startswith(f"made_up {metric}: {value}")


def test_a_figure_that_is_no_longer_measured_is_named():
    assert floors.below({}, {"made_up": {"text_f1": 0.9}}) == ["made_up text_f1: not measured, floor 0.9"]


def test_every_aim_names_sets_that_exist_and_one_bound():
    for aim in aims():
        assert aim.sets
        assert set(aim.sets) <= {*SETS, ARCHIVE}
        bounds = [aim.at_least, aim.at_most, aim.share_of_peer, aim.language]
        assert sum(bound is not None for bound in bounds) == 1


def test_a_share_of_the_peer_is_a_share_of_its_loss():
    aim = Aim(what="", metric="text_f1", sets=("aeb",), share_of_peer=0.65)
    assert Standing(aim, Figure(0.97, 9), Figure(0.95, 9)).is_met
    assert not Standing(aim, Figure(0.96, 9), Figure(0.95, 9)).is_met
    assert Standing(aim, Figure(0.96, 9), None).is_met is None


def test_a_language_must_come_near_the_best_tool_known_there_and_the_peer_of_the_run():
    aim = Aim(what="", metric="text_f1", sets=("aeb",), language="el", best_known=0.96, slack=0.005)
    assert Standing(aim, Figure(0.9551, 9), Figure(0.9, 9)).is_met
    assert not Standing(aim, Figure(0.9551, 9), Figure(0.97, 9)).is_met
    assert Standing(aim, Figure(0.99, 9), None).is_met is None

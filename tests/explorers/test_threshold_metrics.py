"""Chapter 9's threshold: whether the counts are right, what is trained, and what is said."""

import numpy as np
import pytest

from nnlab import explorers, metrics
from nnlab.explorers.chapter_09 import threshold_metrics as module
from nnlab.explorers.chapter_09.threshold_metrics import ThresholdMetrics, counted


@pytest.fixture(scope="module")
def explorer():
    return explorers.threshold_metrics()


def moved(explorer, **values):
    explorer.set(**values)
    explorer.settle()
    return explorer.data


def test_counts_and_shares_are_those_of_the_formulas():
    eight = np.array([True, True, False, False, False])
    counts, shares = counted(eight, np.array([0.9, 0.2, 0.6, 0.1, 0.5]), 0.5)
    assert counts.tolist() == [1, 2, 1, 1]
    np.testing.assert_allclose(shares, [2 / 5, 1 / 3, 1 / 2, 2 / 5])


def test_without_alarms_nothing_is_divided_by_nothing():
    _counts, shares = counted(np.array([True, False]), np.array([0.1, 0.2]), 0.5)
    assert shares.tolist() == [0.5, 0.0, 0.0, 0.0]


@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.9, 1.0])
def test_they_agree_with_the_package(explorer, threshold):
    data = moved(explorer, threshold=threshold, share=10, noise=0.2)
    alarm = (data["score"] >= threshold).astype(int)
    eight = data["eight"].astype(int)
    tn, fp, fn, tp = data["counts"]
    assert [tp + fn, tn + fp] == [eight.sum(), (1 - eight).sum()]
    if 0 < alarm.sum() < len(alarm):
        assert data["shares"][1] == pytest.approx(metrics.precision_score(eight, alarm))
        assert data["shares"][2] == pytest.approx(metrics.recall_score(eight, alarm))
        assert data["shares"][3] == pytest.approx(metrics.f1_score(eight, alarm))


def test_the_network_has_learned_and_noise_makes_it_worse(explorer):
    clear = float(moved(explorer, threshold=0.5, share=10, noise=0.0)["auc"])
    noisy = float(moved(explorer, noise=1.0)["auc"])
    assert clear > 0.93
    assert noisy < clear - 0.15


@pytest.mark.parametrize("share", module.SHARES)
def test_the_share_of_eights_is_as_asked(explorer, share):
    data = moved(explorer, share=share, noise=0.2)
    assert np.mean(data["eight"]) == pytest.approx(share / 100, abs=0.002)


def test_moving_the_threshold_trains_nothing_anew(explorer):
    before = moved(explorer, threshold=0.5, share=10, noise=0.2)["score"]
    trained = explorer._trained[1]
    after = moved(explorer, threshold=0.1)["score"]
    assert explorer._trained[1] is trained
    np.testing.assert_array_equal(before, after)


def test_presets_show_what_their_names_say(explorer):
    data = moved(explorer, **ThresholdMetrics.presets["catch all"])
    assert data["shares"][2] > 0.8
    assert data["shares"][1] < 0.45
    data = moved(explorer, **ThresholdMetrics.presets["never cry wolf"])
    assert data["counts"][1] < 10
    assert data["shares"][2] < 0.3
    data = moved(explorer, **ThresholdMetrics.presets["1 % positives: accuracy lies"])
    assert data["shares"][0] > 0.97
    assert data["shares"][2] < 0.25
    assert "although most 8s are missed" in explorer.alt


def test_the_threshold_can_be_dragged(explorer):
    explorer.pointed("scores", 0.333, 1.0)
    assert explorer.controls["threshold"].value == pytest.approx(0.33)


def test_it_refuses_what_it_does_not_offer():
    with pytest.raises(ValueError, match="share must be one of"):
        explorers.threshold_metrics(share=7)

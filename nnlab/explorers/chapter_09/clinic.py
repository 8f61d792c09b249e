"""Chapter 9's clinic: ten runs, each with one illness. Choose a test, name the illness, choose a cure, be told.

The patients stand in `nnlab.explorers.chapter_09._clinic_cases`, the tests in `_clinic_tests`.
"""

from __future__ import annotations

from dataclasses import astuple
from typing import Any

from matplotlib.artist import Artist

from nnlab.explorers import controls
from nnlab.explorers.chapter_09 import _clinic_words as words_of
from nnlab.explorers.chapter_09._clinic_cases import CURES, ILLNESSES, SIGNS, Case, Run, data_of, train
from nnlab.explorers.chapter_09._clinic_figure import SIZE, ClinicFigure
from nnlab.explorers.chapter_09._clinic_tests import RIGHT_TEST, TESTS, measure
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.plots.style import Picture

OPEN = "?"  # no illness named yet
NONE = "none"  # no cure yet
_ORDER = sorted(ILLNESSES)  # in a menu no order may tell


@explorer(chapter="09")
def clinic(case: int = 1, test: str = "none", illness: str = "?", cure: str = "none") -> Clinic:
    """Find out what is wrong with a run, and cure it.

    Parameters
    ----------
    case : int
        Which patient, from 1 to 10.
    test : {"none", "gradients", "outputs of the units", "weights of the units", "inputs", ...}
        What is looked at.
    illness : str
        What you think that it is; "?" as long as you do not know.
    cure : str
        What is changed before the run is trained anew; "none" for nothing.

    Returns
    -------
    Clinic
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return Clinic(case=case, test=test, illness=illness, cure=cure)


class Clinic(Explorer):
    """The widget that `clinic` returns."""

    name = "clinic"
    size = SIZE
    rows = (("case", "test"), ("illness", "cure"))
    trains = True
    presets = {
        N_("an example, solved"): {
            "case": 1,
            "test": "other learning rates",
            "illness": "learning rate too small",
            "cure": "learning rate × 100",
        },
        N_("examine case 2"): {"case": 2, "test": "none", "illness": OPEN, "cure": NONE},
    }

    def __init__(self, **values: Any) -> None:
        self._runs: dict[tuple[Any, ...], Run] = {}
        self._measured: dict[tuple[Any, ...], Any] = {}
        super().__init__(**values)

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return {
            "case": controls.count(_("case"), 1, 1, len(ILLNESSES)),
            "test": controls.menu(_("test"), "none", TESTS),
            "illness": controls.menu(_("illness"), OPEN, (OPEN, *_ORDER)),
            "cure": controls.menu(_("cure"), NONE, (NONE, *CURES)),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Train the patient, make the test, and train anew with the cure; what takes long comes after a picture."""
        name = list(ILLNESSES)[values.case - 1]
        sick = self._run(ILLNESSES[name], task)
        if task.stop.is_set():
            return {}  # half a run is not to be measured
        key = values.case, values.test, task.eagerly
        if key not in self._measured:
            task.show(_arrays(name, sick, "measuring", {}, None))
            self._measured[key] = measure(values.test, sick, task.eagerly)
        numbers = self._measured[key]
        if values.cure == NONE:
            return _arrays(name, sick, values.test, numbers, None)
        case = CURES[values.cure](ILLNESSES[name])
        if (*astuple(case), task.eagerly) not in self._runs:
            task.show(_arrays(name, sick, values.test, numbers, None))
        return _arrays(name, sick, values.test, numbers, self._run(case, task))

    def _run(self, case: Case, task: Task) -> Run:
        """Train a run, unless it was trained before."""
        key = (*astuple(case), task.eagerly)
        if key in self._runs:
            return self._runs[key]
        run = train(case, task.eagerly, task.stop)
        if not task.stop.is_set():
            self._runs[key] = run
        return run

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the axes."""
        self._picture = ClinicFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move curves, and draw the test."""
        self._picture.update(arrays["_test"], arrays["_sick"], arrays["_cured"], _(values.cure), arrays["_numbers"])

    def warn(self, values: Values, arrays: Arrays) -> str:
        """Say that the name is wrong, or that the cure does not help."""
        said = []
        if values.illness not in (OPEN, arrays["_name"]):
            words = _("It is not that: “{named}” would show in the test “{test}”. Look there, and compare.")
            said.append(words.format(named=_(values.illness), test=_(RIGHT_TEST[values.illness])))
        if arrays["_cured"] is not None and not arrays["_cured"].healthy:
            said.append(_("This cure does not help: {why}").format(why=_reason(arrays["_cured"])))
        return " ".join(said)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say what is right so far, and what to do next."""
        said = []
        if values.illness == arrays["_name"]:
            said.append(
                _("Right, it is: {name}. {sign}").format(name=_(arrays["_name"]), sign=_(SIGNS[arrays["_name"]]))
            )
        cured = arrays["_cured"]
        if cured is not None and cured.healthy:
            words = _("The cure helps: on fresh points {fresh} % are right, and the validation says {said} %.")
            said.append(words.format(fresh=round(100 * cured.accuracies[2]), said=round(100 * cured.accuracies[1])))
            if cured.case.copies:
                said.append(_("What the copies hid is seen now: the validation loss rises, the network overfits."))
        if not said and values.illness == OPEN and cured is None:
            said.append(_("Look at the losses, choose a test, then name the illness and choose a cure."))
        return " ".join(said)

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say what the losses do, what the test has measured, and how far the case is solved."""
        said = [_("Case {case} of {count}: the losses of a sick run.").format(case=values.case, count=len(ILLNESSES))]
        said.append(words_of.losses(arrays["_sick"]))
        if values.test != "none":
            said.append(_("Beside them the test: {test}.").format(test=_(values.test)))
            said.append(words_of.told(values.test, arrays["_numbers"]))
        if values.illness != OPEN:
            right = values.illness == arrays["_name"]
            words = _("Named rightly: {name}.") if right else _("Named wrongly: {name}.")
            said.append(words.format(name=_(values.illness)))
        if arrays["_cured"] is not None:
            words = (
                _("With this cure it is healthy: {cure}.")
                if arrays["_cured"].healthy
                else _("With this cure it is still ill: {cure}.")
            )
            said.append(words.format(cure=_(values.cure)))
        return " ".join(said)


def _arrays(name: str, sick: Run, test: str, numbers: Arrays, cured: Run | None) -> Arrays:
    """Name what is drawn."""
    losses = {"train_loss": sick.loss, "val_loss": sick.val_loss}
    return {**numbers, **losses, "_name": name, "_sick": sick, "_test": test, "_numbers": numbers, "_cured": cured}


def _reason(run: Run) -> str:
    """Say why a run is not healthy."""
    _training, validation, fresh = (round(100 * share) for share in run.accuracies)
    data = data_of(run.case)
    if data.twins:
        words = _("{twins} of {count} validation points still stand in the training data, so it proves nothing.")
        return words.format(twins=data.twins, count=len(data.y_val))
    if run.accuracies[2] < run.case.floor:
        return _("only {fresh} % of fresh points are right.").format(fresh=fresh)
    words = _("the validation says {said} %, and {fresh} % of fresh points are right: it does not measure the truth.")
    return words.format(said=validation, fresh=fresh)

"""Growing trees with scikit-learn, which comes with ``pip install 'regulars[ml]'``."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from regulars.errors import RegularsError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[Any]


def grown(  # noqa: PLR0913 (what is learned from, and how far)
    rows: Numbers, outcome: Numbers, *, binary: bool, trees: int, leaves: int, leaf: int, seed: int
) -> Any:
    """A model of so many ``trees`` with so many ``leaves`` at most, each of ``leaf`` rows at least.

    It says how likely the ``outcome`` is if that is ``binary``, else how large; the columns of
    ``rows`` may be of any scale, and NaN. Raises RegularsError where scikit-learn isn't installed.
    """
    kind = "Classifier" if binary else "Regressor"
    model = getattr(_ensemble(), f"HistGradientBoosting{kind}")(
        max_iter=trees,
        learning_rate=0.1,
        max_leaf_nodes=leaves,
        min_samples_leaf=leaf,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=seed,
    )
    # Trees this small are slower with threads, by far where other processes want the cores.
    with import_module("threadpoolctl").threadpool_limits(1):
        return model.fit(rows, outcome)


def _ensemble() -> Any:
    try:
        return import_module("sklearn.ensemble")
    except ImportError as error:
        raise RegularsError(
            f"trees need scikit-learn ({error}); run pip install 'regulars[ml]'"
        ) from None

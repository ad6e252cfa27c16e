"""What a person is warned of in what a model learned."""

from __future__ import annotations

from regulars.hooks import Fitted
from regulars.predictions.doubts import UNSETTLED, doubts


def test_who_did_not_converge_is_doubted_in_its_own_words_or_in_ours() -> None:
    assert doubts(Fitted({}, diagnostics={"converged": False})) == (UNSETTLED,)
    said = {"converged": False, "words": ["The search found no end."]}
    assert doubts(Fitted({}, diagnostics=said)) == ("The search found no end.",)
    assert doubts(Fitted({}, diagnostics={"converged": True, "rounds": [1, 2]})) == ()

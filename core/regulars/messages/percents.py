"""Shares as people write percentages: ``24%``, ``24 %``, ``%24``."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from jinja2 import TemplateRuntimeError

from .money import grouped, language_and_region

_BLANK = "\u00a0"
_SPACED = {"cs", "da", "de", "es", "fi", "fr", "hr", "nb", "no", "ro", "ru", "sk", "sl", "sv"}
_SIGN_FIRST = {"tr"}
_LARGEST = Decimal(10) ** 15


def percent(value: object, places: int, locale: str) -> str:
    """The share ``value``, 0.24 of 1, as a reader of ``locale`` (``en_US``, ``de-CH``) writes it.

    Rounded half up to so many ``places`` behind the point; lines never break inside it.

    Raises:
        TemplateRuntimeError: it is no share.
    """
    language, region = language_and_region(locale)
    rounded = (_share(value) * 100).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    digits = grouped(f"{abs(rounded):,f}", language, region)
    sign = "-" if rounded < 0 else ""
    if language in _SIGN_FIRST:
        return f"{sign}%{digits}"
    blank = _BLANK if language in _SPACED and region != "CH" else ""
    return f"{sign}{digits}{blank}%"


def _share(value: object) -> Decimal:
    wrong = f"{str(value)[:40]!a} is not a share; write percent behind a number such as 0.24"
    try:
        share = value if isinstance(value, Decimal) else Decimal(str(value).strip())
    except InvalidOperation:
        raise TemplateRuntimeError(wrong) from None
    if not share.is_finite() or abs(share) > _LARGEST:
        raise TemplateRuntimeError(wrong)
    return share

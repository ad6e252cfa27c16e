"""Money as people write it: ``$12.50``, ``12,50 €``, ``12.50 ISK``.

A small table instead of a library; where it doesn't know a currency it writes the ISO code.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from jinja2 import TemplateRuntimeError

_SYMBOLS = {
    "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩", "BRL": "R$",
    "CAD": "CA$", "AUD": "A$", "NZD": "NZ$", "MXN": "MX$", "CNY": "CN¥", "ILS": "₪", "VND": "₫",
    "PHP": "₱", "UAH": "₴", "TRY": "₺", "PLN": "zł", "CZK": "Kč", "SEK": "kr", "NOK": "kr",
    "DKK": "kr",
}  # fmt: skip
_AT_HOME = {"CA": "CAD", "AU": "AUD", "NZ": "NZD", "MX": "MXN"}  # where "$" means their own
_NO_CENTS = {"JPY", "KRW", "VND", "CLP", "ISK", "XAF", "XOF", "PYG", "UGX"}
_MILS = {"KWD", "BHD", "OMR", "JOD", "TND"}

_NARROW, _BLANK = "\u202f", "\u00a0"
_DOT_COMMA = ("de", "es", "it", "nl", "pt", "da", "el", "tr", "id", "ro", "hr", "sl")
_BLANK_COMMA = ("fr", "sv", "nb", "no", "fi", "pl", "cs", "sk", "uk", "ru", "hu", "bg")
_SYMBOL_LAST = {*_DOT_COMMA, *_BLANK_COMMA} - {"nl", "tr", "id", "pt"}
_LARGEST = Decimal(10) ** 18


def money(value: object, currency: str, locale: str) -> str:
    """``value`` of ``currency`` as a reader of ``locale`` (``en_US``, ``de-CH``) writes it.

    Rounded half up to the currency's smallest coin; lines never break inside it.

    Raises:
        TemplateRuntimeError: it is no amount.
    """
    language, region = language_and_region(locale)
    code = currency.upper()
    amount = _amount(value)
    places = 0 if code in _NO_CENTS else 3 if code in _MILS else 2
    rounded = abs(amount).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    digits = grouped(f"{rounded:,f}", language, region)
    sign = "-" if amount < 0 and rounded else ""
    symbol = "$" if _AT_HOME.get(region) == code else _SYMBOLS.get(code)
    if symbol is None:
        return f"{sign}{digits}{_BLANK}{code}"
    if language in _SYMBOL_LAST and region != "CH":
        return f"{sign}{digits}{_BLANK}{symbol}"
    gap = "" if language not in {"nl", "pt", "de"} and len(symbol) < len("CA$x") else _BLANK
    return f"{sign}{symbol}{gap}{digits}"


def language_and_region(locale: str) -> tuple[str, str]:
    """``de-CH`` as ``de`` and ``CH``; a part that isn't there is empty."""
    language, _, region = locale.replace("-", "_").partition("_")
    return language.lower(), region.rpartition("_")[2].upper()


def _amount(value: object) -> Decimal:
    try:
        amount = value if isinstance(value, Decimal) else Decimal(str(value).strip())
    except InvalidOperation:
        raise TemplateRuntimeError(f"{str(value)[:40]!a} is not an amount of money") from None
    if not amount.is_finite() or abs(amount) > _LARGEST:
        raise TemplateRuntimeError(f"{str(value)[:40]!a} is not an amount of money")
    return amount


def grouped(digits: str, language: str, region: str) -> str:
    """``1,234.50`` with the separators of the language."""
    if region == "CH":
        return digits.replace(",", "\N{RIGHT SINGLE QUOTATION MARK}")
    if language in _DOT_COMMA:
        return digits.translate({ord(","): ".", ord("."): ","})
    if language in _BLANK_COMMA:
        return digits.translate({ord(","): _NARROW, ord("."): ","})
    return digits

"""Time zones: those that a string names, and those that a page may be assumed to keep.

A country with one zone is a fact (a page under `.jp`, or one in `pl`); where a country has several, the zone stays
unknown, unless all but a few islands share one.
"""

import re
from datetime import UTC, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

# Abbreviations that mean one zone to the readers of news. CST and IST are several; EST in summer is a common slip for
# the clock of New York, so both its names mean that clock.
NAMED = {
    "ET": "America/New_York", "EST": "America/New_York", "EDT": "America/New_York",
    "CT": "America/Chicago", "CDT": "America/Chicago",
    "MT": "America/Denver", "MDT": "America/Denver",
    "PT": "America/Los_Angeles", "PST": "America/Los_Angeles", "PDT": "America/Los_Angeles",
    "BST": "Europe/London", "CET": "Europe/Berlin", "CEST": "Europe/Berlin",
    "MEZ": "Europe/Berlin", "MESZ": "Europe/Berlin", "EET": "Europe/Athens", "EEST": "Europe/Athens",
    "MSK": "Europe/Moscow", "JST": "Asia/Tokyo", "KST": "Asia/Seoul", "HKT": "Asia/Hong_Kong", "SGT": "Asia/Singapore",
    "PKT": "Asia/Karachi", "WIB": "Asia/Jakarta", "SAST": "Africa/Johannesburg", "WAT": "Africa/Lagos",
    "EAT": "Africa/Nairobi", "AEST": "Australia/Brisbane", "AEDT": "Australia/Sydney", "NZST": "Pacific/Auckland",
    "NZDT": "Pacific/Auckland", "BRT": "America/Sao_Paulo", "BRST": "America/Sao_Paulo",
}  # fmt: skip
# Longer names first, so that CEST is not read as CET's beginning.
NAMES = "|".join(sorted(NAMED, key=len, reverse=True))
ZONE = rf"(?P<zone>Z\b|(?:{NAMES})\b|(?:UTC|GMT)(?:\s?[+-]\d{{1,2}}(?::?\d\d)?)?|[+-−]\d\d:?\d\d|[+-]\d\d(?!\d))"
OFFSET = re.compile(r"([+-−])(\d{1,2}):?(\d\d)?")
FURTHEST = timedelta(hours=14)

# Countries by their top-level domain. Left out: domains that are sold to everybody (co, io, me, tv, ai, ly, to, fm …)
# and countries whose people live in several zones (us, ca, au, br, mx, ru, id, kz, cd, mn, cl, ec).
OF_DOMAIN = {
    "ad": "Andorra", "al": "Tirane", "at": "Vienna", "ba": "Sarajevo", "be": "Brussels", "bg": "Sofia", "by": "Minsk",
    "ch": "Zurich", "cz": "Prague", "de": "Berlin", "dk": "Copenhagen", "ee": "Tallinn", "es": "Madrid",
    "fi": "Helsinki", "fr": "Paris", "gr": "Athens", "hr": "Zagreb", "hu": "Budapest", "ie": "Dublin", "it": "Rome",
    "li": "Vaduz", "lt": "Vilnius", "lu": "Luxembourg", "lv": "Riga", "md": "Chisinau", "mk": "Skopje", "mt": "Malta",
    "nl": "Amsterdam", "no": "Oslo", "pl": "Warsaw", "pt": "Lisbon", "ro": "Bucharest", "rs": "Belgrade",
    "se": "Stockholm", "si": "Ljubljana", "sk": "Bratislava", "tr": "Istanbul", "ua": "Kyiv", "uk": "London",
}  # fmt: skip
BEYOND_EUROPE = {
    "ae": "Asia/Dubai", "af": "Asia/Kabul", "am": "Asia/Yerevan", "ar": "America/Argentina/Buenos_Aires",
    "az": "Asia/Baku", "bd": "Asia/Dhaka", "bo": "America/La_Paz", "cn": "Asia/Shanghai", "cr": "America/Costa_Rica",
    "cu": "America/Havana", "cy": "Asia/Nicosia", "do": "America/Santo_Domingo", "dz": "Africa/Algiers",
    "eg": "Africa/Cairo", "et": "Africa/Addis_Ababa", "ge": "Asia/Tbilisi", "gh": "Africa/Accra",
    "gt": "America/Guatemala", "hk": "Asia/Hong_Kong", "hn": "America/Tegucigalpa", "il": "Asia/Jerusalem",
    "in": "Asia/Kolkata", "iq": "Asia/Baghdad", "ir": "Asia/Tehran", "is": "Atlantic/Reykjavik",
    "jm": "America/Jamaica", "jo": "Asia/Amman", "jp": "Asia/Tokyo", "ke": "Africa/Nairobi", "kg": "Asia/Bishkek",
    "kh": "Asia/Phnom_Penh", "kr": "Asia/Seoul", "kw": "Asia/Kuwait", "lb": "Asia/Beirut", "lk": "Asia/Colombo",
    "ma": "Africa/Casablanca", "mm": "Asia/Yangon", "my": "Asia/Kuala_Lumpur", "ng": "Africa/Lagos",
    "ni": "America/Managua", "np": "Asia/Kathmandu", "nz": "Pacific/Auckland", "om": "Asia/Muscat",
    "pa": "America/Panama", "pe": "America/Lima", "ph": "Asia/Manila", "pk": "Asia/Karachi", "py": "America/Asuncion",
    "qa": "Asia/Qatar", "sa": "Asia/Riyadh", "sg": "Asia/Singapore", "sv": "America/El_Salvador",
    "th": "Asia/Bangkok", "tn": "Africa/Tunis", "tw": "Asia/Taipei", "tz": "Africa/Dar_es_Salaam",
    "ug": "Africa/Kampala", "uy": "America/Montevideo", "uz": "Asia/Tashkent", "ve": "America/Caracas",
    "vn": "Asia/Ho_Chi_Minh", "za": "Africa/Johannesburg", "zw": "Africa/Harare",
}  # fmt: skip
# Languages whose readers all keep one clock, by the country that they mostly live in.
OF_LANGUAGE = {
    "bg": "bg", "cs": "cz", "da": "dk", "de": "de", "el": "gr", "et": "ee", "fi": "fi", "he": "il", "hi": "in",
    "hr": "hr", "hu": "hu", "is": "is", "it": "it", "ja": "jp", "ko": "kr", "lt": "lt", "lv": "lv", "mk": "mk",
    "nb": "no", "nl": "nl", "nn": "no", "no": "no", "pl": "pl", "ro": "ro", "sk": "sk", "sl": "si", "sq": "al",
    "sr": "rs", "sv": "se", "th": "th", "tr": "tr", "uk": "ua", "vi": "vn", "zh": "cn",
}  # fmt: skip


@lru_cache(maxsize=512)
def named_zone(name: str) -> tzinfo:
    """The zone that a string names: an abbreviation, an offset, UTC; UTC for what it does not know."""
    if place := NAMED.get(name.upper()):
        return ZoneInfo(place)
    match = OFFSET.search(name)
    if not match:
        return UTC
    offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return timezone(offset if match[1] == "+" else -offset) if offset <= FURTHEST else UTC


@lru_cache(maxsize=512)
def assumed_zone(host: str, language_tag: str | None) -> tzinfo | None:
    """The only clock of the country that a host's top-level domain or a language tag names; None where in doubt."""
    primary, region = _subtags(language_tag)
    for country in (host.rpartition(".")[2].lower(), region, OF_LANGUAGE.get(primary)):
        if place := _place(country):
            return ZoneInfo(place)
    return None


def _place(country: str | None) -> str | None:
    if country in OF_DOMAIN:
        return f"Europe/{OF_DOMAIN[country]}"
    return BEYOND_EUROPE.get(country or "")


def _subtags(tag: str | None) -> tuple[str, str | None]:
    """The language of a tag, and its region as a top-level domain; `en_GB` as `en-GB`."""
    primary, *others = (tag or "").lower().replace("_", "-").split("-")
    region = next((other for other in others if len(other) == 2), None)  # noqa: PLR2004 - ISO 3166 has two letters
    return primary, "uk" if region == "gb" else region

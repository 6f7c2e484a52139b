"""Dates that a page tells by how long ago they were: "3 hours ago", "vor 3 Stunden", "3 小时前", "yesterday, 10:15".

They mean something only beside the moment of the capture, and only as exactly as their unit.
"""

import re
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

LONGEST = 60
MINUTES = (
    r"min(?:s|\.)?|minutes?|minuten?|minutos?|minut[oi]?|minuter|minutter|minuuttia|минут\w*|хвилин\w*|分钟|分鐘|分|분|"
    r"dakika|minuut|perc|λεπτ\w+|دقيقة|دقائق|menit|phút|minut[yů]?"
)
HOURS = (
    r"h|hrs?\.?|hours?|stunden?|heures?|horas?|or[ae]|час\w*|годин\w*|小时|小時|個小時|个小时|時間|시간|saat|uur|uren|"
    r"timm\w+|timer?|tuntia|óráj?\w*|ώρ\w+|ساعة|ساعات|jam|giờ|godzin\w*|hodin\w*"
)
DAYS = (
    r"days?|tag(?:en|e)?|jours?|d[ií]as?|giorn[oi]|дн\w+|день|天|日|일|gün|dag(?:en|ar|er|e)?|päivää|nap\w*|μέρ\w+|ημέρ\w+|"
    r"يوم|أيام|hari|ngày|dni|dn[yůí]|dzień"
)
ONE = r"an?|one|ein(?:er|em|e)?|une?|una|um|uma|en|ett|один|одну|1"
BEFORE = r"vor|il y a|hace|há|πριν(?: από)?|منذ|před|pred|for|cách đây"
BEHIND = r"ago|fa|atrás|назад|тому|前|전|önce|geleden|sedan|siden|sitten|temu|ezelőtt|yang lalu|trước"
AGO = re.compile(
    rf"(?:(?P<before>{BEFORE})\s+)?(?P<number>\d{{1,3}}|{ONE})\s?"
    rf"(?:(?P<minutes>{MINUTES})|(?P<hours>{HOURS})|(?P<days>{DAYS}))(?:\s?(?P<behind>{BEHIND}))?",
    re.IGNORECASE,
)
YESTERDAY = (
    r"yesterday|gestern|hier|ayer|ontem|ieri|вчера|учора|昨天|昨日|어제|dün|gisteren|i går|wczoraj|včera|χθες|أمس|"
    r"kemarin|eilen|tegnap"
)
TODAY = (
    r"today|heute|aujourd['’]hui|hoy|hoje|oggi|сегодня|сьогодні|今天|今日|오늘|bugün|vandaag|i dag|idag|dzisiaj|dnes|"
    r"σήμερα|اليوم|hari ini|tänään"
)
NAMED_DAY = re.compile(
    rf"(?:(?P<yesterday>{YESTERDAY})|(?P<today>{TODAY}))"
    r"(?:\s*(?:,|at|um|à|a las|alle|às|om|kl\.?|klo|в|o)?\s*(?P<hour>[01]?\d|2[0-3])[:.h](?P<minute>[0-5]\d)"
    r"(?:\s*Uhr)?)?",
    re.IGNORECASE,
)
LABEL = re.compile(r"\s*(?:[^\W\d_]{2,20}[:：]?\s+|[^\W\d_]{2,12}[:：])?")


class Ago(NamedTuple):
    """A moment in the past: `at` is exact to the minute, or only its day counts."""

    at: datetime
    is_exact: bool


@lru_cache(maxsize=1024)
def read_relative(text: str, now: datetime) -> Ago | None:
    """The past moment that a short text consists of, as seen from `now` (in the zone whose days count), or None."""
    if len(text) > LONGEST:
        return None
    start = text.strip()
    for start_at in sorted({0, _label_end(start)}):
        rest = start[start_at:].strip()
        if match := AGO.fullmatch(rest):
            return _ago(match, now)
        if match := NAMED_DAY.fullmatch(rest):
            return _named(match, now)
    return None


def _label_end(text: str) -> int:
    match = LABEL.match(text)
    return match.end() if match else 0


def _ago(match: re.Match[str], now: datetime) -> Ago | None:
    if not match["before"] and not match["behind"]:
        return None
    number = int(match["number"]) if match["number"].isdigit() else 1
    if match["minutes"]:
        return Ago(now - timedelta(minutes=number), is_exact=True)
    # "3 hours ago" may be nearly four: its day is all that holds, and mostly holds.
    return Ago(now - (timedelta(hours=number) if match["hours"] else timedelta(days=number)), is_exact=False)


def _named(match: re.Match[str], now: datetime) -> Ago:
    day = now - timedelta(days=1 if match["yesterday"] else 0)
    if match["hour"] is None:
        return Ago(day, is_exact=False)
    return Ago(
        day.replace(hour=int(match["hour"]), minute=int(match["minute"]), second=0, microsecond=0), is_exact=True
    )

"""Session ids and dates in the forms that people use."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date as Date
from datetime import timedelta

from tracker.sources.logs.languages import english

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_MONTH = (
    r"(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
    # French, German, Spanish, Italian and Portuguese
    r"|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|januar|februar|märz|juni|juli"
    r"|oktober|dezember|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
    r"|gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre|janeiro|fevereiro|março|maio|junho|julho"
    r"|setembro|outubro|novembro|dezembro)\.?"
)
_FOREIGN = {
    "fév": 2, "fev": 2, "mär": 3, "avr": 4, "abr": 4, "mai": 5, "mag": 5, "juin": 6, "giu": 6, "juil": 7, "lug": 7,
    "aoû": 8, "ago": 8, "set": 9, "okt": 10, "out": 10, "ott": 10, "déc": 12, "dez": 12, "dic": 12, "ene": 1, "gen": 1,
}  # fmt: skip
"""Months by the first letters of their names in other languages."""
_DAY = r"(?P<{0}>\d{{1,2}})(?:st|nd|rd|th)?"
_YEAR = r"(?P<{0}>(?:19|20)\d\d)"
_TO = r"\s*(?:-|–|—|to|and|through|until|&|/|→|->)+\s*"
_CLOCK = r"(?:[T ,]*\d{1,2}:\d{2}(?::\d{2})?\s*(?:[ap]m)?\s*(?:Z|UTC|[A-Z]{3,4})?)?"


@dataclass(frozen=True)
class Days:
    """A day or a range of days."""

    first: Date
    last: Date | None = None
    ambiguous: bool = False
    """Whether day and month could be swapped."""


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.])(?:{text})(?!\d)", re.IGNORECASE)


_ISO = r"(?P<y{0}>(?:19|20)\d\d)(?P<sep{0}>[-/._])(?P<m{0}>\d{{1,2}})(?P=sep{0})(?P<d{0}>\d{{1,2}})"

FORMS: tuple[re.Pattern[str], ...] = (
    # 2026-02-25 – 2026-02-26
    re.compile(rf"(?<!\d){_ISO.format(1)}{_CLOCK}{_TO}{_ISO.format(2)}(?!\d)", re.IGNORECASE),
    # 2026-02-25/26, 2026-02-25–26, 2026-02-28 to 03-01
    re.compile(
        rf"(?<!\d){_ISO.format(1)}(?:\s*[/–—]\s*|\s+to\s+)(?:(?P<m2>\d\d)-)?(?P<d2>\d\d)(?![\d:]|-\d)", re.IGNORECASE
    ),
    # 2026-02-15, 2026/02/15, 2026_02_15
    re.compile(rf"(?<!\d){_ISO.format(1)}(?!\d)"),
    # 20260225-20260226, 20260215
    re.compile(r"(?<!\d)(?P<y1>20\d\d)(?P<m1>\d\d)(?P<d1>\d\d)[-_–](?P<y2>20\d\d)(?P<m2>[01]\d)(?P<d2>[0-3]\d)(?!\d)"),
    re.compile(r"(?<!\d)(?P<y1>20\d\d)(?P<m1>[01]\d)(?P<d1>[0-3]\d)(?!\d)"),
    # February 28 – March 1, 2026 and December 31, 2025 – January 1, 2026
    _pattern(
        rf"{_MONTH.format('m1')}\s+{_DAY.format('d1')}(?:,?\s+{_YEAR.format('y1')})?{_TO}"
        rf"{_MONTH.format('m2')}\s+{_DAY.format('d2')},?\s+{_YEAR.format('y2')}"
    ),
    # February 25-26, 2026
    _pattern(rf"{_MONTH.format('m1')}\s+{_DAY.format('d1')}{_TO}{_DAY.format('d2')},?\s+{_YEAR.format('y1')}"),
    # February 7, 2026
    _pattern(rf"{_MONTH.format('m1')}\s+{_DAY.format('d1')},?\s+{_YEAR.format('y1')}"),
    # 28 February – 1 March 2026
    _pattern(
        rf"{_DAY.format('d1')}\.?\s+(?:of\s+)?{_MONTH.format('m1')}(?:,?\s+{_YEAR.format('y1')})?{_TO}"
        rf"{_DAY.format('d2')}\.?\s+(?:of\s+)?{_MONTH.format('m2')},?\s+{_YEAR.format('y2')}"
    ),
    # 25–26 February 2026
    _pattern(rf"{_DAY.format('d1')}\.?{_TO}{_DAY.format('d2')}\.?\s+{_MONTH.format('m1')},?\s+{_YEAR.format('y1')}"),
    # 7 February 2026, 07-Feb-2026
    _pattern(
        rf"{_DAY.format('d1')}\.?[\s-]+(?:of\s+|de\s+)?{_MONTH.format('m1')}(?:[,\s-]+|\s+de\s+){_YEAR.format('y1')}"
    ),
    # 2026 February 7, 2026-Feb-07
    _pattern(rf"{_YEAR.format('y1')}[\s,-]+{_MONTH.format('m1')}[\s-]+{_DAY.format('d1')}"),
    # 15.02.2026
    re.compile(r"(?<![\d.])(?P<d1>\d{1,2})\.\s?(?P<m1>\d{1,2})\.\s?(?P<y1>(?:19|20)\d\d)(?!\d)"),
    # 2026年2月15日
    re.compile(r"(?P<y1>(?:19|20)\d\d)\s*年\s*(?P<m1>\d{1,2})\s*月\s*(?P<d1>\d{1,2})\s*日"),
    # 02/15/2026, and 15/02/2026 where no month is a fifteenth
    re.compile(r"(?<![\d/-])(?P<a>\d{1,2})[/-](?P<b>\d{1,2})[/-](?P<y1>(?:19|20)\d\d)(?!\d)"),
)


def find_days(text: str) -> Days | None:
    """The first day or range of days in a text.

    >>> find_days("Session 4 — February 25-26, 2026")
    Days(first=datetime.date(2026, 2, 25), last=datetime.date(2026, 2, 26), ambiguous=False)
    """
    found = sorted(
        ((match.start(), number, days) for number, form in enumerate(FORMS) for match, days in _all(form, text)),
        key=lambda one: one[:2],
    )
    return found[0][2] if found else None


def _all(form: re.Pattern[str], text: str) -> list[tuple[re.Match[str], Days]]:
    return [(match, days) for match in form.finditer(text[:2000]) if (days := _days(match))]


_SHORT_YEAR = re.compile(r"(?<![\d/.-])(?P<a>\d{1,2})(?P<sep>[/.-])(?P<b>\d{1,2})(?P=sep)(?P<y>\d\d)(?![\d/.-])")


def dated(value: str) -> Days | None:
    """Return the days in the value of a field such as `Date:`, where a year may have two digits.

    >>> dated("2/21/21")
    Days(first=datetime.date(2021, 2, 21), last=None, ambiguous=False)
    """
    return find_days(_SHORT_YEAR.sub(r"\g<a>\g<sep>\g<b>\g<sep>20\g<y>", value))


def in_order(days: Days, text: str) -> Days:
    """Return days with day and month swapped if they may be, and the text around them writes the day first."""
    if not days.ambiguous or not _is_day_first(text):
        return days
    return Days(days.first.replace(month=days.first.day, day=days.first.month))


def _is_day_first(text: str) -> bool:
    """Whether another date in the text has its day first, or the text is not in English."""
    found = [(int(one["a"]), int(one["b"])) for one in FORMS[-1].finditer(text)]
    if any(first > 12 or second > 12 for first, second in found):
        return any(first > 12 for first, _ in found)
    return len(_NOT_ENGLISH.findall(text)) > len(_ENGLISH.findall(text))


_ENGLISH = re.compile(r"(?i)\b(?:the|and|of|to|is|for|with|was)\b")
_NOT_ENGLISH = re.compile(
    r"(?i)\b(?:de|la|el|los|que|para|del|en|le|les|des|et|une?|und|der|die|das|mit|di|il|per|os|não|com)\b"
)
_AGO = re.compile(r"(?i)\b(?:(?P<today>today)|(?P<yesterday>yesterday)|(?P<days>\d{1,3}) days? ago)\b")
_NO_YEAR = (
    _pattern(rf"{_MONTH.format('m1')}\s+{_DAY.format('d1')}(?![\d,]*\s*\d{{4}})"),
    _pattern(rf"{_DAY.format('d1')}\.?\s+{_MONTH.format('m1')}(?!\s*\d{{4}})"),
)


def relative_day(text: str, added: Date) -> Date | None:
    """The day that a text such as `yesterday` or `Feb 7` means in a file that was added on a day.

    >>> relative_day("yesterday", Date(2026, 3, 1)), relative_day("Sat, 28 Feb", Date(2026, 3, 1))
    (datetime.date(2026, 2, 28), datetime.date(2026, 2, 28))
    >>> relative_day("Dec 31", Date(2026, 1, 2))
    datetime.date(2025, 12, 31)
    """
    if ago := _AGO.search(text):
        return added - timedelta(days=0 if ago["today"] else 1 if ago["yesterday"] else int(ago["days"]))
    found = next((match for form in _NO_YEAR if (match := form.search(text))), None)
    if found is None:
        return None
    days = (_date(str(year), found["m1"], found["d1"]) for year in (added.year, added.year - 1))
    return next((day for day in days if day and day <= added), None)


def bare_day(text: str) -> str | None:
    """The day of a heading that is only a day without a year, such as `Nov 9th`, as month and day."""
    found = next((match for form in _NO_YEAR if (match := form.fullmatch(text.strip()))), None)
    return f"{_month(found['m1'].lower())}-{found['d1']}" if found else None


_MONTHS = (
    re.compile(r"^\W*(?P<y>20\d\d)[-/.](?P<m>\d\d)(?:[-/.][Xx?]{1,2})?(?![-/.]?\w)"),
    re.compile(rf"^\W*{_MONTH.format('m')},?\s+{_YEAR.format('y')}(?!\w)", re.IGNORECASE),
    re.compile(r"^\W*(?P<y>20\d\d)\s*年\s*(?P<m>\d{1,2})\s*月(?!\s*\d)"),
)


def find_month(text: str) -> Days | None:
    """The month that a heading begins with, if it states no day.

    >>> find_month("2026-02-XX (draft)")
    Days(first=datetime.date(2026, 2, 1), last=datetime.date(2026, 2, 28), ambiguous=False)
    """
    found = next((match for form in _MONTHS if (match := form.match(text))), None)
    first = _date(found["y"], found["m"], "1") if found and not find_days(text) else None
    return Days(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)) if first else None


def without_days(text: str) -> str:
    """The text without its dates."""
    for form in FORMS:
        text = form.sub(lambda match: " " if _days(match) else match[0], text)
    return text


def _days(match: re.Match[str]) -> Days | None:
    part = match.groupdict()
    if "a" in part:
        first, second = int(part["a"]), int(part["b"])
        month, day = (first, second) if first <= 12 else (second, first)
        whole = _date(part["y1"], str(month), str(day))
        return None if whole is None else Days(whole, ambiguous=first <= 12 and second <= 12 and first != second)
    last_year = part.get("y2") or part["y1"]
    begin = _date(part.get("y1") or last_year, part["m1"], part["d1"])
    if begin is None or not part.get("d2"):
        return None if begin is None else Days(begin)
    end = _date(last_year, part.get("m2") or part["m1"], part["d2"])
    return Days(begin, end if end and end > begin else None)


def _month(name: str) -> int:
    foreign = _FOREIGN.get(name[:4]) or _FOREIGN.get(name[:3])
    return foreign or MONTHS.index(name[:3]) + 1


def _date(year: str | None, month: str, day: str) -> Date | None:
    number = int(month) if month.isdigit() else _month(month.lower())
    try:
        return Date(int(year or 0), number, int(day))
    except ValueError:
        return None


# --- ids ------------------------------------------------------------------------------------------------------------

_NUMBER = r"\d{1,4}(?:[A-Za-z](?![A-Za-z])|\.\d{1,2}(?!\d))?"
_AND = r"\s*(?:/|&|\+|,|and|-|–|—|to)\s*"
_S = rf"(?<![A-Za-z0-9])S-?(?P<a>{_NUMBER})(?:(?:{_AND}S-?|/)(?P<b>{_NUMBER}))?(?![A-Za-z0-9])"
_SESSION = (
    rf"(?<![A-Za-z])sess(?:ion)?(?P<many>s)?(?:[\s_-]*(?:changelog|log|notes?|report|summary))?(?:[\s_.-]|:(?!\s*S?\d+\s+[A-Za-z]))*"
    rf"(?:(?:no\.?|nr\.?|number|id)[\s_:-]*)?#?\s*S?(?P<a>{_NUMBER})"
    # A second number is another session, and not what the first is followed by: `Session 12, 3 hours`.
    rf"(?:(?:(?P<tight>[-–/+&])|{_AND}(?:sessions?\s+)?)[#S]?(?P<b>{_NUMBER})"
    rf"(?(many)|(?(tight)|(?!\s+[a-z]))))?(?![A-Za-z0-9])"
)
_OTHER = (
    r"(?<![A-Za-z])(?:dev[\s-]?log|log|entry|sprint|iteration|day|stand-?up)"
    rf"[\s_-]*(?:no\.?|nr\.?|number)?\s*#?\s*(?P<a>{_NUMBER})(?P<b>)(?![A-Za-z0-9])"
)
_HASH = rf"(?<![\w&])#(?P<a>{_NUMBER})(?P<b>)(?![\w])"

_CLOCK_TIME = re.compile(r"(?<![\d:])\d{1,2}:\d{2}(?::\d{2})?(?![\d:])")

IDS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(form, flags) for form, flags in ((_SESSION, re.IGNORECASE), (_S, 0), (_OTHER, re.IGNORECASE), (_HASH, 0))
)
_OWN_ID = re.compile(
    rf"\W*(?:sessions?\b)?[\s#:]*S?(?P<a>{_NUMBER})(?:{_AND}S?(?P<b>{_NUMBER}))?(?![\w.])", re.IGNORECASE
)


def find_id(text: str) -> str | None:
    """The session id in a title or file name, without `S`.

    >>> find_id("S138 / S139"), find_id("Session #12"), find_id("LOG_20260213_S82_FINAL.md"), find_id("Session 96A")
    ('138-139', '12', '82', '96A')
    >>> find_id("Session 47 (part 2)")
    '47-part2'
    """
    text = re.sub(r"(\d{4}-\d\d-\d\d)[_T ]\d\d-\d\d(?!\d)", r"\1", text)
    text = _CLOCK_TIME.sub(" ", without_days(text if text.isascii() else english(text)))
    return next((_id(match) for form in IDS if (match := form.search(text))), None)


def own_id(value: str) -> str | None:
    """The session id in the value of a field such as `Session:`; a word if there is no number.

    >>> own_id("88 (extended)"), own_id("S96A"), own_id("retro")
    ('88', '96A', 'retro')
    """
    match = _OWN_ID.match(without_days(value))
    if match:
        return _id(match)
    word = re.fullmatch(r"[`\"']?([A-Za-z][\w.-]{0,39})[`\"']?", value.strip())
    return word[1] if word else None


def _id(match: re.Match[str]) -> str:
    first, second = (part and _canonical(part) for part in (match["a"], match["b"]))
    name = f"{first}-{second}" if first and second and _order(first) < _order(second) else str(first)
    part = _PART.match(match.string, match.end())
    return f"{name}-part{part['part'].lower()}" if part else name


_PART = re.compile(r"(?i)[\s_(,:–—-]*(?:part|pt\.?)[\s_-]*(?P<part>\d{1,2}|[ivx]{1,4}|[a-d])(?![A-Za-z0-9])")


def _order(name: str) -> tuple[int, str]:
    """Sort key of ids: a range must ascend, so `S52 - S50 shipped` is one session."""
    digits = re.match(r"\d+", name)
    return int(digits[0]) if digits else 0, name


def _canonical(number: str) -> str:
    return (number.lstrip("0") or "0") if number.isdigit() else number.upper()


_VERSION = re.compile(r"\[?v?(\d+\.\d+(?:\.\d+)*(?:[-+.]?[A-Za-z][\w.]*)?)\]?(?!\.?\w)")


def find_version(text: str) -> str | None:
    """The release number at the start of a changelog heading."""
    match = _VERSION.match(re.sub(r"(?i)^(release|version)\s+", "", text.strip()))
    return match[1] if match else None


# --- file names -----------------------------------------------------------------------------------------------------

_COMMON_WORDS = frozenset(
    [
        "session",
        "sessions",
        "changelog",
        "log",
        "logs",
        "notes",
        "note",
        "report",
        "summary",
        "final",
        "draft",
        "daily",
        "devlog",
        "journal",
        "diary",
        "md",
        "v1",
    ]
)


def id_of_day(day: Date, stem: str) -> str:
    """A stable id for a log without one: its date and the distinctive words of its file name.

    >>> id_of_day(Date(2026, 1, 22), "2026-01-22_parser_notes")
    '20260122-parser'
    """
    words = [word for word in re.findall(r"[a-z0-9]+", without_days(stem).lower()) if word not in _COMMON_WORDS]
    return "-".join([f"{day:%Y%m%d}", *words[:5]])

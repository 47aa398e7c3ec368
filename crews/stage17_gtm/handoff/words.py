"""The words of the handoff: how the closed vocabularies, moments and amounts are said to a person."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from gtm.domain.dossier import StepRecord
from gtm.domain.money import cents, usd
from gtm.domain.names import NAMES, counted, name_of

LABELS = NAMES

_VIA = {
    "cli": "the command line",
    "web": "the web page",
    "terminal": "a prompt on the terminal",
    "prompt": "a prompt on the terminal",
    "agent": "the agent of that role, as policy allows",
    "approve_as": "a standing instruction (--approve-as)",
    "approve-as": "a standing instruction (--approve-as)",
    "standing": "a standing instruction",
}


def label(word: str) -> str:
    """A vocabulary word as a person reads it: `google_ads` is Google Ads, `book_demo` is Book a demo."""
    return name_of(word)


def via(word: str) -> str:
    """How a decision reached the run, as a phrase after 'via'."""
    return _VIA.get(word, word or "an unnamed door")


def person(name: str) -> str:
    """Who decided, without the mark that tells people from agents: `person:ada` is ada."""
    return name.removeprefix("person:") or "nobody named"


def moment(value: datetime | None) -> str:
    """A moment in UTC, `5 January 2026, 10:30 UTC`."""
    return "not yet" if value is None else f"{day(value.date())}, {value:%H:%M} UTC"


def day(value: date) -> str:
    """A date, `5 January 2026`."""
    return f"{value.day} {value:%B %Y}"


def short_day(value: date) -> str:
    """A date with its weekday, `Mon 5 Jan`."""
    return f"{value:%a} {value.day} {value:%b}"


def duration(value: timedelta | None) -> str:
    """A length of time in its two largest units: `0.4 s`, `3 min 12 s`, `2 h 5 min`, `3 d 4 h`."""
    if value is None:
        return "undefined"
    seconds = value.total_seconds()
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    for size, name, smaller, below in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            rest = whole % size // smaller
            return f"{whole // size} {name}" + (f" {rest} {below}" if rest else "")
    return f"{whole} s"


def money_short(value: Decimal) -> str:
    """Dollars without cents where there are none: `$35,000`, `$1,666.67`."""
    text = usd(cents(value))
    return text[:-3] if text.endswith(".00") else text


def cost(value: Decimal | None) -> str:
    """What model calls cost: to the cent, and never a zero that is not one."""
    if value is not None and Decimal(0) < value < Decimal("0.01"):
        return "less than $0.01"
    return usd(value)


def target(metric: str, value: Decimal) -> str:
    """A metric's target in its own unit: rates as percent, costs as dollars."""
    if metric in ("ctr", "open_rate", "conversion_rate", "retention_rate"):
        return percent(value)
    return money_short(value) if metric in ("cac", "cpl") else number(value)


def sentence(text: str) -> str:
    """A detail as a sentence: a capital in front, except of an identifier, and a full stop behind."""
    text = text.strip()
    first = text.split(" ", 1)[0].rstrip(",;:")
    if first.isalpha() and first not in LABELS:
        text = text[:1].upper() + text[1:]
    return text + ("" if text[-1:] in ("", ".", "!", "?", "…", "”") else ".")


def asked_line(sop: str) -> str:
    """A checklist line as a person reads it; a row of the SOP's tables (case | result | evidence) as one sentence."""
    case, *rest = sop.split(" | ")
    if not rest:
        return sop
    shown = rest[1].replace("`", "") if len(rest) > 1 else ""
    expected = f"{case}: {rest[0][:1].lower()}{rest[0][1:]}"
    return f"{expected} (evidence: {shown[:1].lower()}{shown[1:]})" if shown else expected


def line_name(sop: str) -> str:
    """What a checklist line is called: the line itself, of a row of the SOP's tables its first cell."""
    return sop.split(" | ")[0]


def heading(text: str) -> str:
    """A description as a heading: a capital in front, nothing else changed."""
    return text[:1].upper() + text[1:]


def hours(value: int) -> str:
    """A delay as a person says it: 48 hours up to two days, whole days beyond."""
    return count(value // 24, "day") if value > 48 and value % 24 == 0 else count(value, "hour")


def field(path: str) -> str:
    """A dotted field of the brief as a person reads it: `financial_model.monthly` is Financial model › monthly.

    A path with slashes names a piece of content and stays as it is.
    """
    if "/" in path:
        return path
    parts = (part.replace("_", " ").replace("-", " ") for part in path.split(".") if part != "characteristics")
    text = " › ".join(parts)
    return text[:1].upper() + text[1:]


def percent(share: Decimal) -> str:
    """A share in 0-1 as a percentage, `66.67 %`."""
    return f"{number(share * 100)} %"


def number(value: Decimal) -> str:
    """A number without trailing zeros, at most two decimals, thousands separated."""
    text = f"{value.quantize(Decimal('0.01')):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def count(amount: int, one: str, many: str = "") -> str:
    """`1 file`, `3 files`."""
    return counted(amount, one, many)


def listed(items: list[str] | tuple[str, ...]) -> str:
    """`a`, `a and b`, `a, b and c`; a comma before the last where an item has an `and` of its own."""
    if len(items) < 2:
        return "".join(items)
    if any(" and " in item for item in items):
        return ", ".join(items[:-1]) + ", and " + items[-1]
    return ", ".join(items[:-1]) + " and " + items[-1]


def generator(name: str) -> str:
    """Who drafted something, `playbook` explained."""
    if not name:
        return "an unnamed generator"
    return "the playbook (embedded, from the venture's own facts)" if name == "playbook" else name


def source(step: StepRecord | None) -> str:
    """One line saying which step produced something, in which revision and by what."""
    if step is None:
        return "The run has no record of the step that makes this."
    parts = [f"Step {step.step}, revision {step.revision}"]
    if step.agent:
        parts.append(step.agent)
    parts.append(f"generated by {generator(step.generated_by)}")
    if step.artifact_sha256:
        parts.append(f"SHA-256 {step.artifact_sha256[:12]}…")
    return " · ".join(parts)


def size(octets: int) -> str:
    """A file's size, `812 B`, `3.4 KB`, `1.2 MB`."""
    if octets < 1000:
        return f"{octets} B"
    return f"{octets / 1000:.1f} KB" if octets < 1_000_000 else f"{octets / 1_000_000:.1f} MB"

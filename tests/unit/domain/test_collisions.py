from datetime import date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from gtm.domain.calendar import Words
from gtm.domain.collisions import Room, find, resolve, settle
from gtm.domain.delivery import FrequencyCap
from gtm.domain.schedule import CalendarEntry, CampaignDates, EmailSlot, SchedulePlan, SendWindow, TimeRange

B2B = SendWindow(audience="b2b", weekdays=(1, 2, 3), ranges=(TimeRange(start=time(10), end=time(14)),))
CAPS = FrequencyCap(per_day=1, per_week=2)
TUESDAY, MONDAY = date(2026, 1, 6), date(2026, 1, 5)
DAY = timedelta(days=1)
WORDS = Words({"drip": "The drip", "news": "The letter", "it": "Heads of IT"})


def slot(campaign: str, step: int, on: date, at: time = time(10), segment: str = "it") -> EmailSlot:
    return EmailSlot(campaign_id=campaign, template_id=campaign, step=step, segment_id=segment, on=on, at=at)


def plan(*emails: EmailSlot, launches: date = MONDAY) -> SchedulePlan:
    ids = sorted({s.campaign_id for s in emails})
    return SchedulePlan(
        venture_id="fleet", starts=MONDAY, ends=date(2026, 3, 1), window=B2B, emails=emails, flights=(),
        campaigns=tuple(
            CampaignDates(campaign_id=c, launches=launches, ends=date(2026, 3, 1), aligned_with="Monday") for c in ids
        ),
        calendar=tuple(
            CalendarEntry(on=launches, at=time(9), zone="UTC", kind="launch", title=c, channel="web", campaign_id=c)
            for c in ids
        ),
    )  # fmt: skip


def test_each_kind_of_collision_is_found_and_told() -> None:
    made = plan(
        slot("drip", 1, TUESDAY), slot("news", 1, TUESDAY, time(11)), slot("drip", 2, TUESDAY + DAY),
        slot("drip", 3, TUESDAY + 2 * DAY),
    )  # fmt: skip
    told = [(c.kind, c.told(CAPS, WORDS)) for c in find(made, CAPS)]
    assert told == [
        ("launch", "The letter launches to Heads of IT on Mon 5 January, as does The drip"),
        ("day", "email 1 of The letter to Heads of IT on Tue 6 January is above 1 a day"),
        ("week", "email 2 of The drip to Heads of IT on Wed 7 January is above 2 in 7 days"),
        ("week", "email 3 of The drip to Heads of IT on Thu 8 January is above 2 in 7 days"),
    ]
    assert find(plan(slot("drip", 1, TUESDAY), slot("news", 1, TUESDAY, segment="hr"), launches=MONDAY), CAPS) == ()


def test_the_later_mail_moves_on_the_bound_one_stays_and_people_are_told() -> None:
    made = plan(slot("drip", 1, TUESDAY), slot("news", 1, TUESDAY, time(11)))
    moved, notes = resolve(made, CAPS, Room(B2B), WORDS)
    assert {s.campaign_id: (s.on, s.at) for s in moved.emails} == {
        "drip": (TUESDAY, time(10)), "news": (TUESDAY + DAY, time(11))
    }  # fmt: skip
    assert {c.campaign_id: c.launches for c in moved.campaigns} == {"drip": MONDAY, "news": TUESDAY + DAY}
    assert [e.on for e in moved.calendar if e.title == "news"] == [TUESDAY + DAY]
    assert notes == (
        "Moved so that nobody gets more mails than 1 a day and 2 in 7 days: email 1 of The letter to Heads of IT from "
        "Tue 6 January to Wed 7 January.",
        "The letter launches on Wed 7 January with its first mail, not beside The drip on Mon 5 January: they write to "
        "the same people.",
    )
    bound, _ = settle(made.emails, CAPS, Room(B2B, fixed={("news", 1)}))
    assert {s.campaign_id: s.on for s in bound} == {"news": TUESDAY, "drip": TUESDAY + DAY}


def test_what_cannot_move_is_told_and_left() -> None:
    made = plan(slot("drip", 1, TUESDAY), slot("news", 1, TUESDAY, time(11)))
    both = Room(B2B, fixed={("news", 1), ("drip", 1)})
    kept, notes = resolve(made, CAPS, both, WORDS)
    assert kept.emails == made.emails
    assert notes[-1].startswith("Still in each other's way, to be decided by a person: email 1 of The letter")
    late, _ = settle(made.emails, CAPS, Room(B2B, until=TUESDAY))
    assert late == made.emails
    # A step never passes the bound one after it.
    after = (slot("drip", 1, TUESDAY), slot("news", 1, TUESDAY, time(11)), slot("news", 2, TUESDAY + DAY))
    assert settle(after, CAPS, Room(B2B, fixed={("news", 2), ("drip", 1)}))[0] == after


def test_of_two_mails_on_a_day_the_one_that_must_be_out_before_a_reminder_stays() -> None:
    made = (slot("drip", 1, TUESDAY), slot("news", 1, TUESDAY, time(11)), slot("news", 2, TUESDAY + DAY))
    kept = {(s.campaign_id, s.step): s.on for s in settle(made, CAPS, Room(B2B, fixed={("news", 2)}))[0]}
    assert kept == {("news", 1): TUESDAY, ("news", 2): TUESDAY + DAY, ("drip", 1): TUESDAY + 7 * DAY}


def test_what_is_about_a_day_of_its_own_goes_before_what_was_there_earlier() -> None:
    made = (slot("drip", 1, TUESDAY), slot("launch", 1, TUESDAY, time(11)))
    kept = {s.campaign_id: s.on for s in settle(made, CAPS, Room(B2B, first={("launch", 1)}))[0]}
    assert kept == {"launch": TUESDAY, "drip": TUESDAY + DAY}


def test_the_plan_that_collides_nowhere_is_the_same_plan() -> None:
    made = plan(slot("drip", 1, TUESDAY), slot("drip", 2, TUESDAY + 2 * DAY), slot("drip", 3, TUESDAY + 7 * DAY))
    assert resolve(made, CAPS, Room(B2B)) == (made, ())


SLOTS = st.lists(
    st.tuples(
        st.sampled_from(["drip", "news", "event"]), st.sampled_from(["it", "hr"]), st.integers(0, 8), st.integers(0, 15)
    ),
    max_size=14,
)


def sequences(drawn: list[tuple[str, str, int, int]]) -> tuple[EmailSlot, ...]:
    """Slots in the window whose steps are in the order of time."""
    found, steps = [], dict[tuple[str, str], int]()
    for campaign, segment, week_day, quarter in sorted(set(drawn), key=lambda d: (d[2], d[3])):
        step = steps[campaign, segment] = steps.get((campaign, segment), 0) + 1
        on = TUESDAY + timedelta(weeks=week_day // 3, days=week_day % 3)
        at = (datetime.combine(on, time(10)) + quarter * timedelta(minutes=15)).time()
        if step <= 10:
            found.append(slot(campaign, step, on, at, segment))
    return tuple(found)


@settings(max_examples=60)
@given(SLOTS, st.sets(st.sampled_from([TUESDAY + n * DAY for n in range(40)]), max_size=6), st.integers(1, 3))
def test_no_collision_of_mails_is_left_and_nothing_is_lost(drawn, closed: set[date], per_week: int) -> None:
    emails, caps = sequences(drawn), FrequencyCap(per_day=1, per_week=per_week)
    emails = tuple(s for s in emails if s.on not in closed)
    room = Room(B2B, delays={(c, n): 24 for c in ("drip", "news") for n in range(2, 11)}, closed=closed)
    settled, notes = settle(emails, caps, room)
    key = [(s.campaign_id, s.segment_id, s.step) for s in emails]
    assert sorted((s.campaign_id, s.segment_id, s.step) for s in settled) == sorted(key)
    far = max((s.on for s in settled), default=TUESDAY) < TUESDAY + timedelta(days=45)
    if far:
        assert find(plan(*settled).model_copy(update={"campaigns": ()}), caps) == ()
        assert all(B2B.allows(datetime.combine(s.on, s.at)) and s.on not in closed for s in settled)
        assert settle(settled, caps, room)[0] == settled
    was = {(s.campaign_id, s.segment_id, s.step): s.on for s in emails}
    assert all(s.on >= was[s.campaign_id, s.segment_id, s.step] for s in settled)
    for one, other in {(c, g) for c, g, _ in key}:
        mine = sorted((s for s in settled if (s.campaign_id, s.segment_id) == (one, other)), key=lambda s: s.step)
        assert all((a.on, a.at) < (b.on, b.at) for a, b in pairwise(mine)) or not far
    assert bool(notes) == (sorted(settled, key=str) != sorted(emails, key=str))
    assert settle(emails, caps, room) == (settled, notes)


def test_a_sequence_that_has_no_room_to_move_as_a_whole_stays_as_it_was() -> None:
    week = timedelta(weeks=1)
    drip = (slot("drip", 1, TUESDAY, time(11)), slot("drip", 2, TUESDAY + week))
    others = (slot("news", 1, TUESDAY), slot("news", 2, TUESDAY + week + DAY))
    room = Room(B2B, delays={("drip", 2): 7 * 24}, fixed={("news", 1), ("news", 2)}, until=TUESDAY + week + DAY)
    kept, notes = settle((*drip, *others), CAPS, room)
    assert {s for s in kept if s.campaign_id == "drip"} == set(drip)
    assert notes == ()

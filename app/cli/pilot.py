"""`gtm pilot`: a campaign goes to a small share of its audience first, and to everybody else when LEAD says go."""

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import output
from app.cli.door import Door, door_of
from app.cli.ventures import By, Json
from gtm.domain.names import agreed, counted

if TYPE_CHECKING:
    from gtm.automation.pilots.starting import Starting
    from gtm.domain.dossier import ApprovalRecord
    from gtm.store.models.pilots import CampaignPilot

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Try a campaign on 5-10 % of its audience first.")

VentureId = Annotated[str, typer.Argument(metavar="VENTURE", help="A venture's id.")]
Campaign = Annotated[
    str | None, typer.Option("--campaign", metavar="CAMPAIGN", help="Which one, where several send mail.")
]
Share = Annotated[
    str | None,
    typer.Option("--share", metavar="PERCENT", help="Of the audience, such as 8%; the policy has the range."),
]


@app.command("hold")
def hold(
    context: typer.Context,
    venture_id: VentureId,
    share: Share = None,
    campaign: Campaign = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Hold everybody back from a campaign, so that its leads can be imported before `gtm pilot start` chooses."""
    from gtm.automation.pilots import starting

    parts = _starting(door_of(context), by)
    row = starting.hold(parts, venture_id, _share(share) or parts.numbers.share.default, campaign)
    output.result(
        {"pilot_id": row.pilot_id, "campaign_id": row.campaign_id, "status": row.status},
        f"{row.pilot_id}: nobody enters {row.campaign_id} until it is decided.\n"
        f"Next: gtm lead import, then gtm pilot start {venture_id} --campaign {row.campaign_id}",
        as_json=as_json,
    )


@app.command("start")
def start(
    context: typer.Context,
    venture_id: VentureId,
    share: Share = None,
    campaign: Campaign = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Choose a share of a campaign's audience by a salted hash and enrol these people alone; everybody else waits."""
    from gtm.automation.pilots import starting

    done = starting.start(_starting(door_of(context), by), venture_id, _share(share), campaign)
    if as_json:
        output.emit(done)
        return
    output.say(
        f"{done.pilot_id}: {done.enrolled} of {done.audience} people are in the pilot of {done.campaign_id}; everybody "
        "else waits."
    )
    for part in done.parts:
        output.say(f"  {part.workflow_id}, version {part.version}: {part.chosen} of {part.audience}")
    if not done.counts:
        output.say("  Too few for figures to count; the feedback still does.")
    output.say(f"Next: gtm pilot status {venture_id}")


@app.command("status")
def status(context: typer.Context, venture_id: VentureId, campaign: Campaign = None, as_json: Json = False) -> None:
    """Show a venture's pilots: figures by mail and variant, feedback, and what comes next."""
    from gtm.automation.pilots.measuring import measure, rules_for
    from gtm.domain.pilot import PilotResults, stop_reasons
    from gtm.store.repositories import leads, pilots, ventures

    door = door_of(context)
    told = []
    with door.database.read() as session:
        ventures.require(session, venture_id)
        rules = rules_for(session, door.configuration.policies, venture_id)
        for row in pilots.of_venture(session, venture_id, campaign):
            frozen = PilotResults.model_validate(row.results) if row.results is not None else None
            decided = row.status in ("launched", "stopped")
            results = frozen if decided else measure(session, row, rules, door.clock.now())
            said = [
                (leads.get_lead(session, one.lead_id).email, one) for one in pilots.feedback_of(session, row.pilot_id)
            ]
            told.append((row, results, stop_reasons(results, rules) if results and not decided else (), said))
    if as_json:
        output.emit(
            [
                {
                    "pilot": row,
                    "results": results,
                    "breaks": list(reasons),
                    "feedback": [{"email": email, "score": one.score, "text": one.comment} for email, one in said],
                }
                for row, results, reasons, said in told
            ]
        )
        return
    if not told:
        output.say(f"{venture_id} has no pilot. Next: gtm pilot start {venture_id} --share 8%")
        return
    from app.cli.pilot_render import pilot_view

    for row, results, reasons, said in told:
        output.console().print(pilot_view(row, results, reasons, said))
        output.say(_next(row))


@app.command("feedback")
def feedback(
    context: typer.Context,
    venture_id: VentureId,
    lead: Annotated[
        str | None, typer.Option("--lead", metavar="LEAD", help="Who said it: an id or an address.")
    ] = None,
    score: Annotated[int | None, typer.Option("--score", metavar="1-5", help="1 is bad, 5 is good.")] = None,
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="Their words.")] = "",
    file: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Many at once: columns lead, score, text.")
    ] = None,
    links: Annotated[
        Path | None,
        typer.Option("--links", metavar="FILE", help="Write everybody's own link to the feedback page instead."),
    ] = None,
    campaign: Campaign = None,
    as_json: Json = False,
) -> None:
    """Keep what readers of a pilot say; replies to its mails are kept by `gtm mail feedback` and the worker."""
    from gtm.domain.errors import InvalidInput

    if (lead is not None) + (file is not None) + (links is not None) != 1:
        raise InvalidInput("say whose", field="--lead, --csv or --links", allowed="one of the three")
    door = door_of(context)
    if links is not None:
        _write_links(door, _one(door, venture_id, campaign), links, as_json=as_json)
        return
    row = _one(door, venture_id, campaign)
    if file is not None:
        _keep_file(door, row, file, as_json=as_json)
        return
    from gtm.automation.pilots.feedback import keep
    from gtm.store.repositories import leads

    with door.database.write() as session:
        person = leads.of_reference(session, lead or "", venture_id)
        keep(session, row, person, score, text, "person", door.clock.now())
    output.result({"pilot_id": row.pilot_id, "kept": 1}, f"Kept for {row.pilot_id}.", as_json=as_json)


@app.command("close")
def close(
    context: typer.Context, venture_id: VentureId, campaign: Campaign = None, by: By = None, as_json: Json = False
) -> None:
    """Freeze a pilot's figures and ask LEAD for go or no-go; a pilot that has not begun is taken back."""
    from gtm.automation.pilots import judging
    from gtm.store.repositories import pilots

    door = door_of(context)
    row = _one(door, venture_id, campaign)
    if row.status == "planned":
        with door.database.write() as session:
            judging.take_back(session, row.pilot_id, door.person(by), door.clock.now())
        text = f"{row.pilot_id} is taken back: nobody is held any more. Who came meanwhile has not entered."
        output.result({"pilot_id": row.pilot_id, "status": "stopped"}, text, as_json=as_json)
        return
    with door.database.write() as session:
        results = judging.close(session, row.pilot_id, door.configuration.policies, door.person(by), door.clock.now())
        asked = pilots.get(session, row.pilot_id)
    approval_id = asked.approval_id if asked is not None else ""
    sha = asked.results_sha256 if asked is not None else ""
    if as_json:
        output.emit({"pilot_id": row.pilot_id, "approval_id": approval_id, "sha256": sha, "results": results})
        return
    output.say(f"{row.pilot_id} is closed; LEAD is asked about its results ({sha[:16]}).")
    output.say(f"Look:    gtm pilot status {venture_id}")
    output.say(f"Go:      gtm approve {approval_id} --as LEAD --sha {sha[:16]}")
    output.say(f"No-go:   gtm reject {approval_id} --as LEAD --comment TEXT")


@app.command("tests")
def tests(
    context: typer.Context,
    venture_id: VentureId,
    campaign: Campaign = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Remember what won for the next run; decide once, not every day.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show which version of each tested text won, or what is missing to say so."""
    from gtm.automation.pilots import winning
    from gtm.store.repositories import ventures
    from gtm.store.repositories import winners as kept

    door = door_of(context)
    numbers = door.configuration.policies.pilot
    if keep:
        with door.database.write() as session:
            ventures.require(session, venture_id)
            winning.remember(session, venture_id, numbers, door.clock.now(), campaign)
    with door.database.read() as session:
        ventures.require(session, venture_id)
        found = winning.look(session, venture_id, numbers, campaign)
        won = kept.of_venture(session, venture_id)
    if as_json:
        output.emit({"tests": list(found), "remembered": list(won)})
        return
    from app.cli.pilot_render import tests_view

    output.console().print(tests_view(found, won))
    if not found:
        output.say(f"{venture_id} tests nothing in its mails.")


def decided(door: Door, record: "ApprovalRecord", *, as_json: bool) -> None:
    """Tell of a verdict, and after a go enrol everybody else; a worker goes on where this breaks off."""
    from gtm.automation.pilots.launching import enrol_rest
    from gtm.store.repositories import pilots

    with door.database.read() as session:
        row = pilots.of_approval(session, record.approval_id)
    pilot_id = row.pilot_id if row is not None else ""
    launched = enrol_rest(door.database, pilot_id, door.clock.now()) if record.status == "approved" else None
    if as_json:
        output.emit({**record.model_dump(mode="json", exclude={"review"}), "pilot_id": pilot_id, "launched": launched})
    elif launched is None:
        output.say(f"{pilot_id} is not followed by a launch; the workflows of its campaign are paused.")
    else:
        more = counted(launched.enrolled, "more person", "more people")
        output.say(f"{pilot_id}: {more} {agreed(launched.enrolled, 'is', 'are')} enrolled.")
        if not launched.done:
            output.say(f"  A worker enrols the rest{f': {launched.stopped}' if launched.stopped else ''}.")


def _starting(door: Door, by: str | None) -> "Starting":
    from gtm.automation.pilots.starting import Starting
    from gtm.domain.delivery import DeliveryPolicy

    policies = door.configuration.policies
    delivery = DeliveryPolicy.of(policies.delivery, policies.send_windows)
    return Starting(door.database, door.clock, delivery, policies.pilot, door.person(by))


def _share(text: str | None) -> Decimal | None:
    """8%, 8 or 0.08 as 0.08.

    Raises:
        InvalidInput: it is no number.
    """
    from gtm.domain.errors import InvalidInput

    if text is None:
        return None
    try:
        number = Decimal(text.strip().removesuffix("%").strip())
    except InvalidOperation:
        raise InvalidInput("that is no share", field="--share", value=text, allowed="such as 8%") from None
    return number / 100 if number.is_finite() and (number >= 1 or text.strip().endswith("%")) else number


def _one(door: Door, venture_id: str, campaign: str | None) -> "CampaignPilot":
    """The pilot that is not decided.

    Raises:
        NotFound: there is none.
        InvalidInput: there are several, and no campaign is named.
    """
    from gtm.domain.errors import InvalidInput, NotFound
    from gtm.store.repositories import pilots, ventures

    with door.database.read() as session:
        ventures.require(session, venture_id)
        found = [row for row in pilots.of_venture(session, venture_id, campaign) if row.status in pilots.OPEN]
    if not found:
        raise NotFound(
            f"{venture_id} has no pilot that is not decided", field="VENTURE", value=venture_id,
            hint=f"gtm pilot start {venture_id} --share 8%",
        )  # fmt: skip
    if len(found) > 1:
        campaigns = ", ".join(row.campaign_id for row in found)
        raise InvalidInput(f"{venture_id} has {len(found)} pilots", field="--campaign", allowed=campaigns)
    return found[0]


def _keep_file(door: Door, row: "CampaignPilot", file: Path, *, as_json: bool) -> None:
    from gtm.automation.pilots.feedback import MAX_FILE, keep_file
    from gtm.domain.errors import InvalidInput

    try:
        with file.open("rb") as opened:
            raw = opened.read(MAX_FILE + 1)
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror}", field="--csv", value=str(file)) from error
    with door.database.write() as session:
        done = keep_file(session, row, raw, door.clock.now())
    if as_json:
        output.emit({"pilot_id": row.pilot_id, **done.model_dump(mode="json")})
        return
    refused = len(done.refused)
    kept = f"{counted(done.kept, 'answer')} {agreed(done.kept, 'is', 'are')} kept for {row.pilot_id}"
    output.say(f"{kept}, {refused:,} {agreed(refused, 'is', 'are')} refused.")
    for line in done.refused:
        output.say(f"  {line}")


def _write_links(door: Door, row: "CampaignPilot", file: Path, *, as_json: bool) -> None:
    import csv

    from app import bootstrap
    from gtm.domain.errors import ConfigError, InvalidInput
    from gtm.store.repositories import pilots

    signed = bootstrap.tracking(door.settings)
    if signed is None:
        raise ConfigError("links need the public address of the web door", field="GTM_PUBLIC_URL")
    with door.database.read() as session:
        sends = pilots.mailed_sends(session, pilots.parts_of(row))
    try:
        with file.open("w", newline="", encoding="utf-8") as opened:
            writer = csv.writer(opened)
            writer.writerow(("email", "link"))
            writer.writerows((email, signed.url("feedback", send_id)) for email, send_id in sends)
    except OSError as error:
        raise InvalidInput(f"{file} cannot be written: {error.strerror}", field="--links", value=str(file)) from error
    output.result(
        {"pilot_id": row.pilot_id, "links": len(sends), "file": str(file)},
        f"{counted(len(sends), 'link')} {agreed(len(sends), 'is', 'are')} written to {file}, each person's own.",
        as_json=as_json,
    )


def _next(row: "CampaignPilot") -> str:
    campaign = f" --campaign {row.campaign_id}"
    match row.status:
        case "planned":
            return f"Next: gtm lead import, then gtm pilot start {row.venture_id}{campaign}"
        case "running" | "paused":
            return f"Next: gtm pilot close {row.venture_id}{campaign}"
        case "ended":
            asked = row.approval_id
            return f"Next: gtm approve {asked} --as LEAD, or gtm reject {asked} --as LEAD --comment TEXT"
        case _:
            return ""

"""Writing the handoff to stage 18 (SOP, handoff to stage 18; domain.md, handoff)."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from crews.previews import NO_BROWSER, Previews
from crews.stage17_gtm.handoff.agent_api import api_files
from crews.stage17_gtm.handoff.automation import workflow_files
from crews.stage17_gtm.handoff.briefing import BRIEFING, briefing_file
from crews.stage17_gtm.handoff.calendar_page import calendar_page
from crews.stage17_gtm.handoff.completeness import completeness, handoff_verdict
from crews.stage17_gtm.handoff.configuration import configuration_files
from crews.stage17_gtm.handoff.content import calendar_words, content_files
from crews.stage17_gtm.handoff.context import Context
from crews.stage17_gtm.handoff.evidence import evidence_files, report_files, test_tables
from crews.stage17_gtm.handoff.folder import replace_folder
from crews.stage17_gtm.handoff.follow_up import action_items
from crews.stage17_gtm.handoff.known_issues import known_issues
from crews.stage17_gtm.handoff.leaks import refuse_secrets
from crews.stage17_gtm.handoff.manifest import MANIFEST, SUMS, manifest, sums
from crews.stage17_gtm.handoff.pictures import picture_files
from crews.stage17_gtm.handoff.view import Parts, report_file
from gtm.domain.base import is_venture_id
from gtm.domain.calendar import to_csv, to_ics
from gtm.domain.dossier import Dossier
from gtm.domain.errors import InvalidInput
from gtm.domain.spec import Policies, StageSpec
from gtm.domain.verdict import Verdict


@dataclass(frozen=True)
class HandoffResult:
    """What was written.

    Attributes:
        manifest_sha256: SHA-256 of its manifest.json, in hex.
        files: every file of the package, sorted.
        checklist: the handoff checklist, judged over these files.
        existed: an earlier package of the venture stood there.
        restored: files that were missing in it or held something else.
        removed: files that stood in it and belong to no package.
    """

    folder: Path
    manifest_sha256: str
    files: tuple[str, ...]
    checklist: Verdict
    existed: bool = False
    restored: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def write_handoff(
    dossier: Dossier,
    *,
    out_dir: Path,
    now: datetime,
    stage: StageSpec,
    policies: Policies,
    agent_url: str,
    evidence_dir: Path,
    dashboard_url: str = "",
    previews: Previews | None = None,
) -> HandoffResult:
    """Write the deliverables package of a run to `out_dir/<venture id>/`.

    The same dossier, evidence and `now` give the same bytes. An earlier package is replaced only when the new one is
    complete; whatever goes wrong before leaves it whole.

    Args:
        dossier: the run; what it has not made yet is left out and named among the gaps.
        out_dir: the folder that packages stand in.
        now: the moment that the package is dated with, aware.
        agent_url: address of the agent endpoint.
        evidence_dir: the root that the test reports' evidence folders are relative to; only this run's are copied.
        dashboard_url: address of the campaign performance dashboard, empty when none is served.
        previews: pictures of the copy; None where nobody asked for them.

    Raises:
        InvalidInput: the venture's id cannot name a folder, or `now` is naive.
        ProposalRefused: something in the package has the shape of a secret.
        OSError: the disk refused.
    """
    if not is_venture_id(dossier.venture_id):
        raise InvalidInput("this venture id cannot name a folder", field="venture_id", value=dossier.venture_id)
    if now.tzinfo is None:
        raise InvalidInput("a handoff is written at an aware moment", field="now", value=str(now))
    drawn = previews if previews is not None else Previews(why_not=NO_BROWSER)
    context = Context(dossier, now, stage, policies, agent_url, dashboard_url, drawn)
    files = package(context, evidence_dir)
    # What looks like a key in a compressed picture is none.
    refuse_secrets({path: content for path, content in files.items() if not path.endswith(".png")})
    replaced = replace_folder(out_dir, dossier.venture_id, files)
    return HandoffResult(
        folder=replaced.folder,
        manifest_sha256=hashlib.sha256(files[MANIFEST]).hexdigest(),
        files=tuple(sorted(files)),
        checklist=handoff_verdict(context, files),
        existed=replaced.existed,
        restored=replaced.restored,
        removed=replaced.removed,
    )


def package(context: Context, evidence_dir: Path) -> dict[str, bytes]:
    """Every file of the package by its path, manifest and sums included."""
    dossier = context.dossier
    files = {
        **configuration_files(context),
        **content_files(context),
        **workflow_files(context),
        **api_files(context),
        **evidence_files(context, evidence_dir),
        **picture_files(context.previews),
    }
    if dossier.schedule:
        files["calendar.ics"] = to_ics(dossier.schedule, f"{context.brief.name}: go-to-market", calendar_words(context))
        files["calendar.csv"] = to_csv(dossier.schedule, calendar_words(context)).encode()
        files |= calendar_page(context)
    tables = test_tables(context, files)
    files |= report_files(context, tables)
    sections = completeness(context, {*files, BRIEFING})
    issues = known_issues(context, sections, tables)
    actions = action_items(context, issues)
    files |= briefing_file(context, issues, actions)
    files |= report_file(context, Parts(sections, tables, issues, actions), files)
    files[MANIFEST] = manifest(files, venture_id=dossier.venture_id, run_id=dossier.run_id, now=context.now)
    files[SUMS] = sums(files)
    return files

"""The handoff package: what is in it, that it is whole, and that it leaks nothing."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from crews.stage17_gtm.handoff import HandoffResult, folder, write_handoff, writer
from crews.stage17_gtm.handoff.configuration import budget_yaml
from gtm.domain.agent_commands import COMMANDS
from gtm.domain.dossier import Dossier
from gtm.domain.errors import InvalidInput, ProposalRefused
from tests.unit.crews import dossiers
from tests.unit.crews.dossier_parts import SEGMENTS


def write(tmp_path: Path, dossier: Dossier | None = None, **changes: Any) -> HandoffResult:
    """Write a handoff of the hand-made run below `tmp_path`."""
    root = tmp_path / "evidence"
    if not root.exists():
        dossiers.evidence(root)
    values: dict[str, Any] = {
        "out_dir": tmp_path / "out",
        "now": dossiers.NOW,
        "stage": dossiers.stage(),
        "policies": dossiers.policies(),
        "agent_url": dossiers.AGENT_URL,
        "evidence_dir": root,
    }
    return write_handoff(dossier or dossiers.dossier(), **(values | changes))


def tree(root: Path) -> dict[str, bytes]:
    """Every file below a folder by its path."""
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> HandoffResult:
    """One package that the tests only read."""
    return write(tmp_path_factory.mktemp("handoff"))


def test_the_package_has_all_its_parts(result: HandoffResult) -> None:
    flow = "workflows/fleet-email-drip-it-platform"
    for path in (
        "agent-configuration.json",
        "budget-allocation.yaml",
        "templates/email-drip-v1.json",
        "content/fleet-email-drip.md",
        "content/fleet-email-drip.json",
        f"{flow}/workflow.yaml",
        f"{flow}/trigger.json",
        f"{flow}/diagram.mmd",
        f"{flow}/diagram.svg",
        f"{flow}/README.md",
        "test-report.json",
        "test-report.md",
        "credential-references.json",
        "calendar.ics",
        "calendar.csv",
        "calendar.html",
        "agent-api.md",
        "agent-api.openapi.json",
        "sales-briefing.md",
        "report.html",
        "manifest.json",
        "SHA256SUMS",
    ):
        assert path in result.files
    assert tuple(tree(result.folder)) == result.files


def test_the_manifest_lists_every_other_file_with_its_hash_and_size(result: HandoffResult) -> None:
    files = tree(result.folder)
    document = json.loads(files["manifest.json"])
    listed = {entry["path"]: entry for entry in document["files"]}
    assert set(listed) == set(files) - {"manifest.json", "SHA256SUMS"}
    assert list(listed) == sorted(listed)
    for path, entry in listed.items():
        assert entry["sha256"] == hashlib.sha256(files[path]).hexdigest()
        assert entry["bytes"] == len(files[path])
    assert result.manifest_sha256 == hashlib.sha256(files["manifest.json"]).hexdigest()


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="no sha256sum on this machine")
def test_sha256sum_verifies_the_package_and_finds_a_changed_file(result: HandoffResult, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(result.folder, copy)
    command = ["sha256sum", "--check", "--quiet", "SHA256SUMS"]
    assert subprocess.run(command, cwd=copy, capture_output=True, check=False).returncode == 0
    (copy / "report.html").write_text("changed")
    assert subprocess.run(command, cwd=copy, capture_output=True, check=False).returncode == 1


def test_the_same_run_gives_the_same_bytes(result: HandoffResult, tmp_path: Path) -> None:
    assert tree(write(tmp_path).folder) == tree(result.folder)


def test_only_this_runs_evidence_is_copied(result: HandoffResult) -> None:
    evidence = [path for path in result.files if path.startswith("evidence/")]
    assert evidence == [f"evidence/fleet-email-drip-it-platform/case-{n}.log" for n in range(1, 7)]


def test_evidence_outside_its_root_is_not_copied_and_counts_as_missing(tmp_path: Path) -> None:
    outside = tmp_path / "secret"
    outside.mkdir()
    (outside / "case-1.log").write_text("not yours")
    report = dossiers.test_report().model_copy(update={"evidence_dir": "../secret"})
    dossier = dossiers.dossier(tests={"venture_id": "fleet", "reports": (report.model_dump(),)})
    written = write(tmp_path, dossier)
    assert not [path for path in written.files if path.startswith("evidence/")]
    cases = json.loads((written.folder / "test-report.json").read_text())["workflows"][0]["cases"]
    assert cases[0]["evidence"] == [] and len(cases[0]["evidence_missing"]) == 1


def test_the_configuration_holds_the_sops_template(result: HandoffResult) -> None:
    configuration = json.loads((result.folder / "agent-configuration.json").read_text())
    assert configuration["venture_id"] == "fleet"
    assert set(configuration["gtm_strategy"]) == {
        "objectives",
        "target_segments",
        "value_propositions",
        "competitive_positioning",
    }
    assert configuration["versions"]["2.2"]["revision"] == 2


def test_the_budget_reads_as_the_sops_template(result: HandoffResult) -> None:
    budget = yaml.safe_load((result.folder / "budget-allocation.yaml").read_text())
    assert budget["total_budget"] == "$50000"
    assert budget["allocation"] == {
        "primary_channel": "$35000",
        "secondary_channels": "$10000",
        "experimental": "$5000",
    }
    assert {"condition": "CAC > $100", "action": "reduce spend by 20%"} in budget["reallocation_triggers"]


def test_the_primary_channels_amount_is_that_of_the_primary_channel() -> None:
    plan, roles = dossiers.budget(), dossiers.channels()
    swapped = {"linkedin": "secondary", "email": "primary"}
    chosen = tuple(c.model_copy(update={"role": swapped.get(c.channel, c.role)}) for c in roles.channels)
    text = budget_yaml(plan, roles.model_copy(update={"channels": chosen}))
    allocation = yaml.safe_load(text)["allocation"]
    email = plan.line("email")
    assert email is not None and allocation["primary_channel"] == f"${email.amount}".removesuffix(".00")
    assert "primary_channel: $2500  # 5%: Email" in text and "proven: $35000  # 70%: LinkedIn" in text
    amounts = [float(value.lstrip("$")) for value in allocation.values()]
    assert sum(amounts) == float(plan.total)


def test_workflow_and_trigger_have_the_sops_shape(result: HandoffResult) -> None:
    flow = result.folder / "workflows/fleet-email-drip-it-platform"
    workflow = yaml.safe_load((flow / "workflow.yaml").read_text())
    assert workflow["trigger"]["type"] == "database_insert"
    assert [a["type"] for a in workflow["actions"]][:3] == ["send_email", "wait", "conditional"]
    trigger = json.loads((flow / "trigger.json").read_text())
    assert trigger["conditions"] == {"lead_source": "website_signup", "segment_id": "it-platform"}
    assert trigger["rate_limit"] == "1 per lead"


def test_every_variant_and_every_claims_fact_is_in_the_content(result: HandoffResult) -> None:
    content = json.loads((result.folder / "content/fleet-email-drip.json").read_text())
    assert len(content["pieces"]) == 9
    assert [p["segment_id"] for p in content["pieces"]][::3] == list(SEGMENTS)
    for piece in content["pieces"]:
        assert all(len(element["variants"]) == 2 for element in piece["elements"])
        assert piece["claims"][0]["fact"].startswith("With GitOps")
    page = (result.folder / "content/fleet-email-drip.md").read_text()
    assert "Device policy as a pull request" in page and "Linux hosts, not a footnote" in page


def test_credentials_are_references_only(result: HandoffResult) -> None:
    channels = json.loads((result.folder / "credential-references.json").read_text())["channels"]
    assert {c["status"] for c in channels} == {"not connected", "not needed"}
    assert all(c["reference"] is None or c["reference"].startswith("vault://") for c in channels)
    assert set(channels[0]) == {"channel", "reference", "status", "integration"}


@pytest.mark.parametrize(
    "secret",
    ["sk-proj-" + "a1B2" * 8, "AKIA" + "A1" * 8, "https://bot:hunter2secret@mail.example/", "Bearer " + "x9" * 20],
)
def test_a_package_with_a_secret_in_it_is_not_written(tmp_path: Path, secret: str) -> None:
    root = dossiers.evidence(tmp_path / "evidence")
    log = root / "run-0123456789/fleet-email-drip-it-platform/1/case-1.log"
    log.write_text(f"connected with {secret}\n")
    with pytest.raises(ProposalRefused) as refused:
        write(tmp_path)
    assert "evidence/fleet-email-drip-it-platform/case-1.log" in refused.value.detail
    assert secret not in str(refused.value.as_problem())
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("venture_id", ["../fleet", "a/b", "", ".", "a..b", "a" * 80])
def test_a_venture_id_that_leads_elsewhere_is_refused(tmp_path: Path, venture_id: str) -> None:
    with pytest.raises(InvalidInput):
        write(tmp_path, dossiers.dossier(venture_id=venture_id))


def test_a_naive_moment_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        write(tmp_path, now=dossiers.NOW.replace(tzinfo=None))


def test_a_failure_half_way_leaves_the_earlier_package_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = tree(write(tmp_path).folder)
    written = 0
    real = folder._write

    def failing(*args: Any) -> None:
        nonlocal written
        written += 1
        if written == 9:
            raise OSError("disk full")
        real(*args)

    monkeypatch.setattr(folder, "_write", failing)
    with pytest.raises(OSError, match="disk full"):
        write(tmp_path, dossiers.dossier(run_id="run-next"))
    assert tree(tmp_path / "out/fleet") == first
    assert [p.name for p in (tmp_path / "out").iterdir() if p.is_dir()] == ["fleet"]


def test_a_failed_change_over_brings_the_earlier_package_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = tree(write(tmp_path).folder)
    real = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if ".new-" in self.name:
            raise PermissionError("no")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(PermissionError):
        write(tmp_path, dossiers.dossier(run_id="run-next"))
    monkeypatch.undo()
    assert tree(tmp_path / "out/fleet") == first


def test_what_a_killed_writer_left_is_cleared_and_its_earlier_package_comes_back(tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / ".fleet.old").mkdir(parents=True)
    (out / ".fleet.old/report.html").write_text("earlier")
    (out / ".fleet.new-abc").mkdir()
    folder._recover(out, "fleet")
    assert (out / "fleet/report.html").read_text() == "earlier"
    assert sorted(p.name for p in out.iterdir()) == ["fleet"]


def test_a_newer_package_replaces_the_earlier_one_without_leftovers(tmp_path: Path) -> None:
    write(tmp_path)
    second = write(tmp_path, dossiers.dossier(workflows=None, triggers=None, tests=None))
    assert not (second.folder / "workflows").exists()
    assert tuple(tree(second.folder)) == second.files


def test_a_whole_package_is_left_alone_and_a_changed_one_says_what_is_restored(tmp_path: Path) -> None:
    first = write(tmp_path)
    assert (first.existed, first.restored, first.removed) == (False, (), ())
    stamps = {path: path.stat().st_mtime_ns for path in first.folder.rglob("*")}
    same = write(tmp_path)
    assert (same.existed, same.restored, same.removed) == (True, (), ())
    assert {path: path.stat().st_mtime_ns for path in first.folder.rglob("*")} == stamps
    before = tree(first.folder)
    (first.folder / "manifest.json").write_text("{}")
    (first.folder / "calendar.csv").unlink()
    (first.folder / "stray.txt").write_text("x")
    mended = write(tmp_path)
    assert (mended.restored, mended.removed) == (("calendar.csv", "manifest.json"), ("stray.txt",))
    assert tree(first.folder) == before and mended.manifest_sha256 == first.manifest_sha256


def test_a_path_out_of_the_package_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        folder.replace_folder(tmp_path, "fleet", {"../other": b"x"})
    assert not (tmp_path / "other").exists() and not (tmp_path / "fleet").exists()


def test_an_unfinished_run_can_be_handed_over_and_says_what_is_missing(tmp_path: Path) -> None:
    empty = dict.fromkeys(
        ("strategy", "channels", "budget", "templates", "content", "schedule", "workflows", "triggers", "tests")
    )
    dossier = dossiers.dossier(**empty, status="running", finished_at=None, verdicts=(), approvals=(), steps=())
    written = write(tmp_path, dossier)
    page = (written.folder / "report.html").read_text()
    assert "No budget was allocated in this run." in page
    assert "Nothing in this run decides this line." in page


def test_the_handoff_checklist_knows_whether_a_dashboard_is_served(tmp_path: Path) -> None:
    without = {c.name: c.passed for c in write(tmp_path).checklist.checks}
    assert without["handoff.dashboard_url"] is False
    assert without["handoff.team_briefed"] and without["handoff.api_documentation"]
    served = write(tmp_path, dashboard_url="http://127.0.0.1:8017/dashboard")
    assert served.checklist.passed
    assert "http://127.0.0.1:8017/dashboard" in (served.folder / "sales-briefing.md").read_text()


def test_the_agents_api_is_documented_as_the_sop_shows_it(result: HandoffResult) -> None:
    page = (result.folder / "agent-api.md").read_text()
    assert "curl -X POST http://127.0.0.1:8017/agents/gtm-strategist" in page
    assert '{"command": "status", "venture_id": "fleet"}' in page
    assert '{"status": "operational", "last_updated": "2026-01-02T11:30:00Z"}' in page
    fragment = json.loads((result.folder / "agent-api.openapi.json").read_text())
    assert list(fragment["paths"]) == ["/agents/gtm-strategist"]
    asked = fragment["paths"]["/agents/gtm-strategist"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert asked["properties"]["command"]["enum"] == list(COMMANDS)
    assert all(f"| `{name}` | {what} |" in page for name, what in COMMANDS.items())


def test_the_address_may_be_given_whole(tmp_path: Path) -> None:
    whole = write(tmp_path, agent_url="https://api.venture.com/agents/gtm-strategist")
    assert "POST https://api.venture.com/agents/gtm-strategist\n" in (whole.folder / "agent-api.md").read_text()


def test_the_module_exports_what_it_offers() -> None:
    assert writer.write_handoff is write_handoff


def test_sales_is_not_told_of_points_that_no_lead_has(tmp_path: Path) -> None:
    bare = dossiers.dossier(brief=dossiers.brief(lead_scoring=None))
    told = (write(tmp_path, bare).folder / "sales-briefing.md").read_text()
    assert "leads have no score: one counts as qualified with email, company and role filled in" in told
    assert "handed to sales as qualified from" not in told

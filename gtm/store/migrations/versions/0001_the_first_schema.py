"""the first schema

Revision 0001, after nothing.
"""

import sqlalchemy as sa
from alembic import op
from gtm.store.models.base import Cost
from gtm.store.models.base import Exact
from gtm.store.models.base import Money
from gtm.store.models.base import Score
from gtm.store.models.base import UtcDateTime
from gtm.store.models.enrolments import Instant

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


AUDIT_TRIGGERS = {
    'sqlite': (
        "CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END",
        "CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END",
        "CREATE TRIGGER audit_log_no_replace BEFORE INSERT ON audit_log WHEN EXISTS (SELECT 1 FROM audit_log WHERE entry_id = NEW.entry_id) BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END",
    ),
    'postgresql': (
        "CREATE FUNCTION audit_log_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'audit_log is append-only'; END $$",
        'CREATE TRIGGER audit_log_no_change BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION audit_log_append_only()',
        'CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION audit_log_append_only()',
    ),
}

LEAD_TRIGGERS = {
    'sqlite': (
        "CREATE TRIGGER leads_outbox_insert AFTER INSERT ON leads WHEN NEW.own_writes = 0 BEGIN INSERT INTO lead_outbox (kind, lead_no, was, became) VALUES ('insert', NEW.lead_no, NULL, json_object('lead_id', NEW.lead_id, 'venture_id', NEW.venture_id, 'email', NEW.email, 'first_name', NEW.first_name, 'last_name', NEW.last_name, 'company', NEW.company, 'role', NEW.role, 'segment_id', NEW.segment_id, 'lead_source', NEW.lead_source, 'status', NEW.status, 'score', NEW.score, 'time_zone', NEW.time_zone, 'country', NEW.country, 'consent', NEW.consent, 'is_test', NEW.is_test, 'attributes', CASE WHEN json_valid(NEW.attributes) THEN json(NEW.attributes) ELSE json_object() END)); END",
        "CREATE TRIGGER leads_outbox_update AFTER UPDATE OF email, first_name, last_name, company, role, segment_id, lead_source, status, score, time_zone, country, consent, is_test, attributes ON leads WHEN NEW.own_writes = OLD.own_writes AND (NEW.email IS NOT OLD.email OR NEW.first_name IS NOT OLD.first_name OR NEW.last_name IS NOT OLD.last_name OR NEW.company IS NOT OLD.company OR NEW.role IS NOT OLD.role OR NEW.segment_id IS NOT OLD.segment_id OR NEW.lead_source IS NOT OLD.lead_source OR NEW.status IS NOT OLD.status OR NEW.score IS NOT OLD.score OR NEW.time_zone IS NOT OLD.time_zone OR NEW.country IS NOT OLD.country OR NEW.consent IS NOT OLD.consent OR NEW.is_test IS NOT OLD.is_test OR NEW.attributes IS NOT OLD.attributes) BEGIN INSERT INTO lead_outbox (kind, lead_no, was, became) VALUES ('update', NEW.lead_no, json_object('lead_id', OLD.lead_id, 'venture_id', OLD.venture_id, 'email', OLD.email, 'first_name', OLD.first_name, 'last_name', OLD.last_name, 'company', OLD.company, 'role', OLD.role, 'segment_id', OLD.segment_id, 'lead_source', OLD.lead_source, 'status', OLD.status, 'score', OLD.score, 'time_zone', OLD.time_zone, 'country', OLD.country, 'consent', OLD.consent, 'is_test', OLD.is_test, 'attributes', CASE WHEN json_valid(OLD.attributes) THEN json(OLD.attributes) ELSE json_object() END), json_object('lead_id', NEW.lead_id, 'venture_id', NEW.venture_id, 'email', NEW.email, 'first_name', NEW.first_name, 'last_name', NEW.last_name, 'company', NEW.company, 'role', NEW.role, 'segment_id', NEW.segment_id, 'lead_source', NEW.lead_source, 'status', NEW.status, 'score', NEW.score, 'time_zone', NEW.time_zone, 'country', NEW.country, 'consent', NEW.consent, 'is_test', NEW.is_test, 'attributes', CASE WHEN json_valid(NEW.attributes) THEN json(NEW.attributes) ELSE json_object() END)); END",
    ),
    'postgresql': (
        "CREATE FUNCTION leads_outbox() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO lead_outbox (kind, lead_no, was, became) VALUES (lower(TG_OP), NEW.lead_no, CASE WHEN TG_OP = 'UPDATE' THEN to_json(OLD) END, to_json(NEW)); PERFORM pg_notify('gtm_wake', ''); RETURN NULL; END $$",
        'CREATE TRIGGER leads_outbox_insert AFTER INSERT ON leads FOR EACH ROW WHEN (NEW.own_writes = 0) EXECUTE FUNCTION leads_outbox()',
        'CREATE TRIGGER leads_outbox_update AFTER UPDATE ON leads FOR EACH ROW WHEN (NEW.own_writes = OLD.own_writes AND (NEW.email IS DISTINCT FROM OLD.email OR NEW.first_name IS DISTINCT FROM OLD.first_name OR NEW.last_name IS DISTINCT FROM OLD.last_name OR NEW.company IS DISTINCT FROM OLD.company OR NEW.role IS DISTINCT FROM OLD.role OR NEW.segment_id IS DISTINCT FROM OLD.segment_id OR NEW.lead_source IS DISTINCT FROM OLD.lead_source OR NEW.status IS DISTINCT FROM OLD.status OR NEW.score IS DISTINCT FROM OLD.score OR NEW.time_zone IS DISTINCT FROM OLD.time_zone OR NEW.country IS DISTINCT FROM OLD.country OR NEW.consent IS DISTINCT FROM OLD.consent OR NEW.is_test IS DISTINCT FROM OLD.is_test OR CAST(NEW.attributes AS text) IS DISTINCT FROM CAST(OLD.attributes AS text))) EXECUTE FUNCTION leads_outbox()',
    ),
}

EXECUTIONS_VIEW = {
    'sqlite': "CREATE VIEW IF NOT EXISTS workflow_executions AS SELECT 'exec-' || e.enrolment_no AS execution_id, v.workflow_id, v.version, l.venture_id, l.lead_id, t.trigger_id, strftime('%Y-%m-%d %H:%M:%S', e.entered_at / 1000000, 'unixepoch') || '.' || printf('%06d', e.entered_at % 1000000) AS triggered_at, strftime('%Y-%m-%d %H:%M:%S', e.started_at / 1000000, 'unixepoch') || '.' || printf('%06d', e.started_at % 1000000) AS started_at, strftime('%Y-%m-%d %H:%M:%S', e.finished_at / 1000000, 'unixepoch') || '.' || printf('%06d', e.finished_at % 1000000) AS finished_at, CASE WHEN e.status = 2 THEN 'completed' WHEN e.status = 3 THEN 'failed' WHEN e.started_at IS NULL THEN 'triggered' ELSE 'running' END AS status, e.is_test, e.entry FROM enrolments e JOIN workflow_versions v ON v.version_no = e.version_no JOIN leads l ON l.lead_no = e.lead_no JOIN workflow_triggers t ON t.trigger_no = e.trigger_no UNION ALL SELECT execution_id, workflow_id, version, venture_id, lead_id, trigger_id, triggered_at, started_at, finished_at, status, is_test, entry FROM kept_executions",
    'postgresql': "CREATE OR REPLACE VIEW workflow_executions AS SELECT 'exec-' || e.enrolment_no AS execution_id, v.workflow_id, v.version, l.venture_id, l.lead_id, t.trigger_id, e.entered_at AS triggered_at, e.started_at AS started_at, e.finished_at AS finished_at, CASE WHEN e.status = 2 THEN 'completed' WHEN e.status = 3 THEN 'failed' WHEN e.started_at IS NULL THEN 'triggered' ELSE 'running' END AS status, e.is_test, e.entry FROM enrolments e JOIN workflow_versions v ON v.version_no = e.version_no JOIN leads l ON l.lead_no = e.lead_no JOIN workflow_triggers t ON t.trigger_no = e.trigger_no UNION ALL SELECT execution_id, workflow_id, version, venture_id, lead_id, trigger_id, triggered_at, started_at, finished_at, status, is_test, entry FROM kept_executions",
}


def upgrade() -> None:
    # ### commands auto generated by Alembic - please adjust! ###
    op.create_table('agent_execution_logs',
    sa.Column('log_id', sa.Integer(), nullable=False),
    sa.Column('crew', sa.String(), nullable=False),
    sa.Column('agent', sa.String(), nullable=False),
    sa.Column('task', sa.String(), nullable=False),
    sa.Column('venture_id', sa.String(), nullable=False),
    sa.Column('run_id', sa.String(), nullable=True),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('duration_ms', sa.Integer(), nullable=True),
    sa.Column('error', sa.String(), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("status IN ('completed', 'failed', 'started')", name='ck_agent_execution_logs_status'),
    sa.PrimaryKeyConstraint('log_id', name=op.f('pk_agent_execution_logs'))
    )
    with op.batch_alter_table('agent_execution_logs', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_agent_execution_logs_run_id'), ['run_id'], unique=False)
        batch_op.create_index('ix_agent_execution_logs_venture', ['venture_id', 'created_at'], unique=False)

    op.create_table('audit_log',
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('action', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('venture_id', sa.String(), nullable=True),
    sa.Column('run_id', sa.String(), nullable=True),
    sa.Column('data', sa.JSON(none_as_null=True), nullable=False),
    sa.PrimaryKeyConstraint('entry_id', name=op.f('pk_audit_log'))
    )
    with op.batch_alter_table('audit_log', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_log_run_id'), ['run_id'], unique=False)
        batch_op.create_index('ix_audit_log_venture', ['venture_id', 'entry_id'], unique=False)

    op.create_table('automation_test_results',
    sa.Column('result_id', sa.String(length=63), nullable=False),
    sa.Column('run_id', sa.String(length=63), nullable=False),
    sa.Column('workflow_id', sa.String(length=63), nullable=False),
    sa.Column('venture_id', sa.String(length=63), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('test_case', sa.String(), nullable=False),
    sa.Column('expected', sa.String(), nullable=False),
    sa.Column('observed', sa.String(), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('passed', sa.Boolean(), nullable=False),
    sa.Column('evidence', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('measured_ms', sa.Float(), nullable=True),
    sa.Column('executed_at', UtcDateTime(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.CheckConstraint("status IN ('failed', 'not_applicable', 'passed')", name='ck_automation_test_results_status'),
    sa.PrimaryKeyConstraint('result_id', name=op.f('pk_automation_test_results')),
    sa.UniqueConstraint('run_id', 'workflow_id', 'revision', 'test_case', name='uq_automation_test_results_case')
    )
    with op.batch_alter_table('automation_test_results', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_automation_test_results_venture_id'), ['venture_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_automation_test_results_workflow_id'), ['workflow_id'], unique=False)

    op.create_table('automation_workflows',
    sa.Column('workflow_no', sa.Integer(), nullable=False),
    sa.Column('workflow_id', sa.String(length=63), nullable=False),
    sa.Column('venture_id', sa.String(length=63), nullable=False),
    sa.Column('campaign_id', sa.String(length=63), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('definition', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('diagram_mermaid', sa.String(), nullable=False),
    sa.Column('priority', sa.String(length=20), nullable=False),
    sa.Column('test_execution_count', sa.Integer(), nullable=False),
    sa.Column('execution_count', sa.Integer(), nullable=False),
    sa.Column('activated_at', UtcDateTime(), nullable=True),
    sa.Column('paused_at', UtcDateTime(), nullable=True),
    sa.Column('paused_reason', sa.String(), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('updated_at', UtcDateTime(), nullable=False),
    sa.Column('run_id', sa.String(length=63), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.CheckConstraint("status IN ('active', 'archived', 'draft', 'paused')", name='ck_automation_workflows_status'),
    sa.PrimaryKeyConstraint('workflow_no', name=op.f('pk_automation_workflows')),
    sa.UniqueConstraint('workflow_id', name=op.f('uq_automation_workflows_workflow_id'))
    )
    with op.batch_alter_table('automation_workflows', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_automation_workflows_venture_id'), ['venture_id'], unique=False)

    op.create_table('crew_registry',
    sa.Column('crew_id', sa.String(), nullable=False),
    sa.Column('stage', sa.Integer(), nullable=False),
    sa.Column('agents', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('tasks', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('updated_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("status IN ('active', 'inactive')", name='ck_crew_registry_status'),
    sa.PrimaryKeyConstraint('crew_id', name=op.f('pk_crew_registry'))
    )
    op.create_table('delivery_counts',
    sa.Column('scope', sa.String(length=270), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('sent', sa.Integer(), nullable=False),
    sa.Column('deferred', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('scope', 'day', name=op.f('pk_delivery_counts'))
    )
    op.create_table('email_sends',
    sa.Column('send_id', sa.String(length=63), nullable=False),
    sa.Column('idempotency_key', sa.String(length=80), nullable=False),
    sa.Column('venture_id', sa.String(length=63), nullable=False),
    sa.Column('campaign_id', sa.String(length=63), nullable=False),
    sa.Column('workflow_id', sa.String(length=63), nullable=False),
    sa.Column('enrolment_no', sa.Integer(), nullable=False),
    sa.Column('step', sa.String(length=63), nullable=False),
    sa.Column('email_number', sa.Integer(), nullable=False),
    sa.Column('lead_id', sa.String(length=63), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('message_id', sa.String(length=200), nullable=True),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('owner', sa.String(length=80), nullable=True),
    sa.Column('reserved_at', UtcDateTime(), nullable=False),
    sa.Column('sent_at', UtcDateTime(), nullable=True),
    sa.Column('delivered_at', UtcDateTime(), nullable=True),
    sa.Column('opened_at', UtcDateTime(), nullable=True),
    sa.Column('clicked_at', UtcDateTime(), nullable=True),
    sa.Column('delivery_status', sa.String(length=20), nullable=False),
    sa.Column('variant', sa.String(length=10), nullable=False),
    sa.Column('is_test', sa.Boolean(), nullable=False),
    sa.Column('refusal_reason', sa.String(), nullable=False),
    sa.Column('purpose', sa.String(length=20), nullable=False),
    sa.CheckConstraint("purpose IN ('marketing', 'transactional')", name='ck_email_sends_purpose'),
    sa.CheckConstraint("state IN ('failed', 'reserved', 'sent', 'unknown')", name='ck_email_sends_state'),
    sa.PrimaryKeyConstraint('send_id', name=op.f('pk_email_sends')),
    sa.UniqueConstraint('idempotency_key', name='uq_email_sends_key')
    )
    with op.batch_alter_table('email_sends', schema=None) as batch_op:
        batch_op.create_index('ix_email_sends_campaign', ['venture_id', 'campaign_id', 'sent_at'], unique=False)
        batch_op.create_index('ix_email_sends_doubt', ['enrolment_no'], unique=False, sqlite_where=sa.text("state = 'unknown' OR (state = 'sent' AND refusal_reason <> '')"), postgresql_where=sa.text("state = 'unknown' OR (state = 'sent' AND refusal_reason <> '')"))
        batch_op.create_index(batch_op.f('ix_email_sends_enrolment_no'), ['enrolment_no'], unique=False)
        batch_op.create_index('ix_email_sends_lead', ['lead_id'], unique=False)
        batch_op.create_index('ix_email_sends_message', ['message_id'], unique=False)

    op.create_table('enrolments',
    sa.Column('enrolment_no', sa.Integer(), nullable=False),
    sa.Column('workflow_no', sa.Integer(), nullable=False),
    sa.Column('version_no', sa.Integer(), nullable=False),
    sa.Column('lead_no', sa.Integer(), nullable=False),
    sa.Column('trigger_no', sa.Integer(), nullable=False),
    sa.Column('entry', sa.String(length=120), nullable=False),
    sa.Column('is_test', sa.Boolean(), nullable=False),
    sa.Column('step', sa.SmallInteger(), nullable=False),
    sa.Column('status', sa.SmallInteger(), nullable=False),
    sa.Column('seq', sa.SmallInteger(), nullable=False),
    sa.Column('attempt', sa.SmallInteger(), nullable=False),
    sa.Column('due_at', Instant(), nullable=True),
    sa.Column('entered_at', Instant(), nullable=False),
    sa.Column('started_at', Instant(), nullable=True),
    sa.Column('finished_at', Instant(), nullable=True),
    sa.Column('owner', sa.String(length=80), nullable=True),
    sa.Column('lease_until', Instant(), nullable=True),
    sa.Column('context', sa.JSON(none_as_null=True), nullable=True),
    sa.CheckConstraint('status BETWEEN 0 AND 5', name='ck_enrolments_status'),
    sa.PrimaryKeyConstraint('enrolment_no', name=op.f('pk_enrolments')),
    sa.UniqueConstraint('lead_no', 'workflow_no', 'entry', name='uq_enrolments_entry'),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('enrolments', schema=None) as batch_op:
        batch_op.create_index('ix_enrolments_due', ['version_no', 'due_at'], unique=False, sqlite_where=sa.text('status = 0'), postgresql_where=sa.text('status = 0'))
        batch_op.create_index('ix_enrolments_lease', ['lease_until'], unique=False, sqlite_where=sa.text('status = 1'), postgresql_where=sa.text('status = 1'))
        batch_op.create_index('ix_enrolments_workflow', ['workflow_no'], unique=False, sqlite_where=sa.text('status > 1'), postgresql_where=sa.text('status > 1'))

    op.create_table('erased_addresses',
    sa.Column('venture_id', sa.String(length=63), nullable=False),
    sa.Column('address_hash', sa.String(length=64), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=False),
    sa.Column('erased_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('venture_id', 'address_hash', name=op.f('pk_erased_addresses'))
    )
    op.create_table('erasure_salts',
    sa.Column('venture_id', sa.String(length=63), nullable=False),
    sa.Column('salt', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('venture_id', name=op.f('pk_erasure_salts'))
    )
    op.create_table('kept_executions',
    sa.Column('execution_id', sa.String(length=63), nullable=False),
    sa.Column('workflow_id', sa.String(length=63), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('venture_id', sa.String(length=63), nullable=False),
    sa.Column('lead_id', sa.String(length=63), nullable=False),
    sa.Column('trigger_id', sa.String(length=63), nullable=False),
    sa.Column('entry', sa.String(length=120), nullable=False),
    sa.Column('triggered_at', UtcDateTime(), nullable=False),
    sa.Column('started_at', UtcDateTime(), nullable=True),
    sa.Column('finished_at', UtcDateTime(), nullable=True),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('is_test', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('execution_id', name=op.f('pk_kept_executions'))
    )
    with op.batch_alter_table('kept_executions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_kept_executions_lead_id'), ['lead_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_kept_executions_venture_id'), ['venture_id'], unique=False)
        batch_op.create_index('ix_kept_executions_workflow', ['workflow_id', 'is_test'], unique=False)

    op.create_table('lead_outbox',
    sa.Column('event_no', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('lead_no', sa.Integer(), nullable=False),
    sa.Column('was', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('became', sa.JSON(none_as_null=True), nullable=False),
    sa.CheckConstraint("kind IN ('insert', 'update')", name='ck_lead_outbox_kind'),
    sa.PrimaryKeyConstraint('event_no', name=op.f('pk_lead_outbox')),
    sqlite_autoincrement=True
    )
    op.create_table('leads',
    sa.Column('lead_no', sa.Integer(), nullable=False),
    sa.Column('lead_id', sa.String(length=63), nullable=False),
    sa.Column('venture_id', sa.String(length=63), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('first_name', sa.String(), nullable=False),
    sa.Column('last_name', sa.String(), nullable=False),
    sa.Column('company', sa.String(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('segment_id', sa.String(length=63), nullable=False),
    sa.Column('lead_source', sa.String(), nullable=False),
    sa.Column('status', sa.String(length=40), nullable=False),
    sa.Column('score', sa.Integer(), nullable=False),
    sa.Column('time_zone', sa.String(length=64), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('consent', sa.String(length=24), nullable=False),
    sa.Column('is_test', sa.Boolean(), nullable=False),
    sa.Column('own_writes', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('attributes', sa.JSON(none_as_null=True), nullable=False),
    sa.PrimaryKeyConstraint('lead_no', name=op.f('pk_leads')),
    sa.UniqueConstraint('lead_id', name=op.f('uq_leads_lead_id')),
    sa.UniqueConstraint('venture_id', 'email', 'is_test', name='uq_leads_email'),
    sqlite_autoincrement=True
    )
    op.create_table('model_calls',
    sa.Column('call_id', sa.String(), nullable=False),
    sa.Column('run_id', sa.String(), nullable=True),
    sa.Column('step', sa.String(), nullable=True),
    sa.Column('provider', sa.String(), nullable=False),
    sa.Column('model', sa.String(), nullable=False),
    sa.Column('prompt_tokens', sa.Integer(), nullable=False),
    sa.Column('completion_tokens', sa.Integer(), nullable=False),
    sa.Column('cost', Cost(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('ok', sa.Boolean(), nullable=False),
    sa.Column('duration_ms', sa.Integer(), nullable=True),
    sa.Column('error', sa.String(), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('call_id', name=op.f('pk_model_calls'))
    )
    with op.batch_alter_table('model_calls', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_model_calls_run_id'), ['run_id'], unique=False)

    op.create_table('step_log',
    sa.Column('enrolment_no', sa.Integer(), nullable=False),
    sa.Column('seq', sa.SmallInteger(), nullable=False),
    sa.Column('workflow_no', sa.Integer(), nullable=False),
    sa.Column('step', sa.SmallInteger(), nullable=False),
    sa.Column('outcome', sa.String(length=20), nullable=False),
    sa.Column('attempt', sa.SmallInteger(), nullable=False),
    sa.Column('at', Instant(), nullable=False),
    sa.Column('detail', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('enrolment_no', 'seq', name=op.f('pk_step_log')),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('step_log', schema=None) as batch_op:
        batch_op.create_index('ix_step_log_workflow', ['workflow_no', 'at'], unique=False)

    op.create_table('suppression_list',
    sa.Column('venture_id', sa.String(length=63), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('venture_id', 'email', name=op.f('pk_suppression_list'))
    )
    op.create_table('tracked_links',
    sa.Column('link_no', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('target', sa.String(length=2000), nullable=False),
    sa.PrimaryKeyConstraint('link_no', name=op.f('pk_tracked_links')),
    sa.UniqueConstraint('digest', name=op.f('uq_tracked_links_digest')),
    sqlite_autoincrement=True
    )
    op.create_table('tracking_events',
    sa.Column('event_no', sa.Integer(), nullable=False),
    sa.Column('send_id', sa.String(length=63), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('link_no', sa.Integer(), nullable=True),
    sa.Column('at', Instant(), nullable=False),
    sa.Column('user_agent', sa.String(length=300), nullable=False),
    sa.Column('machine', sa.String(length=120), nullable=False),
    sa.CheckConstraint("kind IN ('click', 'open', 'unsubscribe')", name='ck_tracking_events_kind'),
    sa.PrimaryKeyConstraint('event_no', name=op.f('pk_tracking_events')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('tracking_events', schema=None) as batch_op:
        batch_op.create_index('ix_tracking_events_send', ['send_id', 'at'], unique=False)

    op.create_table('trigger_firings',
    sa.Column('trigger_no', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('due', UtcDateTime(), nullable=False),
    sa.Column('fired_at', UtcDateTime(), nullable=False),
    sa.Column('last_lead_no', sa.Integer(), nullable=False),
    sa.Column('lead_no', sa.Integer(), nullable=False),
    sa.Column('enrolled', sa.Integer(), nullable=False),
    sa.Column('finished_at', UtcDateTime(), nullable=True),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('trigger_no', 'due', name=op.f('pk_trigger_firings'))
    )
    with op.batch_alter_table('trigger_firings', schema=None) as batch_op:
        batch_op.create_index('ix_trigger_firings_open', ['due'], unique=False, sqlite_where=sa.text('finished_at IS NULL'), postgresql_where=sa.text('finished_at IS NULL'))

    op.create_table('trigger_looks',
    sa.Column('trigger_no', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('looked_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('trigger_no', name=op.f('pk_trigger_looks'))
    )
    op.create_table('upkeep_tasks',
    sa.Column('task', sa.String(length=40), nullable=False),
    sa.Column('next_at', UtcDateTime(), nullable=False),
    sa.Column('owner', sa.String(length=80), nullable=True),
    sa.Column('lease_until', UtcDateTime(), nullable=True),
    sa.Column('ran_at', UtcDateTime(), nullable=True),
    sa.Column('report', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('error', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('task', name=op.f('pk_upkeep_tasks'))
    )
    op.create_table('vault_secrets',
    sa.Column('ref', sa.String(), nullable=False),
    sa.Column('ciphertext', sa.String(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('ref', name=op.f('pk_vault_secrets'))
    )
    op.create_table('ventures',
    sa.Column('venture_id', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('segment_type', sa.String(), nullable=False),
    sa.Column('brief', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('brief_sha256', sa.String(), nullable=False),
    sa.Column('paused_at', UtcDateTime(), nullable=True),
    sa.Column('paused_reason', sa.String(), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('updated_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("segment_type IN ('B2B_Enterprise', 'B2B_SMB', 'B2C_Mass', 'B2C_Premium', 'Hybrid')", name='ck_ventures_segment_type'),
    sa.PrimaryKeyConstraint('venture_id', name=op.f('pk_ventures'))
    )
    op.create_table('version_changes',
    sa.Column('enrolment_no', sa.Integer(), nullable=False),
    sa.Column('seq', sa.SmallInteger(), nullable=False),
    sa.Column('version_no', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('enrolment_no', 'seq', name=op.f('pk_version_changes')),
    sqlite_with_rowid=False
    )
    op.create_table('webhook_replays',
    sa.Column('trigger_no', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('signature', sa.String(length=64), nullable=False),
    sa.Column('seen_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('trigger_no', 'signature', name=op.f('pk_webhook_replays'))
    )
    with op.batch_alter_table('webhook_replays', schema=None) as batch_op:
        batch_op.create_index('ix_webhook_replays_seen', ['seen_at'], unique=False)

    op.create_table('workers',
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('host', sa.String(length=253), nullable=False),
    sa.Column('pid', sa.Integer(), nullable=False),
    sa.Column('embedded', sa.Boolean(), nullable=False),
    sa.Column('started_at', UtcDateTime(), nullable=False),
    sa.Column('seen_at', UtcDateTime(), nullable=False),
    sa.Column('lost_at', UtcDateTime(), nullable=False),
    sa.Column('stopped_at', UtcDateTime(), nullable=True),
    sa.Column('moved', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_workers'))
    )
    op.create_table('workflow_triggers',
    sa.Column('trigger_no', sa.Integer(), nullable=False),
    sa.Column('trigger_id', sa.String(length=63), nullable=False),
    sa.Column('workflow_id', sa.String(length=63), nullable=False),
    sa.Column('venture_id', sa.String(length=63), nullable=False),
    sa.Column('type', sa.String(length=20), nullable=False),
    sa.Column('source_table', sa.String(length=40), nullable=False),
    sa.Column('conditions', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('rate_limit', sa.String(), nullable=True),
    sa.Column('filters', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('schedule', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('enabled', sa.Boolean(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('run_id', sa.String(length=63), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('trigger_no', name=op.f('pk_workflow_triggers')),
    sa.UniqueConstraint('trigger_id', name=op.f('uq_workflow_triggers_trigger_id'))
    )
    with op.batch_alter_table('workflow_triggers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_workflow_triggers_venture_id'), ['venture_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_workflow_triggers_workflow_id'), ['workflow_id'], unique=False)

    op.create_table('workflow_versions',
    sa.Column('version_no', sa.Integer(), nullable=False),
    sa.Column('workflow_id', sa.String(length=63), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('definition', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('version_no', name=op.f('pk_workflow_versions')),
    sa.UniqueConstraint('workflow_id', 'version', name='uq_workflow_versions_version')
    )
    op.create_table('crew_configs',
    sa.Column('crew_id', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('config', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['crew_id'], ['crew_registry.crew_id'], name=op.f('fk_crew_configs_crew_id')),
    sa.PrimaryKeyConstraint('crew_id', 'version', name=op.f('pk_crew_configs'))
    )
    op.create_table('customer_segments',
    sa.Column('venture_id', sa.String(), nullable=False),
    sa.Column('segment_id', sa.String(), nullable=False),
    sa.Column('segment_name', sa.String(), nullable=False),
    sa.Column('priority_rank', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('audience', sa.String(), nullable=False),
    sa.Column('value_proposition', sa.String(), nullable=True),
    sa.Column('characteristics', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('channel_preferences', sa.JSON(none_as_null=True), nullable=False),
    sa.CheckConstraint("status IN ('draft', 'validated')", name='ck_customer_segments_status'),
    sa.ForeignKeyConstraint(['venture_id'], ['ventures.venture_id'], name=op.f('fk_customer_segments_venture_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('venture_id', 'segment_id', name=op.f('pk_customer_segments'))
    )
    with op.batch_alter_table('customer_segments', schema=None) as batch_op:
        batch_op.create_index('ix_customer_segments_rank', ['venture_id', 'status', 'priority_rank'], unique=False)

    op.create_table('gtm_config_versions',
    sa.Column('venture_id', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('config', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('changed_by', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['venture_id'], ['ventures.venture_id'], name=op.f('fk_gtm_config_versions_venture_id')),
    sa.PrimaryKeyConstraint('venture_id', 'version', name=op.f('pk_gtm_config_versions'))
    )
    op.create_table('market_strategies',
    sa.Column('strategy_id', sa.String(), nullable=False),
    sa.Column('venture_id', sa.String(), nullable=False),
    sa.Column('strategy_status', sa.String(), nullable=False),
    sa.Column('last_updated', sa.Date(), nullable=False),
    sa.Column('document', sa.String(), nullable=False),
    sa.Column('value_proposition', sa.String(), nullable=True),
    sa.Column('positioning', sa.String(), nullable=True),
    sa.Column('differentiators', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('competitors', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('objectives', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('pricing_status', sa.String(), nullable=False),
    sa.Column('pricing_model', sa.String(), nullable=False),
    sa.Column('pricing', sa.JSON(none_as_null=True), nullable=False),
    sa.CheckConstraint("pricing_status IN ('aligned', 'draft')", name='ck_market_strategies_pricing_status'),
    sa.CheckConstraint("strategy_status IN ('approved', 'draft')", name='ck_market_strategies_strategy_status'),
    sa.ForeignKeyConstraint(['venture_id'], ['ventures.venture_id'], name=op.f('fk_market_strategies_venture_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('strategy_id', name=op.f('pk_market_strategies')),
    sa.UniqueConstraint('venture_id', name=op.f('uq_market_strategies_venture_id'))
    )
    op.create_table('runs',
    sa.Column('run_id', sa.String(), nullable=False),
    sa.Column('venture_id', sa.String(), nullable=False),
    sa.Column('stage', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('checkpoint', sa.String(), nullable=True),
    sa.Column('detail', sa.String(), nullable=True),
    sa.Column('provider', sa.String(), nullable=False),
    sa.Column('brief_sha256', sa.String(), nullable=False),
    sa.Column('lease_owner', sa.String(), nullable=True),
    sa.Column('lease_until', UtcDateTime(), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('started_at', UtcDateTime(), nullable=True),
    sa.Column('updated_at', UtcDateTime(), nullable=False),
    sa.Column('finished_at', UtcDateTime(), nullable=True),
    sa.CheckConstraint("checkpoint IN ('automation', 'campaigns', 'content', 'final', 'strategy')", name='ck_runs_checkpoint'),
    sa.CheckConstraint("status IN ('blocked', 'completed', 'created', 'failed', 'rolled_back', 'running', 'waiting_approval')", name='ck_runs_status'),
    sa.CheckConstraint('(lease_owner IS NULL) = (lease_until IS NULL)', name='ck_runs_lease'),
    sa.ForeignKeyConstraint(['venture_id'], ['ventures.venture_id'], name=op.f('fk_runs_venture_id')),
    sa.PrimaryKeyConstraint('run_id', name=op.f('pk_runs'))
    )
    with op.batch_alter_table('runs', schema=None) as batch_op:
        batch_op.create_index('ix_runs_latest', ['venture_id', 'created_at'], unique=False)
        batch_op.create_index('uq_runs_unfinished', ['venture_id', 'stage'], unique=True, sqlite_where=sa.text("status NOT IN ('completed', 'rolled_back')"), postgresql_where=sa.text("status NOT IN ('completed', 'rolled_back')"))

    op.create_table('venture_findings',
    sa.Column('venture_id', sa.String(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('field', sa.String(), nullable=False),
    sa.Column('detail', sa.String(), nullable=False),
    sa.Column('ask', sa.String(), nullable=False),
    sa.Column('brief_sha256', sa.String(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("kind IN ('assumption', 'contradiction', 'missing', 'risk')", name='ck_venture_findings_kind'),
    sa.ForeignKeyConstraint(['venture_id'], ['ventures.venture_id'], name=op.f('fk_venture_findings_venture_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('venture_id', 'position', name=op.f('pk_venture_findings'))
    )
    op.create_table('approvals',
    sa.Column('approval_id', sa.String(), nullable=False),
    sa.Column('run_id', sa.String(), nullable=False),
    sa.Column('venture_id', sa.String(), nullable=False),
    sa.Column('checkpoint', sa.String(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('artifact_sha256', sa.String(), nullable=False),
    sa.Column('steps', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('review', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('requested_at', UtcDateTime(), nullable=False),
    sa.Column('decided_at', UtcDateTime(), nullable=True),
    sa.Column('decided_by', sa.String(), nullable=True),
    sa.Column('decided_via', sa.String(), nullable=True),
    sa.Column('comment', sa.String(), nullable=True),
    sa.Column('applied_at', UtcDateTime(), nullable=True),
    sa.CheckConstraint("checkpoint IN ('automation', 'campaigns', 'content', 'final', 'strategy')", name='ck_approvals_checkpoint'),
    sa.CheckConstraint("role IN ('EXEC', 'LEAD', 'PLAN')", name='ck_approvals_role'),
    sa.CheckConstraint("status IN ('approved', 'pending', 'rejected', 'void')", name='ck_approvals_status'),
    sa.CheckConstraint("status IN ('pending', 'void') OR decided_by IS NOT NULL", name='ck_approvals_decided'),
    sa.ForeignKeyConstraint(['run_id'], ['runs.run_id'], name=op.f('fk_approvals_run_id')),
    sa.ForeignKeyConstraint(['venture_id'], ['ventures.venture_id'], name=op.f('fk_approvals_venture_id')),
    sa.PrimaryKeyConstraint('approval_id', name=op.f('pk_approvals'))
    )
    with op.batch_alter_table('approvals', schema=None) as batch_op:
        batch_op.create_index('ix_approvals_venture', ['venture_id', 'status'], unique=False)
        batch_op.create_index('uq_approvals_pending', ['run_id', 'checkpoint'], unique=True, sqlite_where=sa.text("status = 'pending'"), postgresql_where=sa.text("status = 'pending'"))
        batch_op.create_index('uq_approvals_round', ['run_id', 'checkpoint', 'round'], unique=True)

    op.create_table('artifacts',
    sa.Column('artifact_id', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.String(), nullable=False),
    sa.Column('step', sa.String(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('body', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('produced_by', sa.String(), nullable=False),
    sa.Column('generated_by', sa.String(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['run_id'], ['runs.run_id'], name=op.f('fk_artifacts_run_id')),
    sa.PrimaryKeyConstraint('artifact_id', name=op.f('pk_artifacts')),
    sa.UniqueConstraint('run_id', 'step', 'revision', 'name', name=op.f('uq_artifacts_run_id_step_revision_name'))
    )
    op.create_table('campaign_templates',
    sa.Column('venture_id', sa.String(), nullable=False),
    sa.Column('template_id', sa.String(), nullable=False),
    sa.Column('type', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('structure', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('variables', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('run_id', sa.String(), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.CheckConstraint("type IN ('content_series', 'email_drip', 'email_newsletter', 'event_promotion', 'landing_page', 'product_launch', 'social_ads', 'webinar_funnel')", name='ck_campaign_templates_type'),
    sa.ForeignKeyConstraint(['run_id'], ['runs.run_id'], name=op.f('fk_campaign_templates_run_id')),
    sa.ForeignKeyConstraint(['venture_id'], ['ventures.venture_id'], name=op.f('fk_campaign_templates_venture_id')),
    sa.PrimaryKeyConstraint('venture_id', 'template_id', name=op.f('pk_campaign_templates'))
    )
    with op.batch_alter_table('campaign_templates', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_campaign_templates_run_id'), ['run_id'], unique=False)

    op.create_table('gate_results',
    sa.Column('result_id', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.String(), nullable=False),
    sa.Column('gate', sa.String(), nullable=False),
    sa.Column('passed', sa.Boolean(), nullable=False),
    sa.Column('verdict', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('failure_action', sa.String(), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['run_id'], ['runs.run_id'], name=op.f('fk_gate_results_run_id')),
    sa.PrimaryKeyConstraint('result_id', name=op.f('pk_gate_results'))
    )
    with op.batch_alter_table('gate_results', schema=None) as batch_op:
        batch_op.create_index('ix_gate_results_gate', ['run_id', 'gate'], unique=False)

    op.create_table('gtm_configs',
    sa.Column('config_id', sa.String(), nullable=False),
    sa.Column('venture_id', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('config', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('run_id', sa.String(), nullable=True),
    sa.Column('updated_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("status IN ('active', 'approved', 'draft')", name='ck_gtm_configs_status'),
    sa.ForeignKeyConstraint(['run_id'], ['runs.run_id'], name=op.f('fk_gtm_configs_run_id')),
    sa.ForeignKeyConstraint(['venture_id'], ['ventures.venture_id'], name=op.f('fk_gtm_configs_venture_id')),
    sa.PrimaryKeyConstraint('config_id', name=op.f('pk_gtm_configs')),
    sa.UniqueConstraint('venture_id', name=op.f('uq_gtm_configs_venture_id'))
    )
    with op.batch_alter_table('gtm_configs', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_gtm_configs_run_id'), ['run_id'], unique=False)

    op.create_table('handoffs',
    sa.Column('handoff_id', sa.String(), nullable=False),
    sa.Column('venture_id', sa.String(), nullable=False),
    sa.Column('run_id', sa.String(), nullable=False),
    sa.Column('from_stage', sa.Integer(), nullable=False),
    sa.Column('to_stage', sa.Integer(), nullable=False),
    sa.Column('path', sa.String(), nullable=False),
    sa.Column('manifest_sha256', sa.String(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("status IN ('accepted', 'created', 'superseded')", name='ck_handoffs_status'),
    sa.ForeignKeyConstraint(['run_id'], ['runs.run_id'], name=op.f('fk_handoffs_run_id')),
    sa.ForeignKeyConstraint(['venture_id'], ['ventures.venture_id'], name=op.f('fk_handoffs_venture_id')),
    sa.PrimaryKeyConstraint('handoff_id', name=op.f('pk_handoffs'))
    )
    with op.batch_alter_table('handoffs', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_handoffs_run_id'), ['run_id'], unique=False)
        batch_op.create_index('ix_handoffs_venture', ['venture_id', 'created_at'], unique=False)

    op.create_table('marketing_channels',
    sa.Column('venture_id', sa.String(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('tier', sa.String(), nullable=False),
    sa.Column('utm_source', sa.String(), nullable=False),
    sa.Column('utm_medium', sa.String(), nullable=False),
    sa.Column('parameters', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('credential_ref', sa.String(), nullable=True),
    sa.Column('integration', sa.String(), nullable=False),
    sa.Column('budget', Money(), nullable=True),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('run_id', sa.String(), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('budget_revision', sa.Integer(), nullable=True),
    sa.Column('updated_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("channel IN ('content_marketing', 'email', 'events', 'facebook_ads', 'google_ads', 'influencer_partnerships', 'instagram_ads', 'linkedin', 'twitter_ads', 'webinars')", name='ck_marketing_channels_channel'),
    sa.CheckConstraint("role IN ('experimental', 'primary', 'secondary')", name='ck_marketing_channels_role'),
    sa.CheckConstraint("status IN ('active', 'configured', 'paused')", name='ck_marketing_channels_status'),
    sa.CheckConstraint("tier IN ('experimental', 'growth', 'proven')", name='ck_marketing_channels_tier'),
    sa.ForeignKeyConstraint(['run_id'], ['runs.run_id'], name=op.f('fk_marketing_channels_run_id')),
    sa.ForeignKeyConstraint(['venture_id'], ['ventures.venture_id'], name=op.f('fk_marketing_channels_venture_id')),
    sa.PrimaryKeyConstraint('venture_id', 'channel', name=op.f('pk_marketing_channels'))
    )
    with op.batch_alter_table('marketing_channels', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_marketing_channels_run_id'), ['run_id'], unique=False)

    op.create_table('run_steps',
    sa.Column('run_id', sa.String(), nullable=False),
    sa.Column('step', sa.String(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('generated_by', sa.String(), nullable=True),
    sa.Column('artifact_sha256', sa.String(), nullable=True),
    sa.Column('comments', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('started_at', UtcDateTime(), nullable=True),
    sa.Column('finished_at', UtcDateTime(), nullable=True),
    sa.CheckConstraint("status IN ('done', 'pending', 'started', 'superseded')", name='ck_run_steps_status'),
    sa.CheckConstraint("step IN ('1.1', '1.2', '1.3', '2.1', '2.2', '2.3', '3.1', '3.2', '3.3')", name='ck_run_steps_step'),
    sa.CheckConstraint('revision >= 1', name='ck_run_steps_revision'),
    sa.ForeignKeyConstraint(['run_id'], ['runs.run_id'], name=op.f('fk_run_steps_run_id')),
    sa.PrimaryKeyConstraint('run_id', 'step', 'revision', name=op.f('pk_run_steps'))
    )
    with op.batch_alter_table('run_steps', schema=None) as batch_op:
        batch_op.create_index('uq_run_steps_current', ['run_id', 'step'], unique=True, sqlite_where=sa.text("status <> 'superseded'"), postgresql_where=sa.text("status <> 'superseded'"))

    op.create_table('stage_rollbacks',
    sa.Column('rollback_id', sa.String(), nullable=False),
    sa.Column('venture_id', sa.String(), nullable=False),
    sa.Column('run_id', sa.String(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('triggered_by', sa.String(), nullable=False),
    sa.Column('facts', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('workflows_paused', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('decision', sa.String(), nullable=True),
    sa.Column('decided_by', sa.String(), nullable=True),
    sa.Column('target_stage', sa.Integer(), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('decided_at', UtcDateTime(), nullable=True),
    sa.CheckConstraint("decision IN ('fix_and_retry', 'recurse')", name='ck_stage_rollbacks_decision'),
    sa.CheckConstraint("status IN ('decided', 'open')", name='ck_stage_rollbacks_status'),
    sa.ForeignKeyConstraint(['run_id'], ['runs.run_id'], name=op.f('fk_stage_rollbacks_run_id')),
    sa.ForeignKeyConstraint(['venture_id'], ['ventures.venture_id'], name=op.f('fk_stage_rollbacks_venture_id')),
    sa.PrimaryKeyConstraint('rollback_id', name=op.f('pk_stage_rollbacks'))
    )
    with op.batch_alter_table('stage_rollbacks', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stage_rollbacks_run_id'), ['run_id'], unique=False)
        batch_op.create_index('ix_stage_rollbacks_venture', ['venture_id', 'status'], unique=False)

    op.create_table('stage_tracking',
    sa.Column('venture_id', sa.String(), nullable=False),
    sa.Column('stage', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('started_at', UtcDateTime(), nullable=True),
    sa.Column('completed_at', UtcDateTime(), nullable=True),
    sa.Column('run_id', sa.String(), nullable=True),
    sa.CheckConstraint("status IN ('blocked', 'completed', 'in_progress', 'pending', 'review_requested', 'rolled_back')", name='ck_stage_tracking_status'),
    sa.ForeignKeyConstraint(['run_id'], ['runs.run_id'], name=op.f('fk_stage_tracking_run_id')),
    sa.ForeignKeyConstraint(['venture_id'], ['ventures.venture_id'], name=op.f('fk_stage_tracking_venture_id')),
    sa.PrimaryKeyConstraint('venture_id', 'stage', name=op.f('pk_stage_tracking'))
    )
    with op.batch_alter_table('stage_tracking', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stage_tracking_run_id'), ['run_id'], unique=False)

    op.create_table('campaigns',
    sa.Column('campaign_id', sa.String(), nullable=False),
    sa.Column('venture_id', sa.String(), nullable=False),
    sa.Column('campaign_name', sa.String(), nullable=False),
    sa.Column('campaign_type', sa.String(), nullable=False),
    sa.Column('template_id', sa.String(), nullable=False),
    sa.Column('segments', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('cta', sa.String(), nullable=False),
    sa.Column('objective', sa.String(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('budget', Money(), nullable=True),
    sa.Column('launches', sa.Date(), nullable=True),
    sa.Column('ends', sa.Date(), nullable=True),
    sa.Column('run_id', sa.String(), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('updated_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("campaign_type IN ('content_series', 'email_drip', 'email_newsletter', 'event_promotion', 'landing_page', 'product_launch', 'social_ads', 'webinar_funnel')", name='ck_campaigns_campaign_type'),
    sa.CheckConstraint("cta IN ('book_demo', 'buy_now', 'contact_sales', 'download_resource', 'learn_more', 'register_webinar', 'start_trial')", name='ck_campaigns_cta'),
    sa.CheckConstraint("status IN ('active', 'configured', 'content_ready', 'draft', 'paused')", name='ck_campaigns_status'),
    sa.ForeignKeyConstraint(['run_id'], ['runs.run_id'], name=op.f('fk_campaigns_run_id')),
    sa.ForeignKeyConstraint(['venture_id', 'template_id'], ['campaign_templates.venture_id', 'campaign_templates.template_id'], name=op.f('fk_campaigns_venture_id_template_id')),
    sa.ForeignKeyConstraint(['venture_id'], ['ventures.venture_id'], name=op.f('fk_campaigns_venture_id')),
    sa.PrimaryKeyConstraint('campaign_id', name=op.f('pk_campaigns'))
    )
    with op.batch_alter_table('campaigns', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_campaigns_run_id'), ['run_id'], unique=False)
        batch_op.create_index('ix_campaigns_status', ['venture_id', 'status'], unique=False)

    op.create_table('campaign_channels',
    sa.Column('campaign_id', sa.String(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('channel_count', sa.Integer(), nullable=False),
    sa.Column('budget', Money(), nullable=True),
    sa.CheckConstraint("channel IN ('content_marketing', 'email', 'events', 'facebook_ads', 'google_ads', 'influencer_partnerships', 'instagram_ads', 'linkedin', 'twitter_ads', 'webinars')", name='ck_campaign_channels_channel'),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.campaign_id'], name=op.f('fk_campaign_channels_campaign_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('campaign_id', 'channel', name=op.f('pk_campaign_channels'))
    )
    op.create_table('campaign_content',
    sa.Column('content_id', sa.String(), nullable=False),
    sa.Column('campaign_id', sa.String(), nullable=False),
    sa.Column('piece_id', sa.String(), nullable=False),
    sa.Column('template_id', sa.String(), nullable=False),
    sa.Column('segment_id', sa.String(), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('variable', sa.String(), nullable=False),
    sa.Column('variant', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('cta', sa.String(), nullable=False),
    sa.Column('cta_url', sa.String(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('brand_voice_score', Score(), nullable=True),
    sa.Column('claims', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('generated_by', sa.String(), nullable=False),
    sa.Column('prompt_version', sa.String(), nullable=False),
    sa.Column('model', sa.String(), nullable=True),
    sa.Column('tokens', sa.Integer(), nullable=True),
    sa.Column('run_id', sa.String(), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("status IN ('approved', 'draft', 'rejected')", name='ck_campaign_content_status'),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.campaign_id'], name=op.f('fk_campaign_content_campaign_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['run_id'], ['runs.run_id'], name=op.f('fk_campaign_content_run_id')),
    sa.PrimaryKeyConstraint('content_id', name=op.f('pk_campaign_content')),
    sa.UniqueConstraint('campaign_id', 'piece_id', 'variable', 'variant', name='uq_campaign_content_variant')
    )
    with op.batch_alter_table('campaign_content', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_campaign_content_run_id'), ['run_id'], unique=False)
        batch_op.create_index('ix_campaign_content_status', ['campaign_id', 'status'], unique=False)

    op.create_table('campaign_performance',
    sa.Column('campaign_id', sa.String(), nullable=False),
    sa.Column('date', sa.Date(), nullable=False),
    sa.Column('impressions', sa.Integer(), nullable=False),
    sa.Column('clicks', sa.Integer(), nullable=False),
    sa.Column('conversions', sa.Integer(), nullable=False),
    sa.Column('spend', Money(), nullable=False),
    sa.Column('revenue', Money(), nullable=False),
    sa.Column('time_spent', Exact(), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.campaign_id'], name=op.f('fk_campaign_performance_campaign_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('campaign_id', 'date', name=op.f('pk_campaign_performance'))
    )
    op.create_table('campaign_schedules',
    sa.Column('schedule_id', sa.String(), nullable=False),
    sa.Column('venture_id', sa.String(), nullable=False),
    sa.Column('campaign_id', sa.String(), nullable=True),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('starts', sa.Date(), nullable=False),
    sa.Column('ends', sa.Date(), nullable=False),
    sa.Column('zone', sa.String(), nullable=False),
    sa.Column('rule', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('budget', Money(), nullable=True),
    sa.Column('run_id', sa.String(), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('ad_flight', 'content', 'email', 'launch')", name='ck_campaign_schedules_kind'),
    sa.CheckConstraint('ends >= starts', name='ck_campaign_schedules_days'),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.campaign_id'], name=op.f('fk_campaign_schedules_campaign_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['run_id'], ['runs.run_id'], name=op.f('fk_campaign_schedules_run_id')),
    sa.ForeignKeyConstraint(['venture_id'], ['ventures.venture_id'], name=op.f('fk_campaign_schedules_venture_id')),
    sa.PrimaryKeyConstraint('schedule_id', name=op.f('pk_campaign_schedules'))
    )
    with op.batch_alter_table('campaign_schedules', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_campaign_schedules_campaign_id'), ['campaign_id'], unique=False)
        batch_op.create_index('ix_campaign_schedules_days', ['venture_id', 'kind', 'starts'], unique=False)
        batch_op.create_index(batch_op.f('ix_campaign_schedules_run_id'), ['run_id'], unique=False)

    # ### end Alembic commands ###
    op.execute(sa.text(EXECUTIONS_VIEW[op.get_bind().dialect.name].replace(":", "\\:")))
    for statement in (*AUDIT_TRIGGERS[op.get_bind().dialect.name], *LEAD_TRIGGERS[op.get_bind().dialect.name]):
        op.execute(sa.text(statement))


def downgrade() -> None:
    op.execute(sa.text('DROP VIEW workflow_executions'))
    # ### commands auto generated by Alembic - please adjust! ###
    with op.batch_alter_table('campaign_schedules', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_campaign_schedules_run_id'))
        batch_op.drop_index('ix_campaign_schedules_days')
        batch_op.drop_index(batch_op.f('ix_campaign_schedules_campaign_id'))

    op.drop_table('campaign_schedules')
    op.drop_table('campaign_performance')
    with op.batch_alter_table('campaign_content', schema=None) as batch_op:
        batch_op.drop_index('ix_campaign_content_status')
        batch_op.drop_index(batch_op.f('ix_campaign_content_run_id'))

    op.drop_table('campaign_content')
    op.drop_table('campaign_channels')
    with op.batch_alter_table('campaigns', schema=None) as batch_op:
        batch_op.drop_index('ix_campaigns_status')
        batch_op.drop_index(batch_op.f('ix_campaigns_run_id'))

    op.drop_table('campaigns')
    with op.batch_alter_table('stage_tracking', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stage_tracking_run_id'))

    op.drop_table('stage_tracking')
    with op.batch_alter_table('stage_rollbacks', schema=None) as batch_op:
        batch_op.drop_index('ix_stage_rollbacks_venture')
        batch_op.drop_index(batch_op.f('ix_stage_rollbacks_run_id'))

    op.drop_table('stage_rollbacks')
    with op.batch_alter_table('run_steps', schema=None) as batch_op:
        batch_op.drop_index('uq_run_steps_current', sqlite_where=sa.text("status <> 'superseded'"), postgresql_where=sa.text("status <> 'superseded'"))

    op.drop_table('run_steps')
    with op.batch_alter_table('marketing_channels', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_marketing_channels_run_id'))

    op.drop_table('marketing_channels')
    with op.batch_alter_table('handoffs', schema=None) as batch_op:
        batch_op.drop_index('ix_handoffs_venture')
        batch_op.drop_index(batch_op.f('ix_handoffs_run_id'))

    op.drop_table('handoffs')
    with op.batch_alter_table('gtm_configs', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_gtm_configs_run_id'))

    op.drop_table('gtm_configs')
    with op.batch_alter_table('gate_results', schema=None) as batch_op:
        batch_op.drop_index('ix_gate_results_gate')

    op.drop_table('gate_results')
    with op.batch_alter_table('campaign_templates', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_campaign_templates_run_id'))

    op.drop_table('campaign_templates')
    op.drop_table('artifacts')
    with op.batch_alter_table('approvals', schema=None) as batch_op:
        batch_op.drop_index('uq_approvals_round')
        batch_op.drop_index('uq_approvals_pending', sqlite_where=sa.text("status = 'pending'"), postgresql_where=sa.text("status = 'pending'"))
        batch_op.drop_index('ix_approvals_venture')

    op.drop_table('approvals')
    op.drop_table('venture_findings')
    with op.batch_alter_table('runs', schema=None) as batch_op:
        batch_op.drop_index('uq_runs_unfinished', sqlite_where=sa.text("status NOT IN ('completed', 'rolled_back')"), postgresql_where=sa.text("status NOT IN ('completed', 'rolled_back')"))
        batch_op.drop_index('ix_runs_latest')

    op.drop_table('runs')
    op.drop_table('market_strategies')
    op.drop_table('gtm_config_versions')
    with op.batch_alter_table('customer_segments', schema=None) as batch_op:
        batch_op.drop_index('ix_customer_segments_rank')

    op.drop_table('customer_segments')
    op.drop_table('crew_configs')
    op.drop_table('workflow_versions')
    with op.batch_alter_table('workflow_triggers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_workflow_triggers_workflow_id'))
        batch_op.drop_index(batch_op.f('ix_workflow_triggers_venture_id'))

    op.drop_table('workflow_triggers')
    op.drop_table('workers')
    with op.batch_alter_table('webhook_replays', schema=None) as batch_op:
        batch_op.drop_index('ix_webhook_replays_seen')

    op.drop_table('webhook_replays')
    op.drop_table('version_changes')
    op.drop_table('ventures')
    op.drop_table('vault_secrets')
    op.drop_table('upkeep_tasks')
    op.drop_table('trigger_looks')
    with op.batch_alter_table('trigger_firings', schema=None) as batch_op:
        batch_op.drop_index('ix_trigger_firings_open', sqlite_where=sa.text('finished_at IS NULL'), postgresql_where=sa.text('finished_at IS NULL'))

    op.drop_table('trigger_firings')
    with op.batch_alter_table('tracking_events', schema=None) as batch_op:
        batch_op.drop_index('ix_tracking_events_send')

    op.drop_table('tracking_events')
    op.drop_table('tracked_links')
    op.drop_table('suppression_list')
    with op.batch_alter_table('step_log', schema=None) as batch_op:
        batch_op.drop_index('ix_step_log_workflow')

    op.drop_table('step_log')
    with op.batch_alter_table('model_calls', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_model_calls_run_id'))

    op.drop_table('model_calls')
    op.drop_table('leads')
    op.drop_table('lead_outbox')
    with op.batch_alter_table('kept_executions', schema=None) as batch_op:
        batch_op.drop_index('ix_kept_executions_workflow')
        batch_op.drop_index(batch_op.f('ix_kept_executions_venture_id'))
        batch_op.drop_index(batch_op.f('ix_kept_executions_lead_id'))

    op.drop_table('kept_executions')
    op.drop_table('erasure_salts')
    op.drop_table('erased_addresses')
    with op.batch_alter_table('enrolments', schema=None) as batch_op:
        batch_op.drop_index('ix_enrolments_workflow', sqlite_where=sa.text('status > 1'), postgresql_where=sa.text('status > 1'))
        batch_op.drop_index('ix_enrolments_lease', sqlite_where=sa.text('status = 1'), postgresql_where=sa.text('status = 1'))
        batch_op.drop_index('ix_enrolments_due', sqlite_where=sa.text('status = 0'), postgresql_where=sa.text('status = 0'))

    op.drop_table('enrolments')
    with op.batch_alter_table('email_sends', schema=None) as batch_op:
        batch_op.drop_index('ix_email_sends_message')
        batch_op.drop_index('ix_email_sends_lead')
        batch_op.drop_index(batch_op.f('ix_email_sends_enrolment_no'))
        batch_op.drop_index('ix_email_sends_doubt', sqlite_where=sa.text("state = 'unknown' OR (state = 'sent' AND refusal_reason <> '')"), postgresql_where=sa.text("state = 'unknown' OR (state = 'sent' AND refusal_reason <> '')"))
        batch_op.drop_index('ix_email_sends_campaign')

    op.drop_table('email_sends')
    op.drop_table('delivery_counts')
    op.drop_table('crew_registry')
    with op.batch_alter_table('automation_workflows', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_automation_workflows_venture_id'))

    op.drop_table('automation_workflows')
    with op.batch_alter_table('automation_test_results', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_automation_test_results_workflow_id'))
        batch_op.drop_index(batch_op.f('ix_automation_test_results_venture_id'))

    op.drop_table('automation_test_results')
    with op.batch_alter_table('audit_log', schema=None) as batch_op:
        batch_op.drop_index('ix_audit_log_venture')
        batch_op.drop_index(batch_op.f('ix_audit_log_run_id'))

    op.drop_table('audit_log')
    with op.batch_alter_table('agent_execution_logs', schema=None) as batch_op:
        batch_op.drop_index('ix_agent_execution_logs_venture')
        batch_op.drop_index(batch_op.f('ix_agent_execution_logs_run_id'))

    op.drop_table('agent_execution_logs')
    # ### end Alembic commands ###
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(sa.text('DROP FUNCTION audit_log_append_only()'))
        op.execute(sa.text('DROP FUNCTION leads_outbox()'))

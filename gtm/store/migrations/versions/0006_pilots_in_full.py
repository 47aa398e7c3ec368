"""pilots in full: what was piloted, its results and their verdict; what a winner won by

Revision 0006, after 0005. Nothing has written the three tables yet: they are made anew.
"""

import sqlalchemy as sa
from alembic import op
from gtm.store.models.base import Score, UtcDateTime

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

OPEN = {
    'old': "status IN ('planned', 'running', 'ended')",
    'new': "status IN ('planned', 'running', 'paused', 'ended')",
}
CHECKPOINTS = {
    'old': "checkpoint IN ('automation', 'campaigns', 'content', 'final', 'strategy')",
    'new': "checkpoint IN ('automation', 'campaigns', 'content', 'final', 'pilot', 'strategy')",
}
PENDING = {'old': "status = 'pending'", 'new': "status = 'pending' AND checkpoint <> 'pilot'"}


def upgrade() -> None:
    _drop()
    _change_approvals('old', 'new')
    op.create_table('campaign_pilots',
    sa.Column('pilot_id', sa.String(), nullable=False),
    sa.Column('venture_id', sa.String(), nullable=False),
    sa.Column('campaign_id', sa.String(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('share', Score(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('parts', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('started_at', UtcDateTime(), nullable=True),
    sa.Column('ended_at', UtcDateTime(), nullable=True),
    sa.Column('stopped_for', sa.String(), nullable=False),
    sa.Column('results', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('results_sha256', sa.String(length=64), nullable=False),
    sa.Column('approval_id', sa.String(), nullable=True),
    sa.Column('decided_by', sa.String(), nullable=True),
    sa.Column('decided_at', UtcDateTime(), nullable=True),
    sa.Column('launched_at', UtcDateTime(), nullable=True),
    sa.Column('run_id', sa.String(), nullable=True),
    sa.CheckConstraint("status IN ('ended', 'launched', 'paused', 'planned', 'running', 'stopped')", name='ck_campaign_pilots_status'),
    sa.CheckConstraint("status NOT IN ('launched', 'stopped') OR decided_by IS NOT NULL", name='ck_campaign_pilots_decided'),
    sa.ForeignKeyConstraint(['approval_id'], ['approvals.approval_id'], name=op.f('fk_campaign_pilots_approval_id')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.campaign_id'], name=op.f('fk_campaign_pilots_campaign_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['run_id'], ['runs.run_id'], name=op.f('fk_campaign_pilots_run_id')),
    sa.ForeignKeyConstraint(['venture_id'], ['ventures.venture_id'], name=op.f('fk_campaign_pilots_venture_id')),
    sa.PrimaryKeyConstraint('pilot_id', name=op.f('pk_campaign_pilots')),
    sa.UniqueConstraint('campaign_id', 'round', name='uq_campaign_pilots_round')
    )
    _index_pilots('new')
    op.create_table('pilot_feedback',
    sa.Column('pilot_id', sa.String(), nullable=False),
    sa.Column('lead_id', sa.String(length=63), nullable=False),
    sa.Column('score', sa.Integer(), nullable=True),
    sa.Column('comment', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.CheckConstraint('score BETWEEN 1 AND 5', name='ck_pilot_feedback_score'),
    sa.CheckConstraint("source IN ('file', 'link', 'person', 'reply')", name='ck_pilot_feedback_source'),
    sa.ForeignKeyConstraint(['pilot_id'], ['campaign_pilots.pilot_id'], name=op.f('fk_pilot_feedback_pilot_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('pilot_id', 'lead_id', name=op.f('pk_pilot_feedback'))
    )
    op.create_index('ix_pilot_feedback_lead', 'pilot_feedback', ['lead_id'], unique=False)
    op.create_table('variant_winners',
    sa.Column('winner_id', sa.Integer(), nullable=False),
    sa.Column('venture_id', sa.String(), nullable=False),
    sa.Column('campaign_type', sa.String(), nullable=False),
    sa.Column('segment_id', sa.String(), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('variable', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('framework', sa.String(), nullable=False),
    sa.Column('claims', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('metric', sa.String(), nullable=False),
    sa.Column('sample', sa.Integer(), nullable=False),
    sa.Column('rate', Score(), nullable=False),
    sa.Column('other_rate', Score(), nullable=False),
    sa.Column('p_value', Score(), nullable=False),
    sa.Column('campaign_id', sa.String(), nullable=False),
    sa.Column('decided_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("campaign_type IN ('content_series', 'email_drip', 'email_newsletter', 'event_promotion', 'landing_page', 'product_launch', 'social_ads', 'webinar_funnel')", name='ck_variant_winners_campaign_type'),
    sa.CheckConstraint("metric IN ('clicked', 'opened')", name='ck_variant_winners_metric'),
    sa.CheckConstraint('sample >= 1', name='ck_variant_winners_sample'),
    sa.ForeignKeyConstraint(['venture_id'], ['ventures.venture_id'], name=op.f('fk_variant_winners_venture_id')),
    sa.PrimaryKeyConstraint('winner_id', name=op.f('pk_variant_winners')),
    sa.UniqueConstraint('venture_id', 'campaign_type', 'segment_id', 'step', 'variable', 'sha256', name='uq_variant_winners_text')
    )


def downgrade() -> None:
    """Verdicts on pilots go, as the schema before knows none."""
    _drop()
    op.execute(sa.text("DELETE FROM approvals WHERE checkpoint = 'pilot'"))
    _change_approvals('new', 'old')
    op.create_table('campaign_pilots',
    sa.Column('pilot_id', sa.String(), nullable=False),
    sa.Column('venture_id', sa.String(), nullable=False),
    sa.Column('campaign_id', sa.String(), nullable=False),
    sa.Column('share', Score(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('started_at', UtcDateTime(), nullable=True),
    sa.Column('ended_at', UtcDateTime(), nullable=True),
    sa.Column('decided_by', sa.String(), nullable=True),
    sa.Column('run_id', sa.String(), nullable=True),
    sa.CheckConstraint("status IN ('ended', 'launched', 'planned', 'running', 'stopped')", name='ck_campaign_pilots_status'),
    sa.CheckConstraint("status NOT IN ('launched', 'stopped') OR decided_by IS NOT NULL", name='ck_campaign_pilots_decided'),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.campaign_id'], name=op.f('fk_campaign_pilots_campaign_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['run_id'], ['runs.run_id'], name=op.f('fk_campaign_pilots_run_id')),
    sa.ForeignKeyConstraint(['venture_id'], ['ventures.venture_id'], name=op.f('fk_campaign_pilots_venture_id')),
    sa.PrimaryKeyConstraint('pilot_id', name=op.f('pk_campaign_pilots'))
    )
    _index_pilots('old')
    op.create_table('pilot_feedback',
    sa.Column('pilot_id', sa.String(), nullable=False),
    sa.Column('lead_id', sa.String(length=63), nullable=False),
    sa.Column('score', sa.Integer(), nullable=False),
    sa.Column('comment', sa.String(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.CheckConstraint('score BETWEEN 1 AND 5', name='ck_pilot_feedback_score'),
    sa.ForeignKeyConstraint(['pilot_id'], ['campaign_pilots.pilot_id'], name=op.f('fk_pilot_feedback_pilot_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('pilot_id', 'lead_id', name=op.f('pk_pilot_feedback'))
    )
    op.create_index('ix_pilot_feedback_lead', 'pilot_feedback', ['lead_id'], unique=False)
    op.create_table('variant_winners',
    sa.Column('winner_id', sa.Integer(), nullable=False),
    sa.Column('venture_id', sa.String(), nullable=False),
    sa.Column('campaign_type', sa.String(), nullable=False),
    sa.Column('segment_id', sa.String(), nullable=False),
    sa.Column('variable', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('claims', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('sample', sa.Integer(), nullable=False),
    sa.Column('rate', Score(), nullable=False),
    sa.Column('campaign_id', sa.String(), nullable=False),
    sa.Column('decided_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("campaign_type IN ('content_series', 'email_drip', 'email_newsletter', 'event_promotion', 'landing_page', 'product_launch', 'social_ads', 'webinar_funnel')", name='ck_variant_winners_campaign_type'),
    sa.CheckConstraint('sample >= 1', name='ck_variant_winners_sample'),
    sa.ForeignKeyConstraint(['venture_id'], ['ventures.venture_id'], name=op.f('fk_variant_winners_venture_id')),
    sa.PrimaryKeyConstraint('winner_id', name=op.f('pk_variant_winners')),
    sa.UniqueConstraint('venture_id', 'campaign_type', 'segment_id', 'variable', 'sha256', name='uq_variant_winners_text')
    )


def _drop() -> None:
    for table in ('pilot_feedback', 'campaign_pilots', 'variant_winners'):
        op.drop_table(table)


def _index_pilots(which: str) -> None:
    where = sa.text(OPEN[which])
    op.create_index('ix_campaign_pilots_run_id', 'campaign_pilots', ['run_id'], unique=False)
    op.create_index('ix_campaign_pilots_venture', 'campaign_pilots', ['venture_id', 'status'], unique=False)
    op.create_index('uq_campaign_pilots_open', 'campaign_pilots', ['campaign_id'], unique=True, sqlite_where=where,
                    postgresql_where=where)


def _change_approvals(was: str, becomes: str) -> None:
    where = sa.text(PENDING[becomes])
    op.drop_index('uq_approvals_pending', table_name='approvals')
    if op.get_bind().dialect.name == 'postgresql':
        op.drop_constraint('ck_approvals_checkpoint', 'approvals', type_='check')
        op.create_check_constraint('ck_approvals_checkpoint', 'approvals', CHECKPOINTS[becomes])
    else:
        _rewrite_check(CHECKPOINTS[was], CHECKPOINTS[becomes])
    op.create_index('uq_approvals_pending', 'approvals', ['run_id', 'checkpoint'], unique=True, sqlite_where=where,
                    postgresql_where=where)


def _rewrite_check(was: str, becomes: str) -> None:
    """Change a check constraint in place, as SQLite's own manual describes it (ALTER TABLE, section 7).

    The table is not made anew: other tables point at it, and within a transaction they cannot be told to look away.
    """
    bind = op.get_bind()
    version = bind.execute(sa.text('PRAGMA schema_version')).scalar()
    bind.execute(sa.text('PRAGMA writable_schema = ON'))
    changed = bind.execute(
        sa.text("UPDATE sqlite_master SET sql = replace(sql, :was, :becomes) "
                "WHERE type = 'table' AND name = 'approvals' AND instr(sql, :was) > 0"),
        {'was': was, 'becomes': becomes},
    )
    if changed.rowcount != 1:
        raise RuntimeError('the table approvals has not the check that this migration changes')
    bind.execute(sa.text(f'PRAGMA schema_version = {version + 1}'))
    bind.execute(sa.text('PRAGMA writable_schema = RESET'))

"""campaigns in depth

Revision 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op
from gtm.store.models.base import Cost
from gtm.store.models.base import Score
from gtm.store.models.base import UtcDateTime

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('email_preferences',
    sa.Column('venture_id', sa.String(length=63), nullable=False),
    sa.Column('lead_id', sa.String(length=63), nullable=False),
    sa.Column('purpose', sa.String(length=40), nullable=False),
    sa.Column('allowed', sa.Boolean(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('venture_id', 'lead_id', 'purpose', name=op.f('pk_email_preferences'))
    )
    with op.batch_alter_table('email_preferences', schema=None) as batch_op:
        batch_op.create_index('ix_email_preferences_lead', ['lead_id'], unique=False)

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
    op.create_table('content_attempts',
    sa.Column('run_id', sa.String(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('piece_id', sa.String(), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('findings', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('model', sa.String(), nullable=False),
    sa.Column('tokens', sa.Integer(), nullable=True),
    sa.Column('cost', Cost(), nullable=True),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.CheckConstraint('attempt >= 1', name='ck_content_attempts_attempt'),
    sa.ForeignKeyConstraint(['run_id'], ['runs.run_id'], name=op.f('fk_content_attempts_run_id')),
    sa.PrimaryKeyConstraint('run_id', 'revision', 'piece_id', 'attempt', name=op.f('pk_content_attempts'))
    )
    op.create_table('preview_files',
    sa.Column('run_id', sa.String(), nullable=False),
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('path', sa.String(), nullable=False),
    sa.Column('made_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint('width >= 1', name='ck_preview_files_width'),
    sa.ForeignKeyConstraint(['run_id'], ['runs.run_id'], name=op.f('fk_preview_files_run_id')),
    sa.PrimaryKeyConstraint('run_id', 'key', 'kind', 'width', name=op.f('pk_preview_files'))
    )
    op.create_table('content_decisions',
    sa.Column('decision_id', sa.Integer(), nullable=False),
    sa.Column('approval_id', sa.String(), nullable=False),
    sa.Column('run_id', sa.String(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('piece_id', sa.String(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('decision', sa.String(), nullable=False),
    sa.Column('comment', sa.String(), nullable=True),
    sa.Column('decided_by', sa.String(), nullable=False),
    sa.Column('decided_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("decision IN ('approved', 'rejected')", name='ck_content_decisions_decision'),
    sa.ForeignKeyConstraint(['approval_id'], ['approvals.approval_id'], name=op.f('fk_content_decisions_approval_id')),
    sa.ForeignKeyConstraint(['run_id'], ['runs.run_id'], name=op.f('fk_content_decisions_run_id')),
    sa.PrimaryKeyConstraint('decision_id', name=op.f('pk_content_decisions')),
    sa.UniqueConstraint('approval_id', 'piece_id', name='uq_content_decisions_piece')
    )
    with op.batch_alter_table('content_decisions', schema=None) as batch_op:
        batch_op.create_index('ix_content_decisions_round', ['run_id', 'round'], unique=False)

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
    with op.batch_alter_table('campaign_pilots', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_campaign_pilots_run_id'), ['run_id'], unique=False)
        batch_op.create_index('ix_campaign_pilots_venture', ['venture_id', 'status'], unique=False)
        batch_op.create_index('uq_campaign_pilots_open', ['campaign_id'], unique=True, sqlite_where=sa.text("status IN ('planned', 'running', 'ended')"), postgresql_where=sa.text("status IN ('planned', 'running', 'ended')"))

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
    with op.batch_alter_table('pilot_feedback', schema=None) as batch_op:
        batch_op.create_index('ix_pilot_feedback_lead', ['lead_id'], unique=False)

    with op.batch_alter_table('campaign_content', schema=None) as batch_op:
        batch_op.add_column(sa.Column('seed', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('prompt_tokens', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('completion_tokens', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('cost', Cost(), nullable=True))
        batch_op.add_column(sa.Column('framework', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('tested', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('check_score', Score(), nullable=True))



def downgrade() -> None:
    # In a batch SQLite would get the table anew, without its check constraints.
    op.drop_column('campaign_content', 'check_score')
    op.drop_column('campaign_content', 'tested')
    op.drop_column('campaign_content', 'framework')
    op.drop_column('campaign_content', 'cost')
    op.drop_column('campaign_content', 'completion_tokens')
    op.drop_column('campaign_content', 'prompt_tokens')
    op.drop_column('campaign_content', 'seed')

    with op.batch_alter_table('pilot_feedback', schema=None) as batch_op:
        batch_op.drop_index('ix_pilot_feedback_lead')

    op.drop_table('pilot_feedback')
    with op.batch_alter_table('campaign_pilots', schema=None) as batch_op:
        batch_op.drop_index('uq_campaign_pilots_open', sqlite_where=sa.text("status IN ('planned', 'running', 'ended')"), postgresql_where=sa.text("status IN ('planned', 'running', 'ended')"))
        batch_op.drop_index('ix_campaign_pilots_venture')
        batch_op.drop_index(batch_op.f('ix_campaign_pilots_run_id'))

    op.drop_table('campaign_pilots')
    with op.batch_alter_table('content_decisions', schema=None) as batch_op:
        batch_op.drop_index('ix_content_decisions_round')

    op.drop_table('content_decisions')
    op.drop_table('preview_files')
    op.drop_table('content_attempts')
    op.drop_table('variant_winners')
    with op.batch_alter_table('email_preferences', schema=None) as batch_op:
        batch_op.drop_index('ix_email_preferences_lead')

    op.drop_table('email_preferences')

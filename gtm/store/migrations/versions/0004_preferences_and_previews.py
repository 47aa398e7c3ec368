"""preferences and previews

Revision 0004, after 0003. Nothing wrote either table before it, so both are made anew.
"""

import sqlalchemy as sa
from alembic import op
from gtm.store.models.base import UtcDateTime

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    _drop()
    op.create_table('email_preferences',
    sa.Column('venture_id', sa.String(length=63), nullable=False),
    sa.Column('lead_id', sa.String(length=63), nullable=False),
    sa.Column('purpose', sa.String(length=40), nullable=False),
    sa.Column('allowed', sa.Boolean(), nullable=False),
    sa.Column('every_days', sa.Integer(), nullable=True),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.CheckConstraint('every_days >= 1', name='ck_email_preferences_every_days'),
    sa.PrimaryKeyConstraint('venture_id', 'lead_id', 'purpose', name=op.f('pk_email_preferences'))
    )
    op.create_index('ix_email_preferences_lead', 'email_preferences', ['lead_id'], unique=False)
    op.create_table('preview_files',
    sa.Column('html_sha256', sa.String(length=64), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('path', sa.String(), nullable=False),
    sa.Column('made_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint('width >= 1', name='ck_preview_files_width'),
    sa.PrimaryKeyConstraint('html_sha256', 'width', name=op.f('pk_preview_files'))
    )


def downgrade() -> None:
    _drop()
    op.create_table('email_preferences',
    sa.Column('venture_id', sa.String(length=63), nullable=False),
    sa.Column('lead_id', sa.String(length=63), nullable=False),
    sa.Column('purpose', sa.String(length=40), nullable=False),
    sa.Column('allowed', sa.Boolean(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('venture_id', 'lead_id', 'purpose', name=op.f('pk_email_preferences'))
    )
    op.create_index('ix_email_preferences_lead', 'email_preferences', ['lead_id'], unique=False)
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


def _drop() -> None:
    op.drop_table('preview_files')
    op.drop_index('ix_email_preferences_lead', table_name='email_preferences')
    op.drop_table('email_preferences')

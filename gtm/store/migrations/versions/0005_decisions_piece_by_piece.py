"""decisions piece by piece

Revision 0005, after 0004. No version before it wrote a decision on a piece, so the table is made anew.
"""

import sqlalchemy as sa
from alembic import op
from gtm.store.models.base import UtcDateTime

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

TABLE = 'content_decisions'


def upgrade() -> None:
    op.drop_table(TABLE)
    _create(
        sa.Column('revision', sa.Integer(), nullable=False),
        sa.Column('piece_id', sa.String(), nullable=False),
        sa.Column('sha256', sa.String(length=64), nullable=False),
        sa.Column('context_sha256', sa.String(length=64), nullable=False),
        sa.Column('decision', sa.String(), nullable=False),
        sa.Column('comment', sa.String(), nullable=True),
        sa.Column('decided_by', sa.String(), nullable=False),
        sa.Column('decided_via', sa.String(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table(TABLE)
    _create(
        sa.Column('piece_id', sa.String(), nullable=False),
        sa.Column('sha256', sa.String(length=64), nullable=False),
        sa.Column('decision', sa.String(), nullable=False),
        sa.Column('comment', sa.String(), nullable=True),
        sa.Column('decided_by', sa.String(), nullable=False),
    )


def _create(*columns: sa.Column) -> None:
    op.create_table(TABLE,
    sa.Column('decision_id', sa.Integer(), nullable=False),
    sa.Column('approval_id', sa.String(), nullable=False),
    sa.Column('run_id', sa.String(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    *columns,
    sa.Column('decided_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("decision IN ('approved', 'rejected')", name='ck_content_decisions_decision'),
    sa.ForeignKeyConstraint(['approval_id'], ['approvals.approval_id'], name=op.f('fk_content_decisions_approval_id')),
    sa.ForeignKeyConstraint(['run_id'], ['runs.run_id'], name=op.f('fk_content_decisions_run_id')),
    sa.PrimaryKeyConstraint('decision_id', name=op.f('pk_content_decisions')),
    sa.UniqueConstraint('approval_id', 'piece_id', name='uq_content_decisions_piece')
    )
    with op.batch_alter_table(TABLE, schema=None) as batch_op:
        batch_op.create_index('ix_content_decisions_round', ['run_id', 'round'], unique=False)

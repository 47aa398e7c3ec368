"""longer logs, rates, moments of doubt

Revision 0003, after 0002. On SQLite a `seq` has as many bytes as it needs already.
"""

import sqlalchemy as sa
from alembic import op
from gtm.store.models.base import UtcDateTime

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

COUNTED = ('enrolments', 'step_log', 'version_changes')


def upgrade() -> None:
    op.create_table('venture_rates',
    sa.Column('venture_id', sa.String(length=63), nullable=False),
    sa.Column('per_minute', sa.Integer(), nullable=False),
    sa.Column('credit', sa.BigInteger(), nullable=False),
    sa.Column('counted_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('venture_id', name=op.f('pk_venture_rates'))
    )
    op.add_column('email_sends', sa.Column('doubted_at', UtcDateTime(), nullable=True))
    if op.get_bind().dialect.name == 'postgresql':
        for table in COUNTED:
            op.alter_column(table, 'seq', existing_type=sa.SmallInteger(), type_=sa.Integer(), existing_nullable=False)


def downgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        for table in COUNTED:
            op.alter_column(table, 'seq', existing_type=sa.Integer(), type_=sa.SmallInteger(), existing_nullable=False)
    op.drop_column('email_sends', 'doubted_at')
    op.drop_table('venture_rates')

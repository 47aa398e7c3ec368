"""consents that wait for their confirmation (double opt-in)

Revision 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op
from gtm.store.models.base import UtcDateTime

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('consent_requests',
    sa.Column('send_id', sa.String(length=63), nullable=False),
    sa.Column('venture_id', sa.String(length=63), nullable=False),
    sa.Column('lead_id', sa.String(length=63), nullable=False),
    sa.Column('purpose', sa.String(length=40), nullable=False),
    sa.Column('wording', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('lead_source', sa.String(), nullable=False),
    sa.Column('registers_for', sa.String(), nullable=False),
    sa.Column('trigger_id', sa.String(length=63), nullable=False),
    sa.Column('event', sa.String(), nullable=False),
    sa.Column('asked_at', UtcDateTime(), nullable=False),
    sa.Column('expires_at', UtcDateTime(), nullable=False),
    sa.Column('mail_at', UtcDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('send_id', name=op.f('pk_consent_requests'))
    )
    op.create_index('ix_consent_requests_lead', 'consent_requests', ['lead_id'], unique=False)
    op.create_index('ix_consent_requests_mail_at', 'consent_requests', ['mail_at'], unique=False)
    op.create_index('ix_consent_requests_expires_at', 'consent_requests', ['expires_at'], unique=False)


def downgrade() -> None:
    """Whoever has not confirmed has agreed to nothing, and the schema before knows nobody who waits."""
    op.execute(sa.text("UPDATE leads SET consent = 'unknown', own_writes = own_writes + 1 WHERE consent = 'pending'"))
    op.drop_table('consent_requests')

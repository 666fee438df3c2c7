"""Indices for lists of titles by status, and for the callback of a subject that waits before another."""

from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_titles_status_title_id', 'titles', ['status', 'title_id'])
    op.create_index('ix_titles_carrier_status_title_id', 'titles', ['carrier', 'status', 'title_id'])
    op.drop_index('ix_callbacks_subject_state', 'callbacks')
    op.create_index('ix_callbacks_account_subject_state_number', 'callbacks', ['account', 'subject', 'state', 'number'])

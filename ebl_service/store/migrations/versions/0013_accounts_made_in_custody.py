"""Which account was made in custody for a party's codes: a call tried again goes on with it."""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'custody_keys',
        sa.Column('provider', sa.Text(), primary_key=True),
        sa.Column('code', sa.Text(), primary_key=True),
        sa.Column('account', sa.Text(), nullable=False),
        sa.Column('made_at', sa.BigInteger(), nullable=False),
    )

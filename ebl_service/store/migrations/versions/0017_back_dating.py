"""How many days further back than the strict rule a carrier's dates of issue may lie."""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('carriers', sa.Column('back_dating_days', sa.BigInteger(), nullable=False, server_default='0'))

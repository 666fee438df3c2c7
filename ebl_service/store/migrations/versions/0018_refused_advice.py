"""For which advice a carrier's documents are refused: names with spaces between."""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('carriers', sa.Column('refused_advice', sa.Text(), nullable=False, server_default=''))

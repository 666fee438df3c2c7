"""The header by which a party's own system knows who may call it, sealed."""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('receivers', sa.Column('sealed_header', sa.LargeBinary(), nullable=True))

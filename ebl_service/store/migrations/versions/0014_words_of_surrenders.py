"""What holders say in words with a surrender request, and the feedback that carriers answer it with."""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'surrender_words',
        sa.Column('title_id', sa.Text(), primary_key=True),
        sa.Column('sequence', sa.BigInteger(), primary_key=True),
        sa.Column('reason', sa.Text(), primary_key=True),
        sa.Column('sealed_words', sa.LargeBinary(), nullable=False),
        sa.Column('made_at', sa.BigInteger(), nullable=False),
    )
    op.add_column('surrender_requests', sa.Column('sealed_feedback', sa.LargeBinary(), nullable=True))

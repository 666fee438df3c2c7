"""Bills found by number under any salt; what is exchanged with carriers is sealed.

Callbacks and comments of before stand in clear and are not sealed by this: they are left out of the tables. No service
was released that wrote any; a carrier asks for its callbacks' content again by its own requests.
"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('documents', schema=None) as batch_op:
        batch_op.add_column(sa.Column('number', sa.Text(), nullable=True))
        batch_op.create_index('ix_documents_carrier_number', ['carrier', 'number'], unique=False)
    with op.batch_alter_table('surrender_requests', schema=None) as batch_op:
        batch_op.drop_column('comments')
        batch_op.add_column(sa.Column('sealed_comments', sa.LargeBinary(), nullable=True))
    op.execute('DELETE FROM callbacks')

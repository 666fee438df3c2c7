"""How titles stood before the final block is told by their events: the rows that said it too are removed."""

from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        'DELETE FROM title_states WHERE block_number < (SELECT max(newest.block_number) FROM title_states AS newest'
        ' WHERE newest.title_id = title_states.title_id'
        ' AND newest.block_number <= (SELECT final_number FROM cursor))'
    )

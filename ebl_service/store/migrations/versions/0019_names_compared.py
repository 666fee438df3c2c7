"""What parties' legal names are compared by."""

import sqlalchemy as sa
from alembic import op

from ebl_service.domain.profile import name_key

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('party_profiles', sa.Column('name_key', sa.Text(), nullable=False, server_default=''))
    profiles = sa.table('party_profiles', sa.column('account'), sa.column('legal_name'), sa.column('name_key'))
    connection = op.get_bind()
    for row in connection.execute(sa.select(profiles.c.account, profiles.c.legal_name)).all():
        named = sa.update(profiles).where(profiles.c.account == row.account)
        connection.execute(named.values(name_key=name_key(row.legal_name)))
    with op.batch_alter_table('party_profiles') as table:
        table.alter_column('name_key', server_default=None)
    op.create_index('ix_party_profiles_name_key', 'party_profiles', ['name_key'])

"""Certificates of insurance; an event and an act are on a subject, a title or a certificate."""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ('events', 'submissions'):
        op.drop_index(f'ix_{table}_title_id_sequence', table)
        op.execute(f'ALTER TABLE {table} RENAME COLUMN title_id TO subject_id')  # in place, also on SQLite
        op.create_index(f'ix_{table}_subject_id_sequence', table, ['subject_id', 'sequence'], unique=False)
    # A database of before is of a ledger without this contract: the service refuses it by name.
    op.add_column('ledger', sa.Column('cargo_insurance', sa.Text(), nullable=False, server_default='none'))

    op.create_table('certificates',
    sa.Column('certificate_id', sa.Text(), nullable=False),
    sa.Column('block_number', sa.BigInteger(), nullable=False),
    sa.Column('insurer', sa.Text(), nullable=False),
    sa.Column('mode', sa.Integer(), nullable=False),
    sa.Column('named', sa.Text(), nullable=True),
    sa.Column('cargo_attaches_at', sa.BigInteger(), nullable=False),
    sa.Column('war_attaches_at', sa.BigInteger(), nullable=False),
    sa.Column('strikes_attaches_at', sa.BigInteger(), nullable=False),
    sa.Column('reference_digest', sa.Text(), nullable=False),
    *_standing(),
    sa.PrimaryKeyConstraint('certificate_id', name=op.f('pk_certificates')),
    )
    for column in ('title_id', 'insurer', 'named'):
        op.create_index(f'ix_certificates_{column}_certificate_id', 'certificates', [column, 'certificate_id'])

    op.create_table('certificate_states',
    sa.Column('certificate_id', sa.Text(), nullable=False),
    sa.Column('block_number', sa.BigInteger(), autoincrement=False, nullable=False),
    *_standing(),
    sa.PrimaryKeyConstraint('certificate_id', 'block_number', name=op.f('pk_certificate_states')),
    )
    op.create_index('ix_certificate_states_block_number', 'certificate_states', ['block_number'])
    by_title = 'ix_certificate_states_title_id_certificate_id'
    op.create_index(by_title, 'certificate_states', ['title_id', 'certificate_id'])


def _standing() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column('title_id', sa.Text(), nullable=False),
        sa.Column('is_released', sa.Boolean(), nullable=False),
        sa.Column('cargo_ends_at', sa.BigInteger(), nullable=False),
        sa.Column('war_ends_at', sa.BigInteger(), nullable=False),
        sa.Column('strikes_ends_at', sa.BigInteger(), nullable=False),
        sa.Column('consented', sa.Integer(), nullable=True),
        sa.Column('consented_by', sa.Text(), nullable=True),
        sa.Column('sequence', sa.BigInteger(), nullable=False),
        sa.Column('acted_at', sa.BigInteger(), nullable=False),
        sa.Column('commitment', sa.Text(), nullable=False),
        sa.Column('head', sa.Text(), nullable=False),
        sa.Column('claims', sa.Text(), nullable=True),
    )

"""carriers' requests, certificates and custody

Revision: 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('announced',
    sa.Column('one', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('line', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('one', name=op.f('pk_announced'))
    )
    op.create_table('carriers',
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('governing_law', sa.Text(), nullable=False),
    sa.Column('jurisdiction', sa.Text(), nullable=False),
    sa.Column('changed_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('account', name=op.f('pk_carriers'))
    )
    op.create_table('custody_uses',
    sa.Column('number', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('act_id', sa.Text(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('mandate', sa.Text(), nullable=False),
    sa.Column('verb', sa.Text(), nullable=False),
    sa.Column('cause', sa.Text(), nullable=False),
    sa.Column('day', sa.BigInteger(), nullable=False),
    sa.Column('deadline', sa.BigInteger(), nullable=False),
    sa.Column('used_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_custody_uses')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('custody_uses', schema=None) as batch_op:
        batch_op.create_index('ix_custody_uses_account_day', ['account', 'day'], unique=False)
        batch_op.create_index('ix_custody_uses_act_id_number', ['act_id', 'number'], unique=False)

    op.create_table('issuance_requests',
    sa.Column('number', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('reference_digest', sa.Text(), nullable=False),
    sa.Column('title_id', sa.Text(), nullable=True),
    sa.Column('commitment', sa.Text(), nullable=True),
    sa.Column('act_id', sa.Text(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('received_at', sa.BigInteger(), nullable=False),
    sa.Column('closed_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_issuance_requests')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('issuance_requests', schema=None) as batch_op:
        batch_op.create_index('ix_issuance_requests_act_id', ['act_id'], unique=False)
        batch_op.create_index('ix_issuance_requests_title_id', ['title_id'], unique=False)
        batch_op.create_index('uq_issuance_requests_open', ['account', 'reference_digest'], unique=True, sqlite_where=sa.text("state = 'OPEN'"), postgresql_where=sa.text("state = 'OPEN'"))

    op.create_table('mandates',
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('statement', sa.Text(), nullable=False),
    sa.Column('verbs', sa.Text(), nullable=False),
    sa.Column('acts_a_day', sa.BigInteger(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.Column('taken_at', sa.BigInteger(), nullable=False),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_mandates'))
    )
    with op.batch_alter_table('mandates', schema=None) as batch_op:
        batch_op.create_index('ix_mandates_account', ['account'], unique=False)

    op.create_table('signing_certificates',
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('fingerprint', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('chain', sa.Text(), nullable=False),
    sa.Column('valid_from', sa.BigInteger(), nullable=False),
    sa.Column('valid_until', sa.BigInteger(), nullable=False),
    sa.Column('registered_at', sa.BigInteger(), nullable=False),
    sa.Column('revoked_at', sa.BigInteger(), nullable=True),
    sa.Column('is_pinned', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('account', 'fingerprint', name=op.f('pk_signing_certificates'))
    )
    op.create_table('surrender_requests',
    sa.Column('request_id', sa.Text(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('title_id', sa.Text(), nullable=False),
    sa.Column('sequence', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('comments', sa.Text(), nullable=True),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('answered_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('request_id', name=op.f('pk_surrender_requests'))
    )
    with op.batch_alter_table('surrender_requests', schema=None) as batch_op:
        batch_op.create_index('ix_surrender_requests_title_id', ['title_id'], unique=False)

    op.create_table('waiting_acts',
    sa.Column('number', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('act_id', sa.Text(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('verb', sa.Text(), nullable=False),
    sa.Column('act', sa.Text(), nullable=False),
    sa.Column('title_id', sa.Text(), nullable=False),
    sa.Column('sequence', sa.BigInteger(), nullable=False),
    sa.Column('cause', sa.Text(), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('until', sa.BigInteger(), nullable=True),
    sa.Column('submission_id', sa.Text(), nullable=True),
    sa.Column('is_over', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_waiting_acts')),
    sa.UniqueConstraint('act_id', name=op.f('uq_waiting_acts_act_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('waiting_acts', schema=None) as batch_op:
        batch_op.create_index('ix_waiting_acts_account_is_over', ['account', 'is_over'], unique=False)
        batch_op.create_index('ix_waiting_acts_is_over_number', ['is_over', 'number'], unique=False)
        batch_op.create_index('ix_waiting_acts_title_id', ['title_id'], unique=False)


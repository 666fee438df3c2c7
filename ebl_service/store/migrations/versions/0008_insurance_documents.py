"""What stands behind certificates: insurance documents, terms of sale, waivers."""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('insurance_documents',
    sa.Column('commitment', sa.Text(), nullable=False),
    sa.Column('certificate_id', sa.Text(), nullable=False),
    sa.Column('title_id', sa.Text(), nullable=False),
    sa.Column('insurer', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['commitment'], ['documents.commitment'], name=op.f('fk_insurance_documents_commitment')),
    sa.PrimaryKeyConstraint('commitment', name=op.f('pk_insurance_documents'))
    )
    op.create_index('ix_insurance_documents_certificate_id', 'insurance_documents', ['certificate_id'], unique=False)
    op.create_index('ix_insurance_documents_title_id', 'insurance_documents', ['title_id'], unique=False)

    op.create_table('terms_of_sale',
    sa.Column('commitment', sa.Text(), nullable=False),
    sa.Column('title_id', sa.Text(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('given_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['commitment'], ['documents.commitment'], name=op.f('fk_terms_of_sale_commitment')),
    sa.PrimaryKeyConstraint('commitment', name=op.f('pk_terms_of_sale'))
    )
    op.create_index('ix_terms_of_sale_title_id_given_at', 'terms_of_sale', ['title_id', 'given_at'], unique=False)

    op.create_table('waivers',
    sa.Column('commitment', sa.Text(), nullable=False),
    sa.Column('rule', sa.Text(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('waived_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['commitment'], ['insurance_documents.commitment'], name=op.f('fk_waivers_commitment')),
    sa.PrimaryKeyConstraint('commitment', 'rule', 'account', name=op.f('pk_waivers'))
    )

"""A sealed row names who gave it, which is not always a carrier; terms of sale are found by their time."""

from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index('ix_documents_carrier_number', 'documents')
    op.execute('ALTER TABLE documents RENAME COLUMN carrier TO given_by')
    op.create_index('ix_documents_given_by_number', 'documents', ['given_by', 'number'], unique=False)
    op.create_index('ix_terms_of_sale_given_at', 'terms_of_sale', ['given_at'], unique=False)

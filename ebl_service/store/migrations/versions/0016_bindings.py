"""A document belongs to one title, an insurance document to one certificate too: their rows are keyed by these.

Before, a commitment alone was a document's key. Each document's row names its title already, so its parts, its holds
and its destruction follow it. What cannot be bound to one title without doubt stays closed:

- A hold on a commitment that no document here has keeps no title: it counts for every title with that commitment.
- Where several titles have one commitment, a hold that was lifted may have been lifted for another title than the
  document's: it is placed again, and the operator lifts it by the title that it means.
"""

import time

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

KEYED = ('documents', 'document_parts', 'insurance_documents', 'terms_of_sale', 'waivers', 'destructions')
INDEXES = {
    'documents': ('ix_documents_title_id', 'ix_documents_given_by_number', 'ix_documents_master_key_id_commitment'),
    'insurance_documents': ('ix_insurance_documents_certificate_id', 'ix_insurance_documents_title_id'),
    'terms_of_sale': ('ix_terms_of_sale_title_id_given_at', 'ix_terms_of_sale_given_at'),
}
LIFTED = 'Placed again when documents were bound to titles: several titles have its commitment, and it was lifted for one.'


def upgrade() -> None:
    for table in KEYED:
        for index in INDEXES.get(table, ()):
            op.drop_index(index, table)
        op.rename_table(table, f'{table}_before')
        if op.get_bind().dialect.name == 'postgresql':  # names of keys are those of a schema, not of a table
            op.execute(f'ALTER TABLE {table}_before RENAME CONSTRAINT pk_{table} TO pk_{table}_before')
    _tables_of_documents()
    _tables_of_cover()
    _move()
    for table in reversed(KEYED):
        op.drop_table(f'{table}_before')
    _indexes()
    _bind_holds()


def _tables_of_documents() -> None:
    op.create_table('documents',
    sa.Column('title_id', sa.Text(), nullable=False),
    sa.Column('commitment', sa.Text(), nullable=False),
    sa.Column('given_by', sa.Text(), nullable=False),
    sa.Column('replaces', sa.Text(), nullable=True),
    sa.Column('prepared_at', sa.BigInteger(), nullable=False),
    sa.Column('master_key_id', sa.Text(), nullable=True),
    sa.Column('wrapped_key', sa.LargeBinary(), nullable=True),
    sa.Column('number', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('title_id', 'commitment', name=op.f('pk_documents'))
    )
    op.create_table('document_parts',
    sa.Column('title_id', sa.Text(), nullable=False),
    sa.Column('commitment', sa.Text(), nullable=False),
    sa.Column('part', sa.Text(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['title_id', 'commitment'], ['documents.title_id', 'documents.commitment'], name=op.f('fk_document_parts_title_id_commitment')),
    sa.PrimaryKeyConstraint('title_id', 'commitment', 'part', name=op.f('pk_document_parts'))
    )
    op.create_table('destructions',
    sa.Column('title_id', sa.Text(), nullable=False),
    sa.Column('commitment', sa.Text(), nullable=False),
    sa.Column('approvals', sa.Text(), nullable=False),
    sa.Column('destroyed_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('title_id', 'commitment', name=op.f('pk_destructions'))
    )


def _tables_of_cover() -> None:
    op.create_table('insurance_documents',
    sa.Column('certificate_id', sa.Text(), nullable=False),
    sa.Column('title_id', sa.Text(), nullable=False),
    sa.Column('commitment', sa.Text(), nullable=False),
    sa.Column('insurer', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['title_id', 'commitment'], ['documents.title_id', 'documents.commitment'], name=op.f('fk_insurance_documents_title_id_commitment')),
    sa.PrimaryKeyConstraint('certificate_id', 'title_id', 'commitment', name=op.f('pk_insurance_documents'))
    )
    op.create_table('terms_of_sale',
    sa.Column('title_id', sa.Text(), nullable=False),
    sa.Column('commitment', sa.Text(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('given_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['title_id', 'commitment'], ['documents.title_id', 'documents.commitment'], name=op.f('fk_terms_of_sale_title_id_commitment')),
    sa.PrimaryKeyConstraint('title_id', 'commitment', name=op.f('pk_terms_of_sale'))
    )
    op.create_table('waivers',
    sa.Column('certificate_id', sa.Text(), nullable=False),
    sa.Column('title_id', sa.Text(), nullable=False),
    sa.Column('commitment', sa.Text(), nullable=False),
    sa.Column('rule', sa.Text(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('waived_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['certificate_id', 'title_id', 'commitment'], ['insurance_documents.certificate_id', 'insurance_documents.title_id', 'insurance_documents.commitment'], name=op.f('fk_waivers_certificate_id_title_id_commitment')),
    sa.PrimaryKeyConstraint('certificate_id', 'title_id', 'commitment', 'rule', 'account', name=op.f('pk_waivers'))
    )


def _move() -> None:
    """Every row with the title that its document was taken in for; one whose document is not here would be nobody's."""
    same = 'title_id, commitment, given_by, replaces, prepared_at, master_key_id, wrapped_key, number'
    op.execute(f'INSERT INTO documents ({same}) SELECT {same} FROM documents_before')
    op.execute(
        'INSERT INTO document_parts (title_id, commitment, part, sealed) '
        'SELECT d.title_id, d.commitment, b.part, b.sealed '
        'FROM document_parts_before b JOIN documents d ON d.commitment = b.commitment'
    )
    op.execute(
        'INSERT INTO destructions (title_id, commitment, approvals, destroyed_at) '
        'SELECT d.title_id, d.commitment, b.approvals, b.destroyed_at '
        'FROM destructions_before b JOIN documents d ON d.commitment = b.commitment'
    )
    # Title and giver stood twice, on the document and on what it is for; a row of which the two differ opens nothing.
    op.execute(
        'INSERT INTO insurance_documents (certificate_id, title_id, commitment, insurer) '
        'SELECT b.certificate_id, d.title_id, d.commitment, b.insurer FROM insurance_documents_before b '
        'JOIN documents d ON d.commitment = b.commitment AND d.title_id = b.title_id AND d.given_by = b.insurer'
    )
    op.execute(
        'INSERT INTO terms_of_sale (title_id, commitment, account, given_at) '
        'SELECT d.title_id, d.commitment, b.account, b.given_at FROM terms_of_sale_before b '
        'JOIN documents d ON d.commitment = b.commitment AND d.title_id = b.title_id AND d.given_by = b.account'
    )
    op.execute(
        'INSERT INTO waivers (certificate_id, title_id, commitment, rule, account, waived_at) '
        'SELECT i.certificate_id, i.title_id, i.commitment, b.rule, b.account, b.waived_at '
        'FROM waivers_before b JOIN insurance_documents i ON i.commitment = b.commitment'
    )


def _indexes() -> None:
    op.create_index('ix_documents_commitment', 'documents', ['commitment'], unique=False)
    op.create_index('ix_documents_given_by_number', 'documents', ['given_by', 'number'], unique=False)
    op.create_index('ix_documents_master_key_id_commitment', 'documents', ['master_key_id', 'commitment'], unique=False)
    op.create_index('ix_insurance_documents_commitment', 'insurance_documents', ['commitment'], unique=False)
    op.create_index('ix_insurance_documents_title_id', 'insurance_documents', ['title_id'], unique=False)
    op.create_index('ix_terms_of_sale_given_at', 'terms_of_sale', ['given_at'], unique=False)
    op.create_index('ix_terms_of_sale_title_id_given_at', 'terms_of_sale', ['title_id', 'given_at'], unique=False)


def _bind_holds() -> None:
    op.add_column('legal_holds', sa.Column('title_id', sa.Text(), nullable=True))
    op.create_index('ix_legal_holds_title_id_number', 'legal_holds', ['title_id', 'number'], unique=False)
    op.execute(
        'UPDATE legal_holds SET title_id = '
        '(SELECT min(d.title_id) FROM documents d WHERE d.commitment = legal_holds.commitment)'
    )
    last_lifted = sa.text(
        'SELECT h.title_id, h.commitment FROM legal_holds h '
        'WHERE h.is_placed = :no AND h.number = (SELECT max(o.number) FROM legal_holds o WHERE o.commitment = h.commitment) '
        'AND (SELECT count(*) FROM titles t WHERE t.commitment = h.commitment) > 1'
    ).bindparams(sa.bindparam('no', False, sa.Boolean()))
    again = sa.text(
        'INSERT INTO legal_holds (title_id, commitment, is_placed, reason, changed_at) '
        'VALUES (:title_id, :commitment, :yes, :reason, :now)'
    ).bindparams(sa.bindparam('yes', True, sa.Boolean()))
    connection = op.get_bind()
    for title_id, commitment in connection.execute(last_lifted).all():
        values = {'title_id': title_id, 'commitment': commitment, 'reason': LIFTED, 'now': int(time.time())}
        connection.execute(again, values)

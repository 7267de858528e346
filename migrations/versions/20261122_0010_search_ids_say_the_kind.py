# ruff: noqa: S608 — statements made of names that stand in this file; nothing from outside
"""search: the id of a document says which record it is, so that each kind is a range of the index"""

import sqlalchemy as sa
from alembic import op

from crm.search import indexing

revision = '5e1d00a7c4b2'
down_revision = 'd20af77065f8'
branch_labels = None
depends_on = None

KINDS = ('contact', 'organisation', 'conversation', 'task')
COLUMNS = 'kind, record_id, title, detail, head, words, digits, rank_at'
NUMBER = 'CASE kind ' + ' '.join(f"WHEN '{kind}' THEN {number}" for number, kind in enumerate(KINDS, 1)) + ' END'


def upgrade() -> None:
    emptied()
    op.create_table('search_documents', sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False), *columns())
    op.execute(f'INSERT INTO search_documents (id, {COLUMNS}) '
               f'SELECT CAST({NUMBER} AS BIGINT) * 1099511627776 + record_id, {COLUMNS} FROM search_moved WHERE {NUMBER} > 0 ORDER BY 1')
    filled()


def downgrade() -> None:
    emptied()
    op.create_table('search_documents', sa.Column('id', sa.Integer(), nullable=False), *columns(), sqlite_autoincrement=True)
    op.create_index(op.f('ix_search_documents_kind_record_id'), 'search_documents', ['kind', 'record_id'], unique=True)
    op.execute(f'INSERT INTO search_documents ({COLUMNS}) SELECT {COLUMNS} FROM search_moved ORDER BY id')
    filled()


def emptied() -> None:
    indexing.drop(op.get_bind())
    op.execute('DROP TABLE IF EXISTS search_words')  # its name before this
    op.execute('CREATE TABLE search_moved AS SELECT * FROM search_documents')
    op.drop_table('search_documents')


def filled() -> None:
    op.drop_table('search_moved')
    indexing.create(op.get_bind())


def columns() -> tuple:
    return (
        sa.Column('kind', sa.String(length=16), nullable=False),
        sa.Column('record_id', sa.Integer(), nullable=False),
        sa.Column('title', sa.String(length=300), nullable=False),
        sa.Column('detail', sa.String(length=300), nullable=False),
        sa.Column('head', sa.Text(), nullable=False),
        sa.Column('words', sa.Text(), nullable=False),
        sa.Column('digits', sa.Text(), nullable=False),
        sa.Column('rank_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_search_documents')),
    )

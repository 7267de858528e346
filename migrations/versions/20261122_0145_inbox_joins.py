"""The journal of merged and split conversations."""

import sqlalchemy as sa
from alembic import op

revision = 'eda1a720cdd1'
down_revision = '069456fd742f'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('conversation_joins',
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('target_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_by_id', sa.Integer(), nullable=True),
    sa.Column('journal', sa.JSON(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['users.id'], name=op.f('fk_conversation_joins_by_id_users')),
    sa.ForeignKeyConstraint(['source_id'], ['conversations.id'], name=op.f('fk_conversation_joins_source_id_conversations'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['target_id'], ['conversations.id'], name=op.f('fk_conversation_joins_target_id_conversations'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['undone_by_id'], ['users.id'], name=op.f('fk_conversation_joins_undone_by_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conversation_joins')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_conversation_joins_source_id_kind_undone_at', 'conversation_joins', ['source_id', 'kind', 'undone_at'])
    op.create_index('ix_conversation_joins_target_id', 'conversation_joins', ['target_id'])


def downgrade() -> None:
    op.drop_table('conversation_joins')

"""inbox_teamwork"""

import sqlalchemy as sa
from alembic import op


revision = '1ec0787773b2'
down_revision = 'b7e41c90d2a6'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('inbox_lists',
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('shared', sa.Boolean(), nullable=False),
    sa.Column('filters', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['users.id'], name=op.f('fk_inbox_lists_owner_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inbox_lists')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('inbox_lists', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_inbox_lists_owner_id'), ['owner_id'], unique=False)

    op.create_table('assignment_turns',
    sa.Column('mailbox_id', sa.Integer(), nullable=False),
    sa.Column('last_user_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['last_user_id'], ['users.id'], name=op.f('fk_assignment_turns_last_user_id_users')),
    sa.ForeignKeyConstraint(['mailbox_id'], ['mailboxes.id'], name=op.f('fk_assignment_turns_mailbox_id_mailboxes'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('mailbox_id', name=op.f('pk_assignment_turns')),
    sqlite_autoincrement=True
    )
    op.create_table('conversation_mentions',
    sa.Column('conversation_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_conversation_mentions_conversation_id_conversations'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_conversation_mentions_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('conversation_id', 'user_id', name=op.f('pk_conversation_mentions')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('conversation_mentions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_conversation_mentions_user_id'), ['user_id'], unique=False)

    op.create_table('conversation_tags',
    sa.Column('conversation_id', sa.Integer(), nullable=False),
    sa.Column('tag_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_conversation_tags_conversation_id_conversations'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['tag_id'], ['tags.id'], name=op.f('fk_conversation_tags_tag_id_tags'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('conversation_id', 'tag_id', name=op.f('pk_conversation_tags')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('conversation_tags', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_conversation_tags_tag_id'), ['tag_id'], unique=False)

    op.create_table('conversation_visits',
    sa.Column('conversation_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('here_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('writing_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_conversation_visits_conversation_id_conversations'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_conversation_visits_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('conversation_id', 'user_id', name=op.f('pk_conversation_visits')),
    sqlite_autoincrement=True
    )
    op.create_table('conversation_watches',
    sa.Column('conversation_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_conversation_watches_conversation_id_conversations'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_conversation_watches_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('conversation_id', 'user_id', name=op.f('pk_conversation_watches')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('conversation_watches', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_conversation_watches_user_id_since'), ['user_id', 'since'], unique=False)

    with op.batch_alter_table('conversations', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_conversations_status_waiting_since_id'), ['status', 'waiting_since', 'id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('conversations', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_conversations_status_waiting_since_id'))

    with op.batch_alter_table('conversation_watches', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_conversation_watches_user_id_since'))

    op.drop_table('conversation_watches')
    op.drop_table('conversation_visits')
    with op.batch_alter_table('conversation_tags', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_conversation_tags_tag_id'))

    op.drop_table('conversation_tags')
    with op.batch_alter_table('conversation_mentions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_conversation_mentions_user_id'))

    op.drop_table('conversation_mentions')
    op.drop_table('assignment_turns')
    with op.batch_alter_table('inbox_lists', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_inbox_lists_owner_id'))

    op.drop_table('inbox_lists')

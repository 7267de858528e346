"""Conversations of a mailbox, a touchpoint and a department in the order of the list."""

from alembic import op

revision = '6c1f8e02b7a4'
down_revision = '3d90c1f27be5'
branch_labels = None
depends_on = None

PLACES = ('mailbox_id', 'touchpoint_id', 'department_id')


def upgrade() -> None:
    for place in PLACES:
        op.create_index(f'ix_conversations_{place}_last_message_at_id', 'conversations', [place, 'last_message_at', 'id'])
        op.drop_index(f'ix_conversations_{place}', 'conversations')


def downgrade() -> None:
    for place in PLACES:
        op.create_index(f'ix_conversations_{place}', 'conversations', [place])
        op.drop_index(f'ix_conversations_{place}_last_message_at_id', 'conversations')

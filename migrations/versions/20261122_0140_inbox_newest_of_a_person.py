"""The newest conversations of a person by one index, which takes the place of the one by status."""

from alembic import op

revision = 'b7e41c90d2a6'
down_revision = '7432d4d696d7'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_conversations_contact_id_last_message_at_id', 'conversations', ['contact_id', 'last_message_at', 'id'])
    op.drop_index('ix_conversations_contact_id_status', 'conversations')


def downgrade() -> None:
    op.create_index('ix_conversations_contact_id_status', 'conversations', ['contact_id', 'status'])
    op.drop_index('ix_conversations_contact_id_last_message_at_id', 'conversations')

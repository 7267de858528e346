"""The words of messages for the search of the inbox, and senders whose pictures are shown at once."""

import sqlalchemy as sa
from alembic import op

from crm.search.full_text import FullText, tokens

revision = '3d90c1f27be5'
down_revision = '05b5ee6eb346'
branch_labels = None
depends_on = None

WORDS = FullText('message_words')
BATCH = 2000
MESSAGES = sa.text("""
    SELECT m.id, c.subject AS about, m.subject, m.from_name, m.from_address, m."to", m.cc, m.reply_text, m.text
    FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE m.id > :after AND m.kind <> 'event' ORDER BY m.id LIMIT :many
""").columns(id=sa.Integer, to=sa.JSON, cc=sa.JSON)
FILES = sa.text('SELECT message_id, filename FROM attachments WHERE inline = false AND message_id BETWEEN :first AND :last')
PUT = sa.text('INSERT INTO message_words (id, words) VALUES (:id, :words)')


def upgrade() -> None:
    op.create_table('message_words',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['id'], ['messages.id'], name=op.f('fk_message_words_id_messages'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message_words')),
    )
    op.create_table('trusted_senders',
    sa.Column('value', sa.String(length=320), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['users.id'], name=op.f('fk_trusted_senders_by_id_users'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_trusted_senders')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_trusted_senders_value', 'trusted_senders', ['value'], unique=True)
    op.create_index('ix_conversations_last_message_at_id', 'conversations', ['last_message_at', 'id'])
    fill()
    WORDS.create(op.get_bind())


def downgrade() -> None:
    WORDS.drop(op.get_bind())
    op.drop_index('ix_conversations_last_message_at_id', 'conversations')
    op.drop_table('trusted_senders')
    op.drop_table('message_words')


def fill() -> None:
    """As crm/inbox/searching/indexing.py does it."""
    connection, after = op.get_bind(), 0
    while rows := connection.execute(MESSAGES, {'after': after, 'many': BATCH}).all():
        names: dict[int, list[str]] = {}
        for message, filename in connection.execute(FILES, {'first': rows[0].id, 'last': rows[-1].id}):
            names.setdefault(message, []).append(filename)
        connection.execute(PUT, [{'id': row.id, 'words': words_of(row, names.get(row.id, []))} for row in rows])
        after = rows[-1].id


def words_of(row, filenames) -> str:
    subject = tokens(row.about if row.subject in row.about else f'{row.about} {row.subject}')
    sender, files = tokens(f'{row.from_name} {row.from_address}'), [word for name in filenames for word in tokens(name)]
    receivers = tokens(' '.join(part for pair in (*row.to, *row.cc) for part in pair))
    marked = [mark + word for mark, words in (('0s', subject), ('0f', sender), ('0t', receivers), ('0n', files)) for word in words]
    return ' '.join((*subject, *sender, *files, *tokens((row.reply_text or row.text)[:60_000]), *marked, *(['0h'] if filenames else [])))

"""The sound of the name, by which people who may be the same are found."""

import sqlalchemy as sa
from alembic import op

from crm.contacts.phonetics import sound_of_name

revision = 'e9ef063346c8'
down_revision = '468b0ad3064d'
branch_labels = None
depends_on = None


CONTACTS = sa.table('contacts', sa.column('id', sa.Integer), sa.column('first_name', sa.String), sa.column('last_name', sa.String), sa.column('sound', sa.String))


def upgrade() -> None:
    op.add_column('contacts', sa.Column('sound', sa.String(length=60), server_default='', nullable=False))
    connection = op.get_bind()
    names = connection.execute(sa.select(CONTACTS.c.id, CONTACTS.c.first_name, CONTACTS.c.last_name)).all()
    heard = [{'contact': ident, 'heard': sound_of_name(first, last)} for ident, first, last in names]
    if heard:
        connection.execute(sa.update(CONTACTS).where(CONTACTS.c.id == sa.bindparam('contact')).values(sound=sa.bindparam('heard')), heard)
    op.create_index(op.f('ix_contacts_sound'), 'contacts', ['sound'])


def downgrade() -> None:
    op.drop_index(op.f('ix_contacts_sound'), table_name='contacts')
    op.drop_column('contacts', 'sound')

"""Own fields, relations, files, changes of fields, birthdays."""

import sqlalchemy as sa
from alembic import op


revision = '3c931bd61d33'
down_revision = '5e1d00a7c4b2'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('custom_fields',
    sa.Column('about', sa.String(length=12), nullable=False),
    sa.Column('key', sa.String(length=60), nullable=False),
    sa.Column('label', sa.String(length=80), nullable=False),
    sa.Column('label_de', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('choices', sa.JSON(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('required', sa.Boolean(), nullable=False),
    sa.Column('listed', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_custom_fields')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('custom_fields', schema=None) as batch_op:
        batch_op.create_index('uq_custom_fields_about_key', ['about', 'key'], unique=True)

    op.create_table('field_changes',
    sa.Column('contact_id', sa.Integer(), nullable=True),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('record', sa.String(length=16), nullable=False),
    sa.Column('record_id', sa.Integer(), nullable=False),
    sa.Column('field', sa.String(length=80), nullable=False),
    sa.Column('old', sa.Text(), nullable=False),
    sa.Column('new', sa.Text(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('provenance', sa.String(length=12), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['users.id'], name=op.f('fk_field_changes_by_id_users')),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_field_changes_contact_id_contacts'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_field_changes_organisation_id_organisations'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_field_changes')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('field_changes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_field_changes_contact_id_at_id'), ['contact_id', 'at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_field_changes_organisation_id_at_id'), ['organisation_id', 'at', 'id'], unique=False)

    op.create_table('relations',
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('from_contact_id', sa.Integer(), nullable=False),
    sa.Column('to_contact_id', sa.Integer(), nullable=False),
    sa.Column('since', sa.Date(), nullable=True),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['created_by_id'], ['users.id'], name=op.f('fk_relations_created_by_id_users')),
    sa.ForeignKeyConstraint(['from_contact_id'], ['contacts.id'], name=op.f('fk_relations_from_contact_id_contacts'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['to_contact_id'], ['contacts.id'], name=op.f('fk_relations_to_contact_id_contacts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_relations')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('relations', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_relations_to_contact_id'), ['to_contact_id'], unique=False)
        batch_op.create_index('uq_relations_from_contact_id_to_contact_id_kind', ['from_contact_id', 'to_contact_id', 'kind'], unique=True)

    op.create_table('files',
    sa.Column('contact_id', sa.Integer(), nullable=False),
    sa.Column('interaction_id', sa.Integer(), nullable=True),
    sa.Column('filename', sa.String(length=255), nullable=False),
    sa.Column('content_type', sa.String(length=120), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('blob', sa.String(length=64), nullable=False),
    sa.Column('added_by_id', sa.Integer(), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['added_by_id'], ['users.id'], name=op.f('fk_files_added_by_id_users')),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_files_contact_id_contacts'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['interaction_id'], ['interactions.id'], name=op.f('fk_files_interaction_id_interactions'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_files')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('files', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_files_contact_id_added_at_id'), ['contact_id', 'added_at', 'id'], unique=False)

    op.add_column('contacts', sa.Column('birthday', sa.SmallInteger(), nullable=True))
    op.create_index(op.f('ix_contacts_birthday_owner_id'), 'contacts', ['birthday', 'owner_id'])
    fill_birthdays()


def fill_birthdays() -> None:
    contacts = sa.table('contacts', sa.column('id', sa.Integer), sa.column('birth_date', sa.Date), sa.column('birthday', sa.SmallInteger))
    connection = op.get_bind()
    born = connection.execute(sa.select(contacts.c.id, contacts.c.birth_date).where(contacts.c.birth_date.is_not(None))).all()
    change = contacts.update().where(contacts.c.id == sa.bindparam('ident')).values(birthday=sa.bindparam('day'))
    if born:
        connection.execute(change, [{'ident': row.id, 'day': row.birth_date.month * 100 + row.birth_date.day} for row in born])


def downgrade() -> None:
    with op.batch_alter_table('contacts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_contacts_birthday_owner_id'))
        batch_op.drop_column('birthday')

    with op.batch_alter_table('files', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_files_contact_id_added_at_id'))

    op.drop_table('files')
    with op.batch_alter_table('relations', schema=None) as batch_op:
        batch_op.drop_index('uq_relations_from_contact_id_to_contact_id_kind')
        batch_op.drop_index(batch_op.f('ix_relations_to_contact_id'))

    op.drop_table('relations')
    with op.batch_alter_table('field_changes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_field_changes_organisation_id_at_id'))
        batch_op.drop_index(batch_op.f('ix_field_changes_contact_id_at_id'))

    op.drop_table('field_changes')
    with op.batch_alter_table('custom_fields', schema=None) as batch_op:
        batch_op.drop_index('uq_custom_fields_about_key')

    op.drop_table('custom_fields')

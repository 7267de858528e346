"""contactforms_tables"""

import sqlalchemy as sa
from alembic import op


revision = '8661b9ae641d'
down_revision = '1ec0787773b2'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('contact_forms',
    sa.Column('key', sa.String(length=60), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('texts', sa.JSON(), nullable=False),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('mailbox_id', sa.Integer(), nullable=True),
    sa.Column('touchpoint_id', sa.Integer(), nullable=True),
    sa.Column('department_id', sa.Integer(), nullable=True),
    sa.Column('consent_purpose', sa.String(length=20), nullable=False),
    sa.Column('consent_required', sa.Boolean(), nullable=False),
    sa.Column('origins', sa.JSON(), nullable=False),
    sa.Column('max_files', sa.Integer(), nullable=False),
    sa.Column('max_megabytes', sa.Integer(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_contact_forms_department_id_departments')),
    sa.ForeignKeyConstraint(['mailbox_id'], ['mailboxes.id'], name=op.f('fk_contact_forms_mailbox_id_mailboxes'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['touchpoint_id'], ['touchpoints.id'], name=op.f('fk_contact_forms_touchpoint_id_touchpoints')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact_forms')),
    sa.UniqueConstraint('key', name=op.f('uq_contact_forms_key')),
    sqlite_autoincrement=True
    )
    op.create_table('form_submissions',
    sa.Column('form_id', sa.Integer(), nullable=False),
    sa.Column('once', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('answers', sa.JSON(), nullable=False),
    sa.Column('files', sa.JSON(), nullable=False),
    sa.Column('consent', sa.Text(), nullable=False),
    sa.Column('origin', sa.JSON(), nullable=False),
    sa.Column('contact_id', sa.Integer(), nullable=True),
    sa.Column('conversation_id', sa.Integer(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_form_submissions_contact_id_contacts'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_form_submissions_conversation_id_conversations'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['form_id'], ['contact_forms.id'], name=op.f('fk_form_submissions_form_id_contact_forms')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_form_submissions')),
    sa.UniqueConstraint('once', name=op.f('uq_form_submissions_once')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_form_submissions_contact_id'), 'form_submissions', ['contact_id'], unique=False)
    op.create_index(op.f('ix_form_submissions_conversation_id'), 'form_submissions', ['conversation_id'], unique=False)
    op.create_index(op.f('ix_form_submissions_form_id_at_id'), 'form_submissions', ['form_id', 'at', 'id'], unique=False)
    op.create_index(op.f('ix_form_submissions_state_at'), 'form_submissions', ['state', 'at'], unique=False)



def downgrade() -> None:
    op.drop_index(op.f('ix_form_submissions_state_at'), table_name='form_submissions')
    op.drop_index(op.f('ix_form_submissions_form_id_at_id'), table_name='form_submissions')
    op.drop_index(op.f('ix_form_submissions_conversation_id'), table_name='form_submissions')
    op.drop_index(op.f('ix_form_submissions_contact_id'), table_name='form_submissions')

    op.drop_table('form_submissions')
    op.drop_table('contact_forms')

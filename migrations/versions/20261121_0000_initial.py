"""initial"""

import sqlalchemy as sa
from alembic import op

from crm.search import indexing


revision = '20261121_0000'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('departments',
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('name_de', sa.String(length=80), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_departments')),
    sa.UniqueConstraint('key', name=op.f('uq_departments_key')),
    sqlite_autoincrement=True
    )
    op.create_table('heartbeats',
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('error', sa.Text(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_heartbeats')),
    sa.UniqueConstraint('name', name=op.f('uq_heartbeats_name')),
    sqlite_autoincrement=True
    )
    op.create_table('preferences',
    sa.Column('key', sa.String(length=60), nullable=False),
    sa.Column('value', sa.JSON(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_preferences')),
    sa.UniqueConstraint('key', name=op.f('uq_preferences_key')),
    sqlite_autoincrement=True
    )
    op.create_table('search_documents',
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('record_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('detail', sa.String(length=300), nullable=False),
    sa.Column('head', sa.Text(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('digits', sa.Text(), nullable=False),
    sa.Column('rank_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_search_documents')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_search_documents_kind_record_id'), 'search_documents', ['kind', 'record_id'], unique=True)
    op.create_table('surveys',
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('type', sa.String(length=12), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('wording', sa.JSON(), nullable=False),
    sa.Column('cooldown_days', sa.Integer(), nullable=False),
    sa.Column('expires_days', sa.Integer(), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_surveys')),
    sa.UniqueConstraint('key', name=op.f('uq_surveys_key')),
    sqlite_autoincrement=True
    )
    op.create_table('tags',
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('folded', sa.String(length=60), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tags')),
    sa.UniqueConstraint('folded', name=op.f('uq_tags_folded')),
    sqlite_autoincrement=True
    )
    op.create_table('users',
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=False),
    sa.Column('role', sa.String(length=10), nullable=False),
    sa.Column('department_id', sa.Integer(), nullable=True),
    sa.Column('locale', sa.String(length=5), nullable=True),
    sa.Column('timezone', sa.String(length=40), nullable=True),
    sa.Column('theme', sa.String(length=10), nullable=False),
    sa.Column('address_form', sa.String(length=3), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('deactivated_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('password_changed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_users_department_id_departments')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_users')),
    sa.UniqueConstraint('email', name=op.f('uq_users_email')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_users_department_id'), 'users', ['department_id'], unique=False)
    op.create_table('api_tokens',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('prefix', sa.String(length=12), nullable=False),
    sa.Column('token_digest', sa.String(length=64), nullable=False),
    sa.Column('scope', sa.String(length=10), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_api_tokens_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_tokens')),
    sa.UniqueConstraint('token_digest', name=op.f('uq_api_tokens_token_digest')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_api_tokens_user_id'), 'api_tokens', ['user_id'], unique=False)
    op.create_table('audit_entries',
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('action', sa.String(length=60), nullable=False),
    sa.Column('subject_type', sa.String(length=40), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=True),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.Column('ip', sa.String(length=45), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_audit_entries_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entries')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_audit_entries_at'), 'audit_entries', ['at'], unique=False)
    op.create_index(op.f('ix_audit_entries_subject_type_subject_id'), 'audit_entries', ['subject_type', 'subject_id'], unique=False)
    op.create_index(op.f('ix_audit_entries_user_id'), 'audit_entries', ['user_id'], unique=False)
    op.create_table('organisations',
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('sort_name', sa.String(length=200), nullable=False),
    sa.Column('domain', sa.String(length=253), nullable=False),
    sa.Column('industry', sa.String(length=80), nullable=False),
    sa.Column('website', sa.String(length=300), nullable=False),
    sa.Column('phone', sa.String(length=40), nullable=False),
    sa.Column('notes', sa.Text(), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('custom', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('merged_into_id', sa.Integer(), nullable=True),
    sa.Column('last_interaction_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['merged_into_id'], ['organisations.id'], name=op.f('fk_organisations_merged_into_id_organisations')),
    sa.ForeignKeyConstraint(['owner_id'], ['users.id'], name=op.f('fk_organisations_owner_id_users')),
    sa.ForeignKeyConstraint(['parent_id'], ['organisations.id'], name=op.f('fk_organisations_parent_id_organisations')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organisations')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_organisations_domain'), 'organisations', ['domain'], unique=False)
    op.create_index(op.f('ix_organisations_last_interaction_at_id'), 'organisations', ['last_interaction_at', 'id'], unique=False)
    op.create_index(op.f('ix_organisations_owner_id'), 'organisations', ['owner_id'], unique=False)
    op.create_index(op.f('ix_organisations_parent_id'), 'organisations', ['parent_id'], unique=False)
    op.create_index(op.f('ix_organisations_sort_name_id'), 'organisations', ['sort_name', 'id'], unique=False)
    op.create_table('segments',
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('rule', sa.JSON(), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['created_by_id'], ['users.id'], name=op.f('fk_segments_created_by_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_segments')),
    sqlite_autoincrement=True
    )
    op.create_table('touchpoints',
    sa.Column('key', sa.String(length=60), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('name_de', sa.String(length=120), nullable=False),
    sa.Column('phase', sa.String(length=10), nullable=False),
    sa.Column('reach', sa.String(length=10), nullable=False),
    sa.Column('channel', sa.String(length=12), nullable=False),
    sa.Column('department_id', sa.Integer(), nullable=True),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('promise', sa.Text(), nullable=False),
    sa.Column('promise_de', sa.Text(), nullable=False),
    sa.Column('importance', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('merged_into_id', sa.Integer(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_touchpoints_department_id_departments')),
    sa.ForeignKeyConstraint(['merged_into_id'], ['touchpoints.id'], name=op.f('fk_touchpoints_merged_into_id_touchpoints')),
    sa.ForeignKeyConstraint(['owner_id'], ['users.id'], name=op.f('fk_touchpoints_owner_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_touchpoints')),
    sa.UniqueConstraint('key', name=op.f('uq_touchpoints_key')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_touchpoints_department_id'), 'touchpoints', ['department_id'], unique=False)
    op.create_index(op.f('ix_touchpoints_merged_into_id'), 'touchpoints', ['merged_into_id'], unique=False)
    op.create_index(op.f('ix_touchpoints_owner_id'), 'touchpoints', ['owner_id'], unique=False)
    op.create_table('undo_steps',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('action', sa.String(length=60), nullable=False),
    sa.Column('label', sa.Text(), nullable=False),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_undo_steps_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_undo_steps')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_undo_steps_user_id'), 'undo_steps', ['user_id'], unique=False)
    op.create_table('user_sessions',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('token_digest', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ip', sa.String(length=45), nullable=False),
    sa.Column('user_agent', sa.String(length=300), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_user_sessions_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user_sessions')),
    sa.UniqueConstraint('token_digest', name=op.f('uq_user_sessions_token_digest')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_user_sessions_user_id'), 'user_sessions', ['user_id'], unique=False)
    op.create_table('contacts',
    sa.Column('first_name', sa.String(length=100), nullable=False),
    sa.Column('last_name', sa.String(length=100), nullable=False),
    sa.Column('title', sa.String(length=60), nullable=False),
    sa.Column('salutation', sa.String(length=4), nullable=False),
    sa.Column('address_form', sa.String(length=3), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('display_name', sa.String(length=260), nullable=False),
    sa.Column('sort_name', sa.String(length=260), nullable=False),
    sa.Column('lifecycle', sa.String(length=10), nullable=False),
    sa.Column('customer_since', sa.Date(), nullable=True),
    sa.Column('birth_date', sa.Date(), nullable=True),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('notes', sa.Text(), nullable=False),
    sa.Column('custom', sa.JSON(), nullable=False),
    sa.Column('provenance', sa.String(length=12), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('restricted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('merged_into_id', sa.Integer(), nullable=True),
    sa.Column('interactions_count', sa.Integer(), nullable=False),
    sa.Column('first_interaction_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_interaction_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_in_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_out_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('open_conversations', sa.Integer(), nullable=False),
    sa.Column('next_task_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('nps_score', sa.Integer(), nullable=True),
    sa.Column('nps_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('csat_score', sa.Integer(), nullable=True),
    sa.Column('csat_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('value', sa.Numeric(precision=12, scale=2), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['merged_into_id'], ['contacts.id'], name=op.f('fk_contacts_merged_into_id_contacts')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_contacts_organisation_id_organisations')),
    sa.ForeignKeyConstraint(['owner_id'], ['users.id'], name=op.f('fk_contacts_owner_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contacts')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_contacts_archived', 'contacts', ['sort_name', 'id'], unique=False, sqlite_where=sa.text('archived_at IS NOT NULL'), postgresql_where=sa.text('archived_at IS NOT NULL'))
    op.create_index(op.f('ix_contacts_created_at_id'), 'contacts', ['created_at', 'id'], unique=False)
    op.create_index(op.f('ix_contacts_last_in_at_id'), 'contacts', ['last_in_at', 'id'], unique=False)
    op.create_index(op.f('ix_contacts_last_interaction_at_id'), 'contacts', ['last_interaction_at', 'id'], unique=False)
    op.create_index(op.f('ix_contacts_last_out_at_id'), 'contacts', ['last_out_at', 'id'], unique=False)
    op.create_index(op.f('ix_contacts_lifecycle_sort_name_id'), 'contacts', ['lifecycle', 'sort_name', 'id'], unique=False)
    op.create_index('ix_contacts_merged', 'contacts', ['merged_into_id', 'id'], unique=False, sqlite_where=sa.text('merged_into_id IS NOT NULL'), postgresql_where=sa.text('merged_into_id IS NOT NULL'))
    op.create_index(op.f('ix_contacts_next_task_at_id'), 'contacts', ['next_task_at', 'id'], unique=False)
    op.create_index(op.f('ix_contacts_nps_score_id'), 'contacts', ['nps_score', 'id'], unique=False)
    op.create_index(op.f('ix_contacts_organisation_id_merged_into_id'), 'contacts', ['organisation_id', 'merged_into_id'], unique=False)
    op.create_index(op.f('ix_contacts_owner_id_last_interaction_at_id'), 'contacts', ['owner_id', 'last_interaction_at', 'id'], unique=False)
    op.create_index(op.f('ix_contacts_owner_id_sort_name_id'), 'contacts', ['owner_id', 'sort_name', 'id'], unique=False)
    op.create_index(op.f('ix_contacts_sort_name_id'), 'contacts', ['sort_name', 'id'], unique=False)
    op.create_index(op.f('ix_contacts_value_id'), 'contacts', ['value', 'id'], unique=False)
    op.create_table('feedback_rules',
    sa.Column('survey_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('touchpoint_id', sa.Integer(), nullable=True),
    sa.Column('channel', sa.String(length=12), nullable=True),
    sa.Column('delay_minutes', sa.Integer(), nullable=False),
    sa.Column('share', sa.Integer(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['survey_id'], ['surveys.id'], name=op.f('fk_feedback_rules_survey_id_surveys')),
    sa.ForeignKeyConstraint(['touchpoint_id'], ['touchpoints.id'], name=op.f('fk_feedback_rules_touchpoint_id_touchpoints')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feedback_rules')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_feedback_rules_kind'), 'feedback_rules', ['kind'], unique=False)
    op.create_table('idempotency_keys',
    sa.Column('token_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('fingerprint', sa.String(length=64), nullable=False),
    sa.Column('status', sa.Integer(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('headers', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['token_id'], ['api_tokens.id'], name=op.f('fk_idempotency_keys_token_id_api_tokens'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_idempotency_keys')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_idempotency_keys_created_at'), 'idempotency_keys', ['created_at'], unique=False)
    op.create_index(op.f('ix_idempotency_keys_token_id_key'), 'idempotency_keys', ['token_id', 'key'], unique=True)
    op.create_table('mailboxes',
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('address', sa.String(length=320), nullable=False),
    sa.Column('department_id', sa.Integer(), nullable=True),
    sa.Column('touchpoint_id', sa.Integer(), nullable=True),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('signature', sa.Text(), nullable=False),
    sa.Column('is_default', sa.Boolean(), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_mailboxes_department_id_departments')),
    sa.ForeignKeyConstraint(['touchpoint_id'], ['touchpoints.id'], name=op.f('fk_mailboxes_touchpoint_id_touchpoints')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mailboxes')),
    sa.UniqueConstraint('address', name=op.f('uq_mailboxes_address')),
    sqlite_autoincrement=True
    )
    op.create_table('organisation_tags',
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('tag_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_organisation_tags_organisation_id_organisations'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['tag_id'], ['tags.id'], name=op.f('fk_organisation_tags_tag_id_tags'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('organisation_id', 'tag_id', name=op.f('pk_organisation_tags')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_organisation_tags_tag_id'), 'organisation_tags', ['tag_id'], unique=False)
    op.create_table('segment_counts',
    sa.Column('segment_id', sa.Integer(), nullable=False),
    sa.Column('counted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['segment_id'], ['segments.id'], name=op.f('fk_segment_counts_segment_id_segments'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_segment_counts')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_segment_counts_segment_id'), 'segment_counts', ['segment_id'], unique=False)
    op.create_table('addresses',
    sa.Column('contact_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('value', sa.String(length=320), nullable=False),
    sa.Column('normalised', sa.String(length=320), nullable=False),
    sa.Column('reversed_digits', sa.String(length=40), nullable=False),
    sa.Column('type', sa.String(length=12), nullable=False),
    sa.Column('primary', sa.Boolean(), nullable=False),
    sa.Column('opted_out_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('invalid_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('invalid_reason', sa.String(length=200), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_addresses_contact_id_contacts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_addresses')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_addresses_contact_id'), 'addresses', ['contact_id'], unique=False)
    op.create_index(op.f('ix_addresses_kind_normalised'), 'addresses', ['kind', 'normalised'], unique=False)
    op.create_index(op.f('ix_addresses_reversed_digits'), 'addresses', ['reversed_digits'], unique=False)
    op.create_table('affiliations',
    sa.Column('contact_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=120), nullable=False),
    sa.Column('primary', sa.Boolean(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_affiliations_contact_id_contacts'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_affiliations_organisation_id_organisations'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_affiliations')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_affiliations_contact_id'), 'affiliations', ['contact_id'], unique=False)
    op.create_index(op.f('ix_affiliations_organisation_id'), 'affiliations', ['organisation_id'], unique=False)
    op.create_table('consents',
    sa.Column('contact_id', sa.Integer(), nullable=False),
    sa.Column('purpose', sa.String(length=20), nullable=False),
    sa.Column('channel', sa.String(length=12), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('legal_basis', sa.String(length=20), nullable=False),
    sa.Column('wording', sa.Text(), nullable=False),
    sa.Column('source', sa.String(length=60), nullable=False),
    sa.Column('proof', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by_id', sa.Integer(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_consents_contact_id_contacts'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['users.id'], name=op.f('fk_consents_recorded_by_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consents')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_consents_contact_id_purpose_channel_at'), 'consents', ['contact_id', 'purpose', 'channel', 'at'], unique=False)
    op.create_table('contact_tags',
    sa.Column('contact_id', sa.Integer(), nullable=False),
    sa.Column('tag_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_contact_tags_contact_id_contacts'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['tag_id'], ['tags.id'], name=op.f('fk_contact_tags_tag_id_tags'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('contact_id', 'tag_id', name=op.f('pk_contact_tags')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_contact_tags_tag_id'), 'contact_tags', ['tag_id'], unique=False)
    op.create_table('conversations',
    sa.Column('subject', sa.String(length=500), nullable=False),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('priority', sa.String(length=8), nullable=False),
    sa.Column('contact_id', sa.Integer(), nullable=False),
    sa.Column('mailbox_id', sa.Integer(), nullable=True),
    sa.Column('touchpoint_id', sa.Integer(), nullable=True),
    sa.Column('department_id', sa.Integer(), nullable=True),
    sa.Column('assignee_id', sa.Integer(), nullable=True),
    sa.Column('customer_address', sa.String(length=320), nullable=False),
    sa.Column('preview', sa.String(length=200), nullable=False),
    sa.Column('messages_count', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_message_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_in_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_out_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('waiting_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('first_response_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('snoozed_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('resolved_by_id', sa.Integer(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['assignee_id'], ['users.id'], name=op.f('fk_conversations_assignee_id_users')),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_conversations_contact_id_contacts'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_conversations_department_id_departments')),
    sa.ForeignKeyConstraint(['mailbox_id'], ['mailboxes.id'], name=op.f('fk_conversations_mailbox_id_mailboxes')),
    sa.ForeignKeyConstraint(['resolved_by_id'], ['users.id'], name=op.f('fk_conversations_resolved_by_id_users')),
    sa.ForeignKeyConstraint(['touchpoint_id'], ['touchpoints.id'], name=op.f('fk_conversations_touchpoint_id_touchpoints')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conversations')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_conversations_assignee_id_status_last_message_at_id'), 'conversations', ['assignee_id', 'status', 'last_message_at', 'id'], unique=False)
    op.create_index(op.f('ix_conversations_contact_id_status'), 'conversations', ['contact_id', 'status'], unique=False)
    op.create_index(op.f('ix_conversations_department_id'), 'conversations', ['department_id'], unique=False)
    op.create_index(op.f('ix_conversations_mailbox_id'), 'conversations', ['mailbox_id'], unique=False)
    op.create_index(op.f('ix_conversations_snoozed_until'), 'conversations', ['snoozed_until'], unique=False)
    op.create_index(op.f('ix_conversations_status_last_message_at_id'), 'conversations', ['status', 'last_message_at', 'id'], unique=False)
    op.create_index(op.f('ix_conversations_touchpoint_id'), 'conversations', ['touchpoint_id'], unique=False)
    op.create_table('deliveries',
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('sender', sa.String(length=320), nullable=False),
    sa.Column('recipient', sa.String(length=320), nullable=False),
    sa.Column('recipients', sa.Text(), nullable=False),
    sa.Column('subject', sa.String(length=500), nullable=False),
    sa.Column('message_id', sa.String(length=250), nullable=False),
    sa.Column('blob', sa.String(length=64), nullable=False),
    sa.Column('purpose', sa.String(length=20), nullable=False),
    sa.Column('automatic', sa.Boolean(), nullable=False),
    sa.Column('contact_id', sa.Integer(), nullable=True),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('about_type', sa.String(length=20), nullable=True),
    sa.Column('about_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('next_attempt_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('claimed_by', sa.String(length=60), nullable=True),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('bounced_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.String(length=20), nullable=False),
    sa.Column('last_error', sa.Text(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_deliveries_contact_id_contacts'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_deliveries_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deliveries')),
    sa.UniqueConstraint('message_id', name=op.f('uq_deliveries_message_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_deliveries_about_type_about_id'), 'deliveries', ['about_type', 'about_id'], unique=False)
    op.create_index(op.f('ix_deliveries_contact_id'), 'deliveries', ['contact_id'], unique=False)
    op.create_index(op.f('ix_deliveries_recipient_created_at'), 'deliveries', ['recipient', 'created_at'], unique=False)
    op.create_index(op.f('ix_deliveries_sent_at'), 'deliveries', ['sent_at'], unique=False)
    op.create_index(op.f('ix_deliveries_state_next_attempt_at'), 'deliveries', ['state', 'next_attempt_at'], unique=False)
    op.create_table('interactions',
    sa.Column('contact_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('channel', sa.String(length=12), nullable=False),
    sa.Column('direction', sa.String(length=8), nullable=False),
    sa.Column('touchpoint_id', sa.Integer(), nullable=True),
    sa.Column('department_id', sa.Integer(), nullable=True),
    sa.Column('staff_id', sa.Integer(), nullable=True),
    sa.Column('happened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('logged_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('planned_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('provenance', sa.String(length=12), nullable=False),
    sa.Column('source', sa.String(length=40), nullable=True),
    sa.Column('external_id', sa.String(length=200), nullable=True),
    sa.Column('visibility', sa.String(length=8), nullable=False),
    sa.Column('subject', sa.String(length=500), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('outcome', sa.String(length=20), nullable=False),
    sa.Column('self_rating', sa.Integer(), nullable=True),
    sa.Column('amount', sa.Numeric(precision=12, scale=2), nullable=True),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.Column('about_type', sa.String(length=20), nullable=True),
    sa.Column('about_id', sa.Integer(), nullable=True),
    sa.Column('corrects_id', sa.Integer(), nullable=True),
    sa.Column('superseded_by_id', sa.Integer(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_interactions_contact_id_contacts'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['corrects_id'], ['interactions.id'], name=op.f('fk_interactions_corrects_id_interactions'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_interactions_department_id_departments')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_interactions_organisation_id_organisations')),
    sa.ForeignKeyConstraint(['staff_id'], ['users.id'], name=op.f('fk_interactions_staff_id_users')),
    sa.ForeignKeyConstraint(['superseded_by_id'], ['interactions.id'], name=op.f('fk_interactions_superseded_by_id_interactions'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['touchpoint_id'], ['touchpoints.id'], name=op.f('fk_interactions_touchpoint_id_touchpoints')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_interactions')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_interactions_about_type_about_id'), 'interactions', ['about_type', 'about_id'], unique=False)
    op.create_index('ix_interactions_contact_history', 'interactions', ['contact_id', 'happened_at', 'id', 'kind', 'channel', 'direction', 'touchpoint_id', 'department_id', 'visibility', 'superseded_by_id', 'amount'], unique=False)
    op.create_index(op.f('ix_interactions_kind_happened_at'), 'interactions', ['kind', 'happened_at'], unique=False)
    op.create_index('ix_interactions_of_staff', 'interactions', ['staff_id', 'happened_at', 'contact_id', 'kind', 'superseded_by_id'], unique=False)
    op.create_index(op.f('ix_interactions_organisation_id_happened_at_id'), 'interactions', ['organisation_id', 'happened_at', 'id'], unique=False)
    op.create_index(op.f('ix_interactions_touchpoint_id_happened_at'), 'interactions', ['touchpoint_id', 'happened_at'], unique=False)
    op.create_index('uq_interactions_source_external_id', 'interactions', ['source', 'external_id'], unique=True)
    op.create_table('postal_addresses',
    sa.Column('contact_id', sa.Integer(), nullable=True),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('type', sa.String(length=12), nullable=False),
    sa.Column('street', sa.String(length=200), nullable=False),
    sa.Column('extra', sa.String(length=200), nullable=False),
    sa.Column('postcode', sa.String(length=20), nullable=False),
    sa.Column('city', sa.String(length=100), nullable=False),
    sa.Column('state', sa.String(length=100), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_postal_addresses_contact_id_contacts'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_postal_addresses_organisation_id_organisations'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_postal_addresses')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_postal_addresses_contact_id'), 'postal_addresses', ['contact_id'], unique=False)
    op.create_index(op.f('ix_postal_addresses_organisation_id'), 'postal_addresses', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_postal_addresses_postcode'), 'postal_addresses', ['postcode'], unique=False)
    op.create_table('tasks',
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('notes', sa.Text(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('all_day', sa.Boolean(), nullable=False),
    sa.Column('assignee_id', sa.Integer(), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('contact_id', sa.Integer(), nullable=True),
    sa.Column('about_type', sa.String(length=20), nullable=True),
    sa.Column('about_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_by_id', sa.Integer(), nullable=True),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['assignee_id'], ['users.id'], name=op.f('fk_tasks_assignee_id_users')),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_tasks_contact_id_contacts'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['created_by_id'], ['users.id'], name=op.f('fk_tasks_created_by_id_users')),
    sa.ForeignKeyConstraint(['done_by_id'], ['users.id'], name=op.f('fk_tasks_done_by_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tasks')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_tasks_about_type_about_id'), 'tasks', ['about_type', 'about_id'], unique=False)
    op.create_index(op.f('ix_tasks_assignee_id_done_at_due_at'), 'tasks', ['assignee_id', 'done_at', 'due_at'], unique=False)
    op.create_index(op.f('ix_tasks_contact_id_done_at_due_at'), 'tasks', ['contact_id', 'done_at', 'due_at'], unique=False)
    op.create_table('delivery_attempts',
    sa.Column('delivery_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('outcome', sa.String(length=10), nullable=False),
    sa.Column('code', sa.Integer(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['delivery_id'], ['deliveries.id'], name=op.f('fk_delivery_attempts_delivery_id_deliveries'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delivery_attempts')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_delivery_attempts_delivery_id'), 'delivery_attempts', ['delivery_id'], unique=False)
    op.create_table('drafts',
    sa.Column('conversation_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_drafts_conversation_id_conversations'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_drafts_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_drafts')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_drafts_conversation_id_user_id_kind'), 'drafts', ['conversation_id', 'user_id', 'kind'], unique=True)
    op.create_table('feedback_requests',
    sa.Column('contact_id', sa.Integer(), nullable=True),
    sa.Column('interaction_id', sa.Integer(), nullable=True),
    sa.Column('survey_id', sa.Integer(), nullable=False),
    sa.Column('rule_id', sa.Integer(), nullable=True),
    sa.Column('touchpoint_id', sa.Integer(), nullable=True),
    sa.Column('channel', sa.String(length=12), nullable=False),
    sa.Column('department_id', sa.Integer(), nullable=True),
    sa.Column('staff_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=False),
    sa.Column('gates', sa.JSON(), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('delivery_id', sa.Integer(), nullable=True),
    sa.Column('decoy_hit_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decoy_visitor', sa.String(length=64), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_feedback_requests_contact_id_contacts'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['delivery_id'], ['deliveries.id'], name=op.f('fk_feedback_requests_delivery_id_deliveries')),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_feedback_requests_department_id_departments')),
    sa.ForeignKeyConstraint(['interaction_id'], ['interactions.id'], name=op.f('fk_feedback_requests_interaction_id_interactions'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['rule_id'], ['feedback_rules.id'], name=op.f('fk_feedback_requests_rule_id_feedback_rules')),
    sa.ForeignKeyConstraint(['staff_id'], ['users.id'], name=op.f('fk_feedback_requests_staff_id_users')),
    sa.ForeignKeyConstraint(['survey_id'], ['surveys.id'], name=op.f('fk_feedback_requests_survey_id_surveys')),
    sa.ForeignKeyConstraint(['touchpoint_id'], ['touchpoints.id'], name=op.f('fk_feedback_requests_touchpoint_id_touchpoints')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feedback_requests')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_feedback_requests_contact_id_created_at'), 'feedback_requests', ['contact_id', 'created_at'], unique=False)
    op.create_index(op.f('ix_feedback_requests_interaction_id'), 'feedback_requests', ['interaction_id'], unique=False)
    op.create_index(op.f('ix_feedback_requests_state_due_at'), 'feedback_requests', ['state', 'due_at'], unique=False)
    op.create_index(op.f('ix_feedback_requests_touchpoint_id'), 'feedback_requests', ['touchpoint_id'], unique=False)
    op.create_table('received_mails',
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(length=20), nullable=False),
    sa.Column('envelope_from', sa.String(length=320), nullable=False),
    sa.Column('envelope_to', sa.Text(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('error', sa.Text(), nullable=False),
    sa.Column('fingerprint', sa.String(length=64), nullable=True),
    sa.Column('conversation_id', sa.Integer(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_received_mails_conversation_id_conversations'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_received_mails')),
    sa.UniqueConstraint('fingerprint', name=op.f('uq_received_mails_fingerprint')),
    sa.UniqueConstraint('sha256', name=op.f('uq_received_mails_sha256')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_received_mails_conversation_id'), 'received_mails', ['conversation_id'], unique=False)
    op.create_index(op.f('ix_received_mails_state_received_at'), 'received_mails', ['state', 'received_at'], unique=False)
    op.create_table('answers',
    sa.Column('request_id', sa.Integer(), nullable=False),
    sa.Column('contact_id', sa.Integer(), nullable=True),
    sa.Column('survey_id', sa.Integer(), nullable=False),
    sa.Column('survey_type', sa.String(length=12), nullable=False),
    sa.Column('score', sa.Integer(), nullable=False),
    sa.Column('comment', sa.Text(), nullable=False),
    sa.Column('call_me', sa.Boolean(), nullable=False),
    sa.Column('call_me_phone', sa.String(length=40), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('visitor', sa.String(length=64), nullable=False),
    sa.Column('contested', sa.Boolean(), nullable=False),
    sa.Column('touchpoint_id', sa.Integer(), nullable=True),
    sa.Column('channel', sa.String(length=12), nullable=False),
    sa.Column('department_id', sa.Integer(), nullable=True),
    sa.Column('staff_id', sa.Integer(), nullable=True),
    sa.Column('interaction_id', sa.Integer(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_answers_contact_id_contacts'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_answers_department_id_departments')),
    sa.ForeignKeyConstraint(['interaction_id'], ['interactions.id'], name=op.f('fk_answers_interaction_id_interactions'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['request_id'], ['feedback_requests.id'], name=op.f('fk_answers_request_id_feedback_requests'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['staff_id'], ['users.id'], name=op.f('fk_answers_staff_id_users')),
    sa.ForeignKeyConstraint(['survey_id'], ['surveys.id'], name=op.f('fk_answers_survey_id_surveys')),
    sa.ForeignKeyConstraint(['touchpoint_id'], ['touchpoints.id'], name=op.f('fk_answers_touchpoint_id_touchpoints')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answers')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_answers_about_staff', 'answers', ['staff_id', 'answered_at', 'id', 'survey_type', 'score', 'contested'], unique=False)
    op.create_index(op.f('ix_answers_contact_id_answered_at'), 'answers', ['contact_id', 'answered_at'], unique=False)
    op.create_index('ix_answers_latest', 'answers', ['answered_at', 'id', 'survey_type', 'score', 'contested'], unique=False)
    op.create_index(op.f('ix_answers_request_id'), 'answers', ['request_id'], unique=False)
    op.create_index(op.f('ix_answers_survey_type_answered_at'), 'answers', ['survey_type', 'answered_at'], unique=False)
    op.create_index(op.f('ix_answers_touchpoint_id_answered_at'), 'answers', ['touchpoint_id', 'answered_at'], unique=False)
    op.create_table('feedback_nonces',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('request_id', sa.Integer(), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['request_id'], ['feedback_requests.id'], name=op.f('fk_feedback_nonces_request_id_feedback_requests'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feedback_nonces')),
    sa.UniqueConstraint('digest', name=op.f('uq_feedback_nonces_digest')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_feedback_nonces_request_id'), 'feedback_nonces', ['request_id'], unique=False)
    op.create_table('messages',
    sa.Column('conversation_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('from_name', sa.String(length=200), nullable=False),
    sa.Column('from_address', sa.String(length=320), nullable=False),
    sa.Column('to', sa.JSON(), nullable=False),
    sa.Column('cc', sa.JSON(), nullable=False),
    sa.Column('subject', sa.String(length=500), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('reply_text', sa.Text(), nullable=False),
    sa.Column('has_html', sa.Boolean(), nullable=False),
    sa.Column('message_id', sa.String(length=500), nullable=True),
    sa.Column('references', sa.JSON(), nullable=False),
    sa.Column('automatic', sa.Boolean(), nullable=False),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.Column('received_mail_id', sa.Integer(), nullable=True),
    sa.Column('delivery_id', sa.Integer(), nullable=True),
    sa.Column('interaction_id', sa.Integer(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_messages_author_id_users')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_messages_conversation_id_conversations'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['delivery_id'], ['deliveries.id'], name=op.f('fk_messages_delivery_id_deliveries')),
    sa.ForeignKeyConstraint(['interaction_id'], ['interactions.id'], name=op.f('fk_messages_interaction_id_interactions'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['received_mail_id'], ['received_mails.id'], name=op.f('fk_messages_received_mail_id_received_mails')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_messages')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_messages_conversation_id_id'), 'messages', ['conversation_id', 'id'], unique=False)
    op.create_index(op.f('ix_messages_delivery_id'), 'messages', ['delivery_id'], unique=False)
    op.create_index(op.f('ix_messages_message_id'), 'messages', ['message_id'], unique=False)
    op.create_index(op.f('ix_messages_received_mail_id'), 'messages', ['received_mail_id'], unique=False)
    op.create_table('answer_versions',
    sa.Column('answer_id', sa.Integer(), nullable=False),
    sa.Column('score', sa.Integer(), nullable=False),
    sa.Column('comment', sa.Text(), nullable=False),
    sa.Column('replaced_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['answer_id'], ['answers.id'], name=op.f('fk_answer_versions_answer_id_answers'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answer_versions')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_answer_versions_answer_id'), 'answer_versions', ['answer_id'], unique=False)
    op.create_table('attachments',
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('filename', sa.String(length=255), nullable=False),
    sa.Column('content_type', sa.String(length=120), nullable=False),
    sa.Column('content_id', sa.String(length=250), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('inline', sa.Boolean(), nullable=False),
    sa.Column('blob', sa.String(length=64), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_attachments_message_id_messages'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachments')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_attachments_message_id'), 'attachments', ['message_id'], unique=False)
    indexing.create(op.get_bind())


def downgrade() -> None:
    indexing.drop(op.get_bind())
    op.drop_index(op.f('ix_attachments_message_id'), table_name='attachments')
    op.drop_table('attachments')
    op.drop_index(op.f('ix_answer_versions_answer_id'), table_name='answer_versions')
    op.drop_table('answer_versions')
    op.drop_index(op.f('ix_messages_received_mail_id'), table_name='messages')
    op.drop_index(op.f('ix_messages_message_id'), table_name='messages')
    op.drop_index(op.f('ix_messages_delivery_id'), table_name='messages')
    op.drop_index(op.f('ix_messages_conversation_id_id'), table_name='messages')
    op.drop_table('messages')
    op.drop_index(op.f('ix_feedback_nonces_request_id'), table_name='feedback_nonces')
    op.drop_table('feedback_nonces')
    op.drop_index(op.f('ix_answers_touchpoint_id_answered_at'), table_name='answers')
    op.drop_index(op.f('ix_answers_survey_type_answered_at'), table_name='answers')
    op.drop_index(op.f('ix_answers_request_id'), table_name='answers')
    op.drop_index('ix_answers_latest', table_name='answers')
    op.drop_index(op.f('ix_answers_contact_id_answered_at'), table_name='answers')
    op.drop_index('ix_answers_about_staff', table_name='answers')
    op.drop_table('answers')
    op.drop_index(op.f('ix_received_mails_state_received_at'), table_name='received_mails')
    op.drop_index(op.f('ix_received_mails_conversation_id'), table_name='received_mails')
    op.drop_table('received_mails')
    op.drop_index(op.f('ix_feedback_requests_touchpoint_id'), table_name='feedback_requests')
    op.drop_index(op.f('ix_feedback_requests_state_due_at'), table_name='feedback_requests')
    op.drop_index(op.f('ix_feedback_requests_interaction_id'), table_name='feedback_requests')
    op.drop_index(op.f('ix_feedback_requests_contact_id_created_at'), table_name='feedback_requests')
    op.drop_table('feedback_requests')
    op.drop_index(op.f('ix_drafts_conversation_id_user_id_kind'), table_name='drafts')
    op.drop_table('drafts')
    op.drop_index(op.f('ix_delivery_attempts_delivery_id'), table_name='delivery_attempts')
    op.drop_table('delivery_attempts')
    op.drop_index(op.f('ix_tasks_contact_id_done_at_due_at'), table_name='tasks')
    op.drop_index(op.f('ix_tasks_assignee_id_done_at_due_at'), table_name='tasks')
    op.drop_index(op.f('ix_tasks_about_type_about_id'), table_name='tasks')
    op.drop_table('tasks')
    op.drop_index(op.f('ix_postal_addresses_postcode'), table_name='postal_addresses')
    op.drop_index(op.f('ix_postal_addresses_organisation_id'), table_name='postal_addresses')
    op.drop_index(op.f('ix_postal_addresses_contact_id'), table_name='postal_addresses')
    op.drop_table('postal_addresses')
    op.drop_index('uq_interactions_source_external_id', table_name='interactions')
    op.drop_index(op.f('ix_interactions_touchpoint_id_happened_at'), table_name='interactions')
    op.drop_index(op.f('ix_interactions_organisation_id_happened_at_id'), table_name='interactions')
    op.drop_index('ix_interactions_of_staff', table_name='interactions')
    op.drop_index(op.f('ix_interactions_kind_happened_at'), table_name='interactions')
    op.drop_index('ix_interactions_contact_history', table_name='interactions')
    op.drop_index(op.f('ix_interactions_about_type_about_id'), table_name='interactions')
    op.drop_table('interactions')
    op.drop_index(op.f('ix_deliveries_state_next_attempt_at'), table_name='deliveries')
    op.drop_index(op.f('ix_deliveries_sent_at'), table_name='deliveries')
    op.drop_index(op.f('ix_deliveries_recipient_created_at'), table_name='deliveries')
    op.drop_index(op.f('ix_deliveries_contact_id'), table_name='deliveries')
    op.drop_index(op.f('ix_deliveries_about_type_about_id'), table_name='deliveries')
    op.drop_table('deliveries')
    op.drop_index(op.f('ix_conversations_touchpoint_id'), table_name='conversations')
    op.drop_index(op.f('ix_conversations_status_last_message_at_id'), table_name='conversations')
    op.drop_index(op.f('ix_conversations_snoozed_until'), table_name='conversations')
    op.drop_index(op.f('ix_conversations_mailbox_id'), table_name='conversations')
    op.drop_index(op.f('ix_conversations_department_id'), table_name='conversations')
    op.drop_index(op.f('ix_conversations_contact_id_status'), table_name='conversations')
    op.drop_index(op.f('ix_conversations_assignee_id_status_last_message_at_id'), table_name='conversations')
    op.drop_table('conversations')
    op.drop_index(op.f('ix_contact_tags_tag_id'), table_name='contact_tags')
    op.drop_table('contact_tags')
    op.drop_index(op.f('ix_consents_contact_id_purpose_channel_at'), table_name='consents')
    op.drop_table('consents')
    op.drop_index(op.f('ix_affiliations_organisation_id'), table_name='affiliations')
    op.drop_index(op.f('ix_affiliations_contact_id'), table_name='affiliations')
    op.drop_table('affiliations')
    op.drop_index(op.f('ix_addresses_reversed_digits'), table_name='addresses')
    op.drop_index(op.f('ix_addresses_kind_normalised'), table_name='addresses')
    op.drop_index(op.f('ix_addresses_contact_id'), table_name='addresses')
    op.drop_table('addresses')
    op.drop_index(op.f('ix_segment_counts_segment_id'), table_name='segment_counts')
    op.drop_table('segment_counts')
    op.drop_index(op.f('ix_organisation_tags_tag_id'), table_name='organisation_tags')
    op.drop_table('organisation_tags')
    op.drop_table('mailboxes')
    op.drop_index(op.f('ix_idempotency_keys_token_id_key'), table_name='idempotency_keys')
    op.drop_index(op.f('ix_idempotency_keys_created_at'), table_name='idempotency_keys')
    op.drop_table('idempotency_keys')
    op.drop_index(op.f('ix_feedback_rules_kind'), table_name='feedback_rules')
    op.drop_table('feedback_rules')
    op.drop_index(op.f('ix_contacts_value_id'), table_name='contacts')
    op.drop_index(op.f('ix_contacts_sort_name_id'), table_name='contacts')
    op.drop_index(op.f('ix_contacts_owner_id_sort_name_id'), table_name='contacts')
    op.drop_index(op.f('ix_contacts_owner_id_last_interaction_at_id'), table_name='contacts')
    op.drop_index(op.f('ix_contacts_organisation_id_merged_into_id'), table_name='contacts')
    op.drop_index(op.f('ix_contacts_nps_score_id'), table_name='contacts')
    op.drop_index(op.f('ix_contacts_next_task_at_id'), table_name='contacts')
    op.drop_index('ix_contacts_merged', table_name='contacts', sqlite_where=sa.text('merged_into_id IS NOT NULL'), postgresql_where=sa.text('merged_into_id IS NOT NULL'))
    op.drop_index(op.f('ix_contacts_lifecycle_sort_name_id'), table_name='contacts')
    op.drop_index(op.f('ix_contacts_last_out_at_id'), table_name='contacts')
    op.drop_index(op.f('ix_contacts_last_interaction_at_id'), table_name='contacts')
    op.drop_index(op.f('ix_contacts_last_in_at_id'), table_name='contacts')
    op.drop_index(op.f('ix_contacts_created_at_id'), table_name='contacts')
    op.drop_index('ix_contacts_archived', table_name='contacts', sqlite_where=sa.text('archived_at IS NOT NULL'), postgresql_where=sa.text('archived_at IS NOT NULL'))
    op.drop_table('contacts')
    op.drop_index(op.f('ix_user_sessions_user_id'), table_name='user_sessions')
    op.drop_table('user_sessions')
    op.drop_index(op.f('ix_undo_steps_user_id'), table_name='undo_steps')
    op.drop_table('undo_steps')
    op.drop_index(op.f('ix_touchpoints_owner_id'), table_name='touchpoints')
    op.drop_index(op.f('ix_touchpoints_merged_into_id'), table_name='touchpoints')
    op.drop_index(op.f('ix_touchpoints_department_id'), table_name='touchpoints')
    op.drop_table('touchpoints')
    op.drop_table('segments')
    op.drop_index(op.f('ix_organisations_sort_name_id'), table_name='organisations')
    op.drop_index(op.f('ix_organisations_parent_id'), table_name='organisations')
    op.drop_index(op.f('ix_organisations_owner_id'), table_name='organisations')
    op.drop_index(op.f('ix_organisations_last_interaction_at_id'), table_name='organisations')
    op.drop_index(op.f('ix_organisations_domain'), table_name='organisations')
    op.drop_table('organisations')
    op.drop_index(op.f('ix_audit_entries_user_id'), table_name='audit_entries')
    op.drop_index(op.f('ix_audit_entries_subject_type_subject_id'), table_name='audit_entries')
    op.drop_index(op.f('ix_audit_entries_at'), table_name='audit_entries')
    op.drop_table('audit_entries')
    op.drop_index(op.f('ix_api_tokens_user_id'), table_name='api_tokens')
    op.drop_table('api_tokens')
    op.drop_index(op.f('ix_users_department_id'), table_name='users')
    op.drop_table('users')
    op.drop_table('tags')
    op.drop_table('surveys')
    op.drop_index(op.f('ix_search_documents_kind_record_id'), table_name='search_documents')
    op.drop_table('search_documents')
    op.drop_table('preferences')
    op.drop_table('heartbeats')
    op.drop_table('departments')

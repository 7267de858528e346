"""duplicates_pairs"""

import sqlalchemy as sa
from alembic import op


revision = '424d673e255e'
down_revision = '8e2b01228dea'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('duplicate_scans',
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('percent', sa.Integer(), nullable=False),
    sa.Column('found', sa.Integer(), nullable=False),
    sa.Column('marks', sa.JSON(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('claimed_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['users.id'], name=op.f('fk_duplicate_scans_by_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_duplicate_scans')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('duplicate_scans', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_duplicate_scans_state'), ['state'], unique=False)

    op.create_table('duplicate_pairs',
    sa.Column('left_id', sa.Integer(), nullable=False),
    sa.Column('right_id', sa.Integer(), nullable=False),
    sa.Column('score', sa.Double(), nullable=False),
    sa.Column('verdict', sa.String(length=8), nullable=False),
    sa.Column('evidence', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('cluster', sa.Integer(), nullable=False),
    sa.Column('rank', sa.Double(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['decided_by_id'], ['users.id'], name=op.f('fk_duplicate_pairs_decided_by_id_users')),
    sa.ForeignKeyConstraint(['left_id'], ['contacts.id'], name=op.f('fk_duplicate_pairs_left_id_contacts'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['right_id'], ['contacts.id'], name=op.f('fk_duplicate_pairs_right_id_contacts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_duplicate_pairs')),
    sa.UniqueConstraint('left_id', 'right_id', name=op.f('uq_duplicate_pairs_left_id_right_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('duplicate_pairs', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_duplicate_pairs_cluster'), ['cluster'], unique=False)
        batch_op.create_index(batch_op.f('ix_duplicate_pairs_right_id'), ['right_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_duplicate_pairs_state_rank_cluster'), ['state', 'rank', 'cluster'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('duplicate_pairs', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_duplicate_pairs_state_rank_cluster'))
        batch_op.drop_index(batch_op.f('ix_duplicate_pairs_right_id'))
        batch_op.drop_index(batch_op.f('ix_duplicate_pairs_cluster'))

    op.drop_table('duplicate_pairs')
    with op.batch_alter_table('duplicate_scans', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_duplicate_scans_state'))

    op.drop_table('duplicate_scans')

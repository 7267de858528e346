"""Files and copies are kept with a draft."""

import sqlalchemy as sa
from alembic import op

revision = 'b3e47a90d152'
down_revision = '6c1f8e02b7a4'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('drafts', sa.Column('files', sa.JSON(), server_default='[]', nullable=False))
    op.add_column('drafts', sa.Column('cc', sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column('drafts', 'cc')
    op.drop_column('drafts', 'files')

"""Keep the words by which a case is found.

The words of the cases that are there already need the keys of the instance: the deployment that
follows a migration writes them (`app.search.catch_up`).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

FORGET = (
    "INSERT INTO case_words(case_words, rowid, words) VALUES ('delete', old.case_id, old.words)"
)
KEEP = "INSERT INTO case_words(rowid, words) VALUES (new.case_id, new.words)"


def upgrade() -> None:
    op.create_table(
        "case_search",
        sa.Column("case_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "words",
            sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql"),
            nullable=False,
        ),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_case_search_case_id_case_file")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"],
            ["jurisdiction.id"],
            name=op.f("fk_case_search_jurisdiction_id_jurisdiction"),
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_search")),
    )
    if op.get_context().dialect.name == "postgresql":
        op.create_index("ix_case_search_words", "case_search", ["words"], postgresql_using="gin")
        return
    op.execute(
        "CREATE VIRTUAL TABLE case_words USING fts5(words, content='case_search',"
        " content_rowid='case_id', tokenize='ascii', prefix='1', columnsize=0)"
    )
    op.execute(f"CREATE TRIGGER case_search_kept AFTER INSERT ON case_search BEGIN {KEEP}; END")
    op.execute(f"CREATE TRIGGER case_search_gone AFTER DELETE ON case_search BEGIN {FORGET}; END")
    op.execute(
        "CREATE TRIGGER case_search_changed AFTER UPDATE ON case_search"
        f" BEGIN {FORGET}; {KEEP}; END"
    )


def downgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        op.execute("DROP TABLE case_words")
    op.drop_table("case_search")

"""first tables"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chain_head",
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_chain_head")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("hash", name=op.f("uq_event_hash")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("ix_event_kind", ["kind", "id"], unique=False)

    op.create_table(
        "grade_band",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jurisdiction", sa.String(length=64), nullable=False),
        sa.Column("first_year", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=64), nullable=False),
        sa.Column("lower", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_band")),
        sa.UniqueConstraint(
            "jurisdiction", "first_year", "lower", name=op.f("uq_grade_band_jurisdiction_first_year_lower")
        ),
    )
    op.create_table(
        "holiday",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("off", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_holiday")),
    )
    op.create_table(
        "login_failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_failure")),
    )
    with op.batch_alter_table("login_failure", schema=None) as batch_op:
        batch_op.create_index("ix_login_failure_address_at", ["address", "at"], unique=False)

    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("supervised_by", sa.Integer(), nullable=True),
        sa.Column("jurisdiction", sa.String(length=64), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("quote_names", sa.Boolean(), nullable=False),
        sa.Column("score_suffix", sa.Boolean(), nullable=False),
        sa.Column("trim_decimals", sa.Boolean(), nullable=False),
        sa.Column("number_style", sa.String(length=64), nullable=False),
        sa.Column("title_own_line", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('unit', 'firm', 'office', 'house')", name=op.f("ck_organisation_kind_known")),
        sa.ForeignKeyConstraint(
            ["supervised_by"], ["organisation.id"], name=op.f("fk_organisation_supervised_by_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("name", name=op.f("uq_organisation_name")),
    )
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organisation_supervised_by"), ["supervised_by"], unique=False)

    op.create_table(
        "setting",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("display_name", sa.String(length=200), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("password_hash", sa.String(length=300), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "role IN ('unit_clerk', 'unit_head', 'firm_user', 'dept_supervisor', 'admin', 'auditor')",
            name=op.f("ck_user_account_role_known"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_user_account_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("username", name=op.f("uq_user_account_username")),
    )
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_account_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "avoidance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["user_account.id"], name=op.f("fk_avoidance_created_by_user_account")),
        sa.ForeignKeyConstraint(["firm_id"], ["organisation.id"], name=op.f("fk_avoidance_firm_id_organisation")),
        sa.ForeignKeyConstraint(["unit_id"], ["organisation.id"], name=op.f("fk_avoidance_unit_id_organisation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_avoidance")),
    )
    with op.batch_alter_table("avoidance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_avoidance_firm_id"), ["firm_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_avoidance_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "form_key",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_form_key_user_id_user_account")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_form_key")),
    )
    op.create_table(
        "login_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_login_session_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_login_session_token_hash")),
    )
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_session_user_id"), ["user_id"], unique=False)

    op.create_table(
        "project",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("object_kind", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_filed", sa.String(length=220), nullable=True),
        sa.Column("budget_year", sa.Integer(), nullable=False),
        sa.Column("evaluation_year", sa.Integer(), nullable=True),
        sa.Column("budget_fen", sa.BigInteger(), nullable=True),
        sa.Column("registered", sa.Boolean(), nullable=False),
        sa.Column("registered_reason", sa.Text(), nullable=True),
        sa.Column("table_only", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("seen_as", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_sort", sa.Date(), nullable=False),
        sa.Column("waiting_for", sa.String(length=64), nullable=False),
        sa.Column("submitted_at", sa.DateTime(), nullable=True),
        sa.Column("submitted_by", sa.Integer(), nullable=True),
        sa.Column("firm_id", sa.Integer(), nullable=True),
        sa.Column("assignment_id", sa.Integer(), nullable=True),
        sa.Column("rectification", sa.Text(), nullable=False),
        sa.Column("rectification_composed", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "object_kind IN ('project', 'department', 'policy', 'fund')", name=op.f("ck_project_object_kind_known")
        ),
        sa.CheckConstraint(
            "seen_as IN ('declaring', 'declaration_review', 'approved', 'rejected', 'voided', 'awaiting_firm', 'evaluating', 'evaluation_review', 'findings_writing', 'awaiting_comments', 'commenting', 'dispute_reply', 'findings_review', 'suggestions_writing', 'suggestions_review', 'rectifying', 'closing', 'closed', 'published', 'terminated')",
            name=op.f("ck_project_seen_as_known"),
        ),
        sa.CheckConstraint(
            "state IN ('declaring', 'declaration_review', 'approved', 'rejected', 'voided', 'awaiting_firm', 'evaluating', 'evaluation_review', 'findings_writing', 'awaiting_comments', 'commenting', 'dispute_reply', 'findings_review', 'suggestions_writing', 'suggestions_review', 'rectifying', 'closing', 'closed', 'published', 'terminated')",
            name=op.f("ck_project_state_known"),
        ),
        sa.CheckConstraint("budget_fen >= 0", name=op.f("ck_project_budget_not_negative")),
        sa.CheckConstraint("budget_year BETWEEN 1990 AND 2100", name=op.f("ck_project_budget_year_sane")),
        sa.ForeignKeyConstraint(["created_by"], ["user_account.id"], name=op.f("fk_project_created_by_user_account")),
        sa.ForeignKeyConstraint(["firm_id"], ["organisation.id"], name=op.f("fk_project_firm_id_organisation")),
        sa.ForeignKeyConstraint(["office_id"], ["organisation.id"], name=op.f("fk_project_office_id_organisation")),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["user_account.id"], name=op.f("fk_project_submitted_by_user_account")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["organisation.id"], name=op.f("fk_project_unit_id_organisation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
        sa.UniqueConstraint("code", name=op.f("uq_project_code")),
    )
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.create_index("ix_project_firm_unit", ["firm_id", "unit_id"], unique=False)
        batch_op.create_index("ix_project_firm_updated", ["firm_id", "updated_at", "id"], unique=False)
        batch_op.create_index("ix_project_firm_waiting", ["firm_id", "waiting_for", "due_sort", "id"], unique=False)
        batch_op.create_index("ix_project_office_code", ["office_id", "code", "id"], unique=False)
        batch_op.create_index("ix_project_office_due", ["office_id", "due_sort", "id"], unique=False)
        batch_op.create_index("ix_project_office_submitted", ["office_id", "submitted_at"], unique=False)
        batch_op.create_index("ix_project_office_updated", ["office_id", "updated_at", "id"], unique=False)
        batch_op.create_index("ix_project_office_waiting", ["office_id", "waiting_for", "due_sort", "id"], unique=False)
        batch_op.create_index("ix_project_office_year", ["office_id", "budget_year", "id"], unique=False)
        batch_op.create_index("ix_project_submitted", ["submitted_at"], unique=False)
        batch_op.create_index("ix_project_unit_updated", ["unit_id", "updated_at", "id"], unique=False)
        batch_op.create_index("ix_project_unit_waiting", ["unit_id", "waiting_for", "due_sort", "id"], unique=False)
        batch_op.create_index("ix_project_updated", ["updated_at", "id"], unique=False)

    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("assigned_by", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("end", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("paid_fen", sa.BigInteger(), nullable=True),
        sa.Column("paid_filed", sa.String(length=200), nullable=False),
        sa.Column("main_performance", sa.Text(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("total_filed", sa.String(length=200), nullable=False),
        sa.Column("grade", sa.String(length=64), nullable=False),
        sa.Column("no_findings_statement", sa.Text(), nullable=False),
        sa.CheckConstraint("\"end\" IN ('declined', 'replaced')", name=op.f('ck_assignment_"end"_known')),
        sa.CheckConstraint("total BETWEEN 0 AND 10000", name=op.f("ck_assignment_total_in_range")),
        sa.ForeignKeyConstraint(
            ["assigned_by"], ["user_account.id"], name=op.f("fk_assignment_assigned_by_user_account")
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["organisation.id"], name=op.f("fk_assignment_firm_id_organisation")),
        sa.ForeignKeyConstraint(["lead_id"], ["user_account.id"], name=op.f("fk_assignment_lead_id_user_account")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_assignment_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_assignment_project_id_number")),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignment_firm_id"), ["firm_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_project_id"), ["project_id"], unique=False)

    op.create_table(
        "declaration",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("form_year", sa.Integer(), nullable=False),
        sa.Column("project_type", sa.String(length=64), nullable=False),
        sa.Column("fund_use", sa.String(length=64), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.Column("overview", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("necessity", sa.Text(), nullable=False),
        sa.Column("safeguards", sa.Text(), nullable=False),
        sa.Column("total_budget_fen", sa.BigInteger(), nullable=True),
        sa.Column("year_budget_fen", sa.BigInteger(), nullable=True),
        sa.Column("prior_budget_fen", sa.BigInteger(), nullable=True),
        sa.Column("prior_paid_fen", sa.BigInteger(), nullable=True),
        sa.Column("overall_goal", sa.Text(), nullable=False),
        sa.Column("annual_goal", sa.Text(), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_declaration_project_id_project")),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_declaration")),
    )
    op.create_table(
        "milestone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("filed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_milestone_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
    )
    with op.batch_alter_table("milestone", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_milestone_project_id"), ["project_id"], unique=False)

    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(), nullable=False),
        sa.Column("issued_by", sa.Integer(), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(), nullable=True),
        sa.Column("acknowledged_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["acknowledged_by"], ["user_account.id"], name=op.f("fk_notice_acknowledged_by_user_account")
        ),
        sa.ForeignKeyConstraint(["issued_by"], ["user_account.id"], name=op.f("fk_notice_issued_by_user_account")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_notice_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_notice_project_id_number")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_project_id"), ["project_id"], unique=False)

    op.create_table(
        "publication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=False),
        sa.Column("published_by", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_publication_project_id_project")),
        sa.ForeignKeyConstraint(
            ["published_by"], ["user_account.id"], name=op.f("fk_publication_published_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_publication_project_id_number")),
    )
    with op.batch_alter_table("publication", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_publication_project_id"), ["project_id"], unique=False)

    op.create_table(
        "sub_project",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_sub_project_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sub_project")),
    )
    with op.batch_alter_table("sub_project", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sub_project_project_id"), ["project_id"], unique=False)

    op.create_table(
        "target_indicator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("level1", sa.String(length=200), nullable=False),
        sa.Column("level2", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("filed", sa.String(length=200), nullable=False),
        sa.Column("operator", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_target_indicator_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target_indicator")),
    )
    with op.batch_alter_table("target_indicator", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_target_indicator_project_id"), ["project_id"], unique=False)

    op.create_table(
        "comment_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=False),
        sa.Column("general_comment", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(), nullable=True),
        sa.Column("deemed_none_at", sa.DateTime(), nullable=True),
        sa.Column("recalled_at", sa.DateTime(), nullable=True),
        sa.Column("replied_at", sa.DateTime(), nullable=True),
        sa.Column("ruled_at", sa.DateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_comment_round_assignment_id_assignment")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_comment_round_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_round")),
        sa.UniqueConstraint("assignment_id", "number", name=op.f("uq_comment_round_assignment_id_number")),
    )
    with op.batch_alter_table("comment_round", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_comment_round_assignment_id"), ["assignment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_comment_round_project_id"), ["project_id"], unique=False)

    op.create_table(
        "finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("glued", sa.Boolean(), nullable=False),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.Column("severity", sa.String(length=64), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "category IN ('target', 'budget', 'finance', 'contract', 'management', 'output', 'effect', 'other')",
            name=op.f("ck_finding_category_known"),
        ),
        sa.CheckConstraint("severity IN ('minor', 'major', 'grave')", name=op.f("ck_finding_severity_known")),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_finding_assignment_id_assignment")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_finding_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("assignment_id", "number", name=op.f("uq_finding_assignment_id_number")),
    )
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_finding_assignment_id"), ["assignment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_finding_project_id"), ["project_id"], unique=False)

    op.create_table(
        "independence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("independent", sa.Boolean(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_independence_assignment_id_assignment")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_independence_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_independence")),
        sa.UniqueConstraint("assignment_id", "user_id", name=op.f("uq_independence_assignment_id_user_id")),
    )
    with op.batch_alter_table("independence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_independence_assignment_id"), ["assignment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_independence_user_id"), ["user_id"], unique=False)

    op.create_table(
        "indicator_explanation",
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_indicator_explanation_assignment_id_assignment")
        ),
        sa.PrimaryKeyConstraint("assignment_id", "code", name=op.f("pk_indicator_explanation")),
    )
    op.create_table(
        "score_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("weight", sa.BigInteger(), nullable=True),
        sa.Column("score", sa.BigInteger(), nullable=True),
        sa.Column("rate_filed", sa.String(length=64), nullable=False),
        sa.CheckConstraint("score BETWEEN 0 AND 10000", name=op.f("ck_score_item_score_in_range")),
        sa.CheckConstraint("weight BETWEEN 0 AND 10000", name=op.f("ck_score_item_weight_in_range")),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_score_item_assignment_id_assignment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_item")),
        sa.UniqueConstraint("assignment_id", "code", name=op.f("uq_score_item_assignment_id_code")),
    )
    with op.batch_alter_table("score_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_score_item_assignment_id"), ["assignment_id"], unique=False)

    op.create_table(
        "suggestion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("glued", sa.Boolean(), nullable=False),
        sa.Column("rect_class", sa.String(length=64), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_suggestion_assignment_id_assignment")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_suggestion_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion")),
        sa.UniqueConstraint("assignment_id", "number", name=op.f("uq_suggestion_assignment_id_number")),
    )
    with op.batch_alter_table("suggestion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_suggestion_assignment_id"), ["assignment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_suggestion_project_id"), ["project_id"], unique=False)

    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("stance", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reply", sa.String(length=64), nullable=True),
        sa.Column("reply_title", sa.String(length=200), nullable=False),
        sa.Column("reply_text", sa.Text(), nullable=False),
        sa.Column("reply_reason", sa.Text(), nullable=False),
        sa.Column("ruling", sa.String(length=64), nullable=True),
        sa.Column("ruling_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("reply IN ('keep', 'change', 'withdraw')", name=op.f("ck_comment_reply_known")),
        sa.CheckConstraint("ruling IN ('uphold', 'adopt', 'cancel')", name=op.f("ck_comment_ruling_known")),
        sa.CheckConstraint("stance IN ('agree', 'dispute')", name=op.f("ck_comment_stance_known")),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_comment_finding_id_finding")),
        sa.ForeignKeyConstraint(["round_id"], ["comment_round.id"], name=op.f("fk_comment_round_id_comment_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
        sa.UniqueConstraint("round_id", "finding_id", name=op.f("uq_comment_round_id_finding_id")),
    )
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_comment_finding_id"), ["finding_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_comment_round_id"), ["round_id"], unique=False)

    op.create_table(
        "finding_indicator",
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["finding.id"], name=op.f("fk_finding_indicator_finding_id_finding"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("finding_id", "code", name=op.f("pk_finding_indicator")),
    )
    op.create_table(
        "rect_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("suggestion_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rect_class", sa.String(length=64), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_sort", sa.Date(), nullable=False),
        sa.Column("waiting_for", sa.String(length=64), nullable=False),
        sa.Column("continuing", sa.Boolean(), nullable=False),
        sa.Column("submitted_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "rect_class IN ('immediate', 'phased', 'continuing')", name=op.f("ck_rect_item_rect_class_known")
        ),
        sa.CheckConstraint(
            "state IN ('issued', 'plan_review', 'in_progress', 'verifying', 'settled', 'continuing', 'cancelled')",
            name=op.f("ck_rect_item_state_known"),
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_rect_item_notice_id_notice")),
        sa.ForeignKeyConstraint(["office_id"], ["organisation.id"], name=op.f("fk_rect_item_office_id_organisation")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_rect_item_project_id_project")),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["user_account.id"], name=op.f("fk_rect_item_submitted_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["suggestion_id"], ["suggestion.id"], name=op.f("fk_rect_item_suggestion_id_suggestion")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["organisation.id"], name=op.f("fk_rect_item_unit_id_organisation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rect_item")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_rect_item_project_id_number")),
    )
    with op.batch_alter_table("rect_item", schema=None) as batch_op:
        batch_op.create_index(
            "ix_rect_item_office_waiting", ["office_id", "waiting_for", "due_sort", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_rect_item_project_id"), ["project_id"], unique=False)
        batch_op.create_index("ix_rect_item_unit_waiting", ["unit_id", "waiting_for", "due_sort", "id"], unique=False)

    op.create_table(
        "suggestion_finding",
        sa.Column("suggestion_id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_suggestion_finding_finding_id_finding")),
        sa.ForeignKeyConstraint(
            ["suggestion_id"],
            ["suggestion.id"],
            name=op.f("fk_suggestion_finding_suggestion_id_suggestion"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("suggestion_id", "finding_id", name=op.f("pk_suggestion_finding")),
    )
    op.create_table(
        "item_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("verdict", sa.String(length=64), nullable=True),
        sa.Column("verdict_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("verdict IN ('done', 'continuing', 'not_done')", name=op.f("ck_item_report_verdict_known")),
        sa.ForeignKeyConstraint(["by"], ["user_account.id"], name=op.f("fk_item_report_by_user_account")),
        sa.ForeignKeyConstraint(["item_id"], ["rect_item.id"], name=op.f("fk_item_report_item_id_rect_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_report")),
    )
    with op.batch_alter_table("item_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_item_report_item_id"), ["item_id"], unique=False)

    op.create_table(
        "journal",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("assignment_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("from_state", sa.String(length=64), nullable=True),
        sa.Column("to_state", sa.String(length=64), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("datum", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["rect_item.id"], name=op.f("fk_journal_item_id_rect_item")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_journal_project_id_project")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_journal_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
        sa.UniqueConstraint("hash", name=op.f("uq_journal_hash")),
    )
    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.create_index("ix_journal_item", ["item_id", "id"], unique=False)
        batch_op.create_index("ix_journal_project", ["project_id", "id"], unique=False)
        batch_op.create_index("ix_journal_user", ["user_id", "id"], unique=False)

    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("params", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["rect_item.id"], name=op.f("fk_message_item_id_rect_item")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_message_project_id_project")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_message_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index("ix_message_user_id_read", ["user_id", "read_at", "id"], unique=False)

    op.create_table(
        "plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("responsible", sa.String(length=200), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["user_account.id"], name=op.f("fk_plan_by_user_account")),
        sa.ForeignKeyConstraint(["item_id"], ["rect_item.id"], name=op.f("fk_plan_item_id_rect_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
    )
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_item_id"), ["item_id"], unique=False)

    op.create_table(
        "progress_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["user_account.id"], name=op.f("fk_progress_note_by_user_account")),
        sa.ForeignKeyConstraint(["item_id"], ["rect_item.id"], name=op.f("fk_progress_note_item_id_rect_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress_note")),
    )
    with op.batch_alter_table("progress_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_progress_note_item_id"), ["item_id"], unique=False)

    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=True),
        sa.Column("finding_id", sa.Integer(), nullable=True),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('declaration', 'paper', 'report', 'comment', 'evidence')",
            name=op.f("ck_attachment_purpose_known"),
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_attachment_assignment_id_assignment")
        ),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_attachment_finding_id_finding")),
        sa.ForeignKeyConstraint(["item_id"], ["rect_item.id"], name=op.f("fk_attachment_item_id_rect_item")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_attachment_project_id_project")),
        sa.ForeignKeyConstraint(["report_id"], ["item_report.id"], name=op.f("fk_attachment_report_id_item_report")),
        sa.ForeignKeyConstraint(["round_id"], ["comment_round.id"], name=op.f("fk_attachment_round_id_comment_round")),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["user_account.id"], name=op.f("fk_attachment_uploaded_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["user_account.id"], name=op.f("fk_attachment_withdrawn_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachment_item_id"), ["item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachment_project_id"), ["project_id"], unique=False)
        batch_op.create_index("ix_attachment_sha256", ["sha256"], unique=False)

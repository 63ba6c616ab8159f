-- AlterTable
ALTER TABLE "account_members" ADD COLUMN     "created_ns" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "roles" TEXT[],
ADD COLUMN     "sequence" BIGINT NOT NULL DEFAULT 1,
ADD COLUMN     "updated_ns" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "instance_members" ADD COLUMN     "created_ns" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "sequence" BIGINT NOT NULL DEFAULT 1,
ADD COLUMN     "updated_ns" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "users" ADD COLUMN     "created_ns" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "foreign_id" TEXT,
ADD COLUMN     "password_changed_ns" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "state_before_lock" SMALLINT,
ADD COLUMN     "updated_ns" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "user_login_names" (
    "user_id" UUID NOT NULL,
    "login_name" TEXT NOT NULL,

    CONSTRAINT "user_login_names_pkey" PRIMARY KEY ("user_id","login_name")
);

-- CreateTable
CREATE TABLE "sessions" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "issuer" TEXT NOT NULL,
    "sid" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL DEFAULT '',
    "state" SMALLINT NOT NULL,
    "terminated_at" TIMESTAMPTZ(3),
    "foreign_id" TEXT,
    "sequence" BIGINT NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_ns" INTEGER NOT NULL DEFAULT 0,
    "updated_ns" INTEGER NOT NULL DEFAULT 0,
    "resource_owner" UUID NOT NULL,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "refresh_tokens" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "client_id" TEXT NOT NULL,
    "auth_time" TEXT NOT NULL,
    "idle_expiration" TEXT NOT NULL,
    "expiration" TEXT NOT NULL,
    "scopes" TEXT[],
    "audience" TEXT[],
    "foreign_id" TEXT,
    "sequence" BIGINT NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_ns" INTEGER NOT NULL DEFAULT 0,
    "updated_ns" INTEGER NOT NULL DEFAULT 0,
    "resource_owner" UUID NOT NULL,

    CONSTRAINT "refresh_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "personal_access_tokens" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "token_hash" BYTEA,
    "expiration_date" TIMESTAMPTZ(3) NOT NULL,
    "expiration_ns" INTEGER NOT NULL DEFAULT 0,
    "scopes" TEXT[],
    "foreign_id" TEXT,
    "sequence" BIGINT NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_ns" INTEGER NOT NULL DEFAULT 0,
    "updated_ns" INTEGER NOT NULL DEFAULT 0,
    "resource_owner" UUID NOT NULL,

    CONSTRAINT "personal_access_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "auth_factors" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "kind" SMALLINT NOT NULL,
    "state" SMALLINT NOT NULL,
    "name" TEXT NOT NULL DEFAULT '',
    "foreign_id" TEXT,

    CONSTRAINT "auth_factors_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "passwordless_tokens" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "state" SMALLINT NOT NULL,
    "name" TEXT NOT NULL DEFAULT '',
    "foreign_id" TEXT,

    CONSTRAINT "passwordless_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "projects" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "foreign_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "projects_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "project_grants" (
    "id" UUID NOT NULL,
    "project_id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "role_keys" TEXT[],
    "foreign_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "project_grants_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user_grants" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "project_id" UUID NOT NULL,
    "project_grant_id" UUID,
    "role_keys" TEXT[],
    "state" SMALLINT NOT NULL,
    "foreign_id" TEXT,
    "sequence" BIGINT NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_ns" INTEGER NOT NULL DEFAULT 0,
    "updated_ns" INTEGER NOT NULL DEFAULT 0,
    "resource_owner" UUID NOT NULL,

    CONSTRAINT "user_grants_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "project_members" (
    "project_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "roles" TEXT[],
    "sequence" BIGINT NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_ns" INTEGER NOT NULL DEFAULT 0,
    "updated_ns" INTEGER NOT NULL DEFAULT 0,
    "resource_owner" UUID NOT NULL,

    CONSTRAINT "project_members_pkey" PRIMARY KEY ("project_id","user_id")
);

-- CreateTable
CREATE TABLE "project_grant_members" (
    "project_grant_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "roles" TEXT[],
    "sequence" BIGINT NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_ns" INTEGER NOT NULL DEFAULT 0,
    "updated_ns" INTEGER NOT NULL DEFAULT 0,
    "resource_owner" UUID NOT NULL,

    CONSTRAINT "project_grant_members_pkey" PRIMARY KEY ("project_grant_id","user_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "sessions_user_id_issuer_sid_key" ON "sessions"("user_id", "issuer", "sid");

-- CreateIndex
CREATE INDEX "refresh_tokens_user_id_idx" ON "refresh_tokens"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "personal_access_tokens_token_hash_key" ON "personal_access_tokens"("token_hash");

-- CreateIndex
CREATE INDEX "personal_access_tokens_user_id_idx" ON "personal_access_tokens"("user_id");

-- CreateIndex
CREATE INDEX "auth_factors_user_id_idx" ON "auth_factors"("user_id");

-- CreateIndex
CREATE INDEX "passwordless_tokens_user_id_idx" ON "passwordless_tokens"("user_id");

-- CreateIndex
CREATE INDEX "projects_account_id_name_id_idx" ON "projects"("account_id", "name", "id");

-- CreateIndex
CREATE INDEX "project_grants_account_id_idx" ON "project_grants"("account_id");

-- CreateIndex
CREATE UNIQUE INDEX "project_grants_project_id_account_id_key" ON "project_grants"("project_id", "account_id");

-- CreateIndex
CREATE INDEX "user_grants_user_id_idx" ON "user_grants"("user_id");

-- CreateIndex
CREATE INDEX "user_grants_project_id_idx" ON "user_grants"("project_id");

-- CreateIndex
CREATE INDEX "user_grants_resource_owner_idx" ON "user_grants"("resource_owner");

-- CreateIndex
CREATE INDEX "project_members_user_id_idx" ON "project_members"("user_id");

-- CreateIndex
CREATE INDEX "project_grant_members_user_id_idx" ON "project_grant_members"("user_id");

-- AddForeignKey
ALTER TABLE "user_login_names" ADD CONSTRAINT "user_login_names_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refresh_tokens" ADD CONSTRAINT "refresh_tokens_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "personal_access_tokens" ADD CONSTRAINT "personal_access_tokens_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "auth_factors" ADD CONSTRAINT "auth_factors_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "passwordless_tokens" ADD CONSTRAINT "passwordless_tokens_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "projects" ADD CONSTRAINT "projects_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "project_grants" ADD CONSTRAINT "project_grants_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "project_grants" ADD CONSTRAINT "project_grants_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "user_grants" ADD CONSTRAINT "user_grants_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "user_grants" ADD CONSTRAINT "user_grants_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "user_grants" ADD CONSTRAINT "user_grants_project_grant_id_fkey" FOREIGN KEY ("project_grant_id") REFERENCES "project_grants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "project_members" ADD CONSTRAINT "project_members_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "project_members" ADD CONSTRAINT "project_members_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "project_grant_members" ADD CONSTRAINT "project_grant_members_project_grant_id_fkey" FOREIGN KEY ("project_grant_id") REFERENCES "project_grants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "project_grant_members" ADD CONSTRAINT "project_grant_members_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- A login name leads to one user, whatever its letter case. Every user name is a login name.
CREATE UNIQUE INDEX "user_login_names_login_name_key" ON "user_login_names" (lower("login_name"));
INSERT INTO "user_login_names" ("user_id", "login_name") SELECT "id", "user_name" FROM "users";

-- Stored enums are the protobuf's known numbers, never "unspecified".
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_state_check" CHECK ("state" IN (1, 2));
ALTER TABLE "auth_factors"
  ADD CONSTRAINT "auth_factors_kind_check" CHECK ("kind" BETWEEN 1 AND 4),
  ADD CONSTRAINT "auth_factors_state_check" CHECK ("state" BETWEEN 1 AND 3);
ALTER TABLE "passwordless_tokens"
  ADD CONSTRAINT "passwordless_tokens_state_check" CHECK ("state" BETWEEN 1 AND 3);
ALTER TABLE "user_grants" ADD CONSTRAINT "user_grants_state_check" CHECK ("state" IN (1, 2));
ALTER TABLE "users" ADD CONSTRAINT "users_access_token_type_check" CHECK ("access_token_type" IN (0, 1));

-- AlterTable
ALTER TABLE "account_members" ADD COLUMN     "place" SMALLINT,
ADD COLUMN     "told" JSONB;

-- AlterTable
ALTER TABLE "accounts" ADD COLUMN     "foreign_id" TEXT;

-- AlterTable
ALTER TABLE "auth_factors" ADD COLUMN     "place" SMALLINT;

-- AlterTable
ALTER TABLE "instance_members" ADD COLUMN     "place" SMALLINT,
ADD COLUMN     "told" JSONB;

-- AlterTable
ALTER TABLE "passwordless_tokens" ADD COLUMN     "place" SMALLINT;

-- AlterTable
ALTER TABLE "personal_access_tokens" ADD COLUMN     "place" SMALLINT;

-- AlterTable
ALTER TABLE "project_grant_members" ADD COLUMN     "place" SMALLINT,
ADD COLUMN     "told" JSONB;

-- AlterTable
ALTER TABLE "project_members" ADD COLUMN     "place" SMALLINT,
ADD COLUMN     "told" JSONB;

-- AlterTable
ALTER TABLE "refresh_tokens" ADD COLUMN     "place" SMALLINT;

-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "place" SMALLINT,
ADD COLUMN     "told" JSONB;

-- AlterTable
ALTER TABLE "user_grants" ADD COLUMN     "place" SMALLINT,
ADD COLUMN     "told" JSONB;

-- AlterTable
ALTER TABLE "user_identities" ADD COLUMN     "place" SMALLINT;

-- AlterTable
ALTER TABLE "user_login_names" ADD COLUMN     "place" SMALLINT;

-- AlterTable
ALTER TABLE "users" ADD COLUMN     "preferred_login_name" TEXT;

-- CreateTable
CREATE TABLE "import_runs" (
    "file_key" TEXT NOT NULL,
    "offset" BIGINT NOT NULL DEFAULT 0,
    "lines" BIGINT NOT NULL DEFAULT 0,
    "accepted" BIGINT NOT NULL DEFAULT 0,
    "rejected" BIGINT NOT NULL DEFAULT 0,
    "rejected_file" TEXT NOT NULL,
    "rejected_bytes" BIGINT NOT NULL DEFAULT 0,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "import_runs_pkey" PRIMARY KEY ("file_key")
);

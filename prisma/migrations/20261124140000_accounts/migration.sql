-- CreateTable
CREATE TABLE "users" (
    "id" UUID NOT NULL,
    "type" SMALLINT NOT NULL,
    "state" SMALLINT NOT NULL,
    "user_name" TEXT NOT NULL,
    "resource_owner" UUID NOT NULL,
    "first_name" TEXT,
    "last_name" TEXT,
    "nick_name" TEXT,
    "display_name" TEXT,
    "preferred_language" TEXT,
    "gender" SMALLINT,
    "avatar_url" TEXT,
    "email" TEXT,
    "email_verified" BOOLEAN NOT NULL DEFAULT false,
    "phone" TEXT,
    "phone_verified" BOOLEAN NOT NULL DEFAULT false,
    "password_changed" TIMESTAMPTZ(3),
    "machine_name" TEXT,
    "description" TEXT,
    "has_secret" BOOLEAN NOT NULL DEFAULT false,
    "access_token_type" SMALLINT NOT NULL DEFAULT 0,
    "edited" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "sequence" BIGINT NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user_identities" (
    "issuer" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "user_identities_pkey" PRIMARY KEY ("issuer","subject")
);

-- CreateTable
CREATE TABLE "instance_members" (
    "user_id" UUID NOT NULL,
    "roles" TEXT[] DEFAULT ARRAY['IAM_OWNER']::TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "instance_members_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "accounts" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "type" SMALLINT NOT NULL,
    "stripe_customer_id" TEXT,
    "temporal_url" TEXT,
    "temporal_namespace" TEXT,
    "temporal_queue" TEXT,
    "onboarding_completed" BOOLEAN NOT NULL DEFAULT false,
    "max_allowed_records" BIGINT,
    "trial_started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "accounts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "account_members" (
    "account_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "role" SMALLINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "account_members_pkey" PRIMARY KEY ("account_id","user_id")
);

-- CreateTable
CREATE TABLE "account_invites" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "sender_user_id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "role" SMALLINT NOT NULL,
    "accepted_at" TIMESTAMPTZ(3),
    "accepted_by" UUID,
    "superseded_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "account_invites_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_entries" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" UUID,
    "actor_kind" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "account_id" UUID,
    "target_type" TEXT NOT NULL,
    "target_id" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "detail" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "audit_entries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rate_windows" (
    "key" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "rate_windows_pkey" PRIMARY KEY ("key","started_at")
);

-- CreateIndex
CREATE INDEX "users_resource_owner_idx" ON "users"("resource_owner");

-- CreateIndex
CREATE INDEX "user_identities_user_id_idx" ON "user_identities"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "accounts_stripe_customer_id_key" ON "accounts"("stripe_customer_id");

-- CreateIndex
CREATE INDEX "account_members_user_id_account_id_idx" ON "account_members"("user_id", "account_id");

-- CreateIndex
CREATE UNIQUE INDEX "account_invites_token_hash_key" ON "account_invites"("token_hash");

-- CreateIndex
CREATE INDEX "account_invites_account_id_created_at_id_idx" ON "account_invites"("account_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "account_invites_sender_user_id_idx" ON "account_invites"("sender_user_id");

-- CreateIndex
CREATE INDEX "audit_entries_account_id_at_idx" ON "audit_entries"("account_id", "at");

-- CreateIndex
CREATE INDEX "audit_entries_target_type_target_id_idx" ON "audit_entries"("target_type", "target_id");

-- CreateIndex
CREATE INDEX "rate_windows_started_at_idx" ON "rate_windows"("started_at");

-- AddForeignKey
ALTER TABLE "user_identities" ADD CONSTRAINT "user_identities_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "instance_members" ADD CONSTRAINT "instance_members_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account_members" ADD CONSTRAINT "account_members_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account_members" ADD CONSTRAINT "account_members_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account_invites" ADD CONSTRAINT "account_invites_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account_invites" ADD CONSTRAINT "account_invites_sender_user_id_fkey" FOREIGN KEY ("sender_user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Names are unique in the instance, whatever their letter case.
CREATE UNIQUE INDEX "users_user_name_key" ON "users" (lower("user_name"));

-- Stored enums are the protobuf's known numbers, never "unspecified".
ALTER TABLE "users"
  ADD CONSTRAINT "users_type_check" CHECK ("type" IN (1, 2)),
  ADD CONSTRAINT "users_state_check" CHECK ("state" BETWEEN 1 AND 6);
ALTER TABLE "accounts"
  ADD CONSTRAINT "accounts_type_check" CHECK ("type" BETWEEN 1 AND 3),
  ADD CONSTRAINT "accounts_max_allowed_records_check" CHECK ("max_allowed_records" >= 0);
ALTER TABLE "account_members" ADD CONSTRAINT "account_members_role_check" CHECK ("role" BETWEEN 1 AND 4);
ALTER TABLE "account_invites" ADD CONSTRAINT "account_invites_role_check" CHECK ("role" BETWEEN 1 AND 4);

-- The audit record is only ever added to.
CREATE FUNCTION "audit_entries_refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit record is only ever added to';
END $$;
CREATE TRIGGER "audit_entries_append_only" BEFORE UPDATE OR DELETE ON "audit_entries"
  FOR EACH ROW EXECUTE FUNCTION "audit_entries_refuse_change"();

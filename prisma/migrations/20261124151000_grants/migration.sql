-- A user is granted a project, or a project grant, once.
CREATE UNIQUE INDEX "user_grants_once_key"
  ON "user_grants" ("user_id", "project_id", coalesce("project_grant_id", '00000000-0000-0000-0000-000000000000'));

-- The order in which grants are listed when nobody asks for another.
CREATE INDEX "user_grants_created_at_created_ns_id_idx" ON "user_grants"("created_at", "created_ns", "id");

-- Who has a role.
CREATE INDEX "user_grants_role_keys_idx" ON "user_grants" USING GIN ("role_keys");

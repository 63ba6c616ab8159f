-- The user name is a login name too, and is found by the indexes of users: those of login names hold the others only.

ALTER TABLE "user_login_names" ADD COLUMN "is_user_name" BOOLEAN NOT NULL DEFAULT false;
UPDATE "user_login_names" l SET "is_user_name" = true
FROM "users" u WHERE u."id" = l."user_id" AND u."user_name" = l."login_name";

DROP INDEX IF EXISTS "user_login_names_order", "user_login_names_end", "user_login_names_trigrams";
DELETE FROM "deferred_indexes"
WHERE "name" IN ('user_login_names_order', 'user_login_names_end', 'user_login_names_trigrams');
CREATE INDEX "user_login_names_order" ON "user_login_names" ((lower("login_name") COLLATE "C")) WHERE NOT "is_user_name";
CREATE INDEX "user_login_names_end" ON "user_login_names" ((reverse(lower("login_name")) COLLATE "C")) WHERE NOT "is_user_name";
CREATE INDEX "user_login_names_trigrams" ON "user_login_names" USING gin (("trigrams_of"(lower("login_name")))) WHERE NOT "is_user_name";
ANALYZE "user_login_names";

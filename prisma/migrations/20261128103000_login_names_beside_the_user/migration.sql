-- The login names but the user name stand beside the user too, in one text, so that a search finds them as it finds any
-- other text of a user. Whom a name leads to is still for the rows to tell, where it is unique.

-- An import that was interrupted has not built all of them again.
DROP INDEX IF EXISTS "user_login_names_order", "user_login_names_end", "user_login_names_trigrams",
  "user_login_names_capitals", "users_capitals";
DELETE FROM "deferred_indexes" WHERE "name" IN ('user_login_names_order', 'user_login_names_end',
  'user_login_names_trigrams', 'user_login_names_capitals', 'users_capitals');
DROP STATISTICS "user_login_names_capitals", "user_login_names_endings", "user_login_names_parts";

-- With all indexes in place so many rows would be written ten times as slowly, in one statement that may outlast its time.
CREATE TABLE "indexes_away" AS
SELECT "indexrelid"::regclass::text AS "name", pg_get_indexdef("indexrelid") AS "definition"
FROM pg_index WHERE "indrelid" = '"users"'::regclass AND NOT "indisunique";
DO $$
DECLARE "one" RECORD;
BEGIN
  FOR "one" IN SELECT * FROM "indexes_away" LOOP EXECUTE 'DROP INDEX ' || "one"."name"; END LOOP;
END $$;

ALTER TABLE "users" ADD COLUMN     "other_login_names" TEXT;
UPDATE "users" u SET "other_login_names" = l."names"
FROM (
  SELECT l."user_id", E'\u0002' || string_agg(l."login_name", E'\u0002' ORDER BY l."place", l."login_name" COLLATE "C") || E'\u0002' AS "names"
  FROM "user_login_names" l JOIN "users" u ON u."id" = l."user_id" AND u."user_name" <> l."login_name" GROUP BY l."user_id"
) l WHERE l."user_id" = u."id";
ALTER TABLE "user_login_names" DROP COLUMN "is_user_name";

DO $$
DECLARE "one" RECORD;
BEGIN
  FOR "one" IN SELECT * FROM "indexes_away" LOOP EXECUTE "one"."definition"; END LOOP;
END $$;
DROP TABLE "indexes_away";

CREATE INDEX "users_other_login_names_trigrams" ON "users" USING gin (("trigrams_of"(lower("other_login_names"))));
CREATE INDEX "users_capitals" ON "users" ("id")
WHERE ("user_name" <> lower("user_name")) IS TRUE OR ("email" <> lower("email")) IS TRUE
  OR ("other_login_names" <> lower("other_login_names")) IS TRUE;
CREATE STATISTICS "users_other_login_names_capitals" ON (("other_login_names" <> lower("other_login_names"))) FROM "users";
ANALYZE "users", "user_login_names";

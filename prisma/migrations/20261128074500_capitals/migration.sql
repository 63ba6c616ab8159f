-- What lets the planner judge a search by itself.

-- The trigrams of a text cost about as much as fifty of the plainest operators, not a thousand.
ALTER FUNCTION "trigrams_of" (TEXT) COST 50;

-- A text with a capital letter in it is in none without one. Of user names and e-mail addresses few have any: so a search
-- that minds case and asks for one does not look at everybody whom it finds but for the case.
CREATE INDEX "users_capitals" ON "users" ("id")
WHERE ("user_name" <> lower("user_name")) IS TRUE OR ("email" <> lower("email")) IS TRUE;
CREATE INDEX "user_login_names_capitals" ON "user_login_names" ("user_id")
WHERE NOT "is_user_name" AND ("login_name" <> lower("login_name")) IS TRUE;

-- The statistics of an index that holds some rows only are not used: these are.
CREATE STATISTICS "users_user_name_capitals" ON (("user_name" <> lower("user_name"))) FROM "users";
CREATE STATISTICS "users_email_capitals" ON (("email" <> lower("email"))) FROM "users";
CREATE STATISTICS "user_login_names_capitals" ON (("login_name" <> lower("login_name"))) FROM "user_login_names";
CREATE STATISTICS "user_login_names_endings" ON (reverse(lower("login_name")) COLLATE "C") FROM "user_login_names";
CREATE STATISTICS "user_login_names_parts" ON (trigrams_of(lower("login_name"))) FROM "user_login_names";
ANALYZE "users", "user_login_names";

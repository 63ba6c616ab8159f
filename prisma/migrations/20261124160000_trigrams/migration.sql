-- What a text contains, found by its trigrams, whatever signs they are made of. In the place of pg_trgm, which knows
-- letters and digits only and nothing about texts of one or two signs.

-- Every three signs in a row of a text, and its last two and its last one: so each sign of it begins one of them.
-- U+0001 parts them while they are made, so that it is in none of them.
CREATE FUNCTION "trigrams_of" ("whole" TEXT) RETURNS TSVECTOR
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000
RETURN array_to_tsvector(array_remove(string_to_array(
  regexp_replace("whole", '(.{1,3})', E'\\1\u0001', 'g')
  || regexp_replace(substr("whole", 2), '(.{1,3})', E'\\1\u0001', 'g')
  || regexp_replace(substr("whole", 3), '(.{1,3})', E'\\1\u0001', 'g'), E'\u0001'), ''));

-- What the trigrams of every text are like that contains this one, which is not empty. They say "maybe": whether the
-- signs follow each other is for the text itself to tell.
CREATE FUNCTION "trigrams_with" ("part" TEXT) RETURNS TSQUERY
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
  SELECT string_agg(DISTINCT
    '''' || replace(replace(substr("part", "at", 3), E'\\', E'\\\\'), '''', '''''') || ''''
    || CASE WHEN length("part") < 3 THEN ':*' ELSE '' END, ' & ')
  FROM generate_series(1, greatest(length("part") - 2, 1)) AS "at")::tsquery;

CREATE INDEX "users_trigrams" ON "users" USING gin (
  ("trigrams_of"(lower("user_name"))), ("trigrams_of"(lower("first_name"))), ("trigrams_of"(lower("last_name"))),
  ("trigrams_of"(lower("nick_name"))), ("trigrams_of"(lower("display_name"))), ("trigrams_of"(lower("email"))));
CREATE INDEX "user_login_names_trigrams" ON "user_login_names" USING gin (("trigrams_of"(lower("login_name"))));

-- Last, because from here on nobody else can read these tables until this is over.
DROP INDEX "users_user_name_part", "users_first_name_part", "users_last_name_part", "users_nick_name_part",
  "users_display_name_part", "users_email_part", "user_login_names_part";

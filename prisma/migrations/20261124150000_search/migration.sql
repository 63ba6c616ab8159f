-- What the search of users is quick by. Texts are folded by lower() in the database's own locale; the folded copy is
-- compared byte by byte (collation "C"), so that one b-tree finds equal texts and beginnings, and sorts.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- Equal, begins with, order. An absent text sorts as the highest there is, so that a sort key is never NULL.
CREATE INDEX "users_user_name_order" ON "users" ((lower("user_name") COLLATE "C"), "id");
CREATE INDEX "users_first_name_order" ON "users" ((coalesce(lower("first_name"), U&'\+10FFFF') COLLATE "C"), "id");
CREATE INDEX "users_last_name_order" ON "users" ((coalesce(lower("last_name"), U&'\+10FFFF') COLLATE "C"), "id");
CREATE INDEX "users_nick_name_order" ON "users" ((coalesce(lower("nick_name"), U&'\+10FFFF') COLLATE "C"), "id");
CREATE INDEX "users_display_name_order" ON "users" ((coalesce(lower("display_name"), U&'\+10FFFF') COLLATE "C"), "id");
CREATE INDEX "users_email_order" ON "users" ((coalesce(lower("email"), U&'\+10FFFF') COLLATE "C"), "id");
CREATE INDEX "user_login_names_order" ON "user_login_names" ((lower("login_name") COLLATE "C"));

-- Ends with.
CREATE INDEX "users_user_name_end" ON "users" ((reverse(lower("user_name")) COLLATE "C"));
CREATE INDEX "users_first_name_end" ON "users" ((reverse(lower("first_name")) COLLATE "C"));
CREATE INDEX "users_last_name_end" ON "users" ((reverse(lower("last_name")) COLLATE "C"));
CREATE INDEX "users_nick_name_end" ON "users" ((reverse(lower("nick_name")) COLLATE "C"));
CREATE INDEX "users_display_name_end" ON "users" ((reverse(lower("display_name")) COLLATE "C"));
CREATE INDEX "users_email_end" ON "users" ((reverse(lower("email")) COLLATE "C"));
CREATE INDEX "user_login_names_end" ON "user_login_names" ((reverse(lower("login_name")) COLLATE "C"));

-- Contains, from three letters on.
CREATE INDEX "users_user_name_part" ON "users" USING gin ((lower("user_name")) gin_trgm_ops);
CREATE INDEX "users_first_name_part" ON "users" USING gin ((lower("first_name")) gin_trgm_ops);
CREATE INDEX "users_last_name_part" ON "users" USING gin ((lower("last_name")) gin_trgm_ops);
CREATE INDEX "users_nick_name_part" ON "users" USING gin ((lower("nick_name")) gin_trgm_ops);
CREATE INDEX "users_display_name_part" ON "users" USING gin ((lower("display_name")) gin_trgm_ops);
CREATE INDEX "users_email_part" ON "users" USING gin ((lower("email")) gin_trgm_ops);
CREATE INDEX "user_login_names_part" ON "user_login_names" USING gin ((lower("login_name")) gin_trgm_ops);

-- The orders and conditions that are no text. Users in one state, or of one type, are sorted by user name.
CREATE INDEX "users_state_order" ON "users" ("state", (lower("user_name") COLLATE "C"), "id");
CREATE INDEX "users_type_order" ON "users" ("type", (lower("user_name") COLLATE "C"), "id");
CREATE INDEX "users_created_order" ON "users" ("created_at", "created_ns", "id");

-- The users of each state and of each type, by user name, in an index of its own. An index that begins with the state has
-- them too, but the planner takes users whose states are alike for users who lie together: it then followed the names of
-- hundreds of thousands through that index, one by one.
CREATE INDEX "users_active_order" ON "users" ((lower("user_name") COLLATE "C"), "id") WHERE "state" = 1;
CREATE INDEX "users_inactive_order" ON "users" ((lower("user_name") COLLATE "C"), "id") WHERE "state" = 2;
CREATE INDEX "users_deleted_order" ON "users" ((lower("user_name") COLLATE "C"), "id") WHERE "state" = 3;
CREATE INDEX "users_locked_order" ON "users" ((lower("user_name") COLLATE "C"), "id") WHERE "state" = 4;
CREATE INDEX "users_suspend_order" ON "users" ((lower("user_name") COLLATE "C"), "id") WHERE "state" = 5;
CREATE INDEX "users_initial_order" ON "users" ((lower("user_name") COLLATE "C"), "id") WHERE "state" = 6;
CREATE INDEX "users_human_order" ON "users" ((lower("user_name") COLLATE "C"), "id") WHERE "type" = 1;
CREATE INDEX "users_machine_order" ON "users" ((lower("user_name") COLLATE "C"), "id") WHERE "type" = 2;
-- The planner knows nothing of the expressions of an index before that.
ANALYZE "users";

-- Last, because from here on nobody else can read the users until this is over. An import that was interrupted has them
-- away.
DROP INDEX IF EXISTS "users_state_order", "users_type_order";
DELETE FROM "deferred_indexes" WHERE "name" IN ('users_state_order', 'users_type_order');

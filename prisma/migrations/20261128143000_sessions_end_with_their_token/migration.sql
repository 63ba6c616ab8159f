-- A session that is a single token ends with it. Null where a session has many tokens, and for those there are already.
ALTER TABLE "sessions" ADD COLUMN "ends_at" TIMESTAMPTZ(3);

-- Whoever changes an account tells every process, within the same transaction: what is rolled back was never told, and
-- what is told twice arrives once. Listeners get {"topic": "members" | "invites" | "validity", "accountId": "..."}.
--
-- What changes very many rows may keep quiet: SELECT set_config('gatehouse.quiet', 'on', true). Streams that are open
-- then end in time when their member is gone, and hear of everything else with the next change.
CREATE FUNCTION "tell_account"(topic TEXT, account_id UUID) RETURNS void LANGUAGE sql AS $$
  SELECT pg_notify('gatehouse_account', json_build_object('topic', topic, 'accountId', account_id)::text)
$$;

CREATE FUNCTION "is_quiet"() RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT coalesce(current_setting('gatehouse.quiet', true), '') = 'on'
$$;

-- For tables with an account_id; the topic is the trigger's argument.
CREATE FUNCTION "tell_row_of_account"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "tell_account"(TG_ARGV[0], CASE TG_OP WHEN 'DELETE' THEN OLD."account_id" ELSE NEW."account_id" END);
  RETURN NULL;
END $$;

-- The condition is looked at before anything is queued, so that quiet costs nothing, however many rows there are.
CREATE TRIGGER "account_members_tell" AFTER INSERT OR DELETE ON "account_members"
  FOR EACH ROW WHEN (NOT "is_quiet"()) EXECUTE FUNCTION "tell_row_of_account"('members');
CREATE TRIGGER "account_members_tell_update" AFTER UPDATE ON "account_members"
  FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.* AND NOT "is_quiet"()) EXECUTE FUNCTION "tell_row_of_account"('members');
CREATE TRIGGER "account_invites_tell" AFTER INSERT OR DELETE ON "account_invites"
  FOR EACH ROW WHEN (NOT "is_quiet"()) EXECUTE FUNCTION "tell_row_of_account"('invites');
CREATE TRIGGER "account_invites_tell_update" AFTER UPDATE ON "account_invites"
  FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.* AND NOT "is_quiet"()) EXECUTE FUNCTION "tell_row_of_account"('invites');

CREATE FUNCTION "tell_validity_of_account"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "tell_account"('validity', NEW."id");
  RETURN NULL;
END $$;
CREATE TRIGGER "accounts_tell" AFTER UPDATE ON "accounts" FOR EACH ROW WHEN (
  (OLD."type", OLD."stripe_customer_id", OLD."max_allowed_records", OLD."trial_started_at")
    IS DISTINCT FROM (NEW."type", NEW."stripe_customer_id", NEW."max_allowed_records", NEW."trial_started_at")
  AND NOT "is_quiet"()
) EXECUTE FUNCTION "tell_validity_of_account"();

-- For tables with a customer_id of the payment provider.
CREATE FUNCTION "tell_validity_of_customer"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "tell_account"('validity', a."id") FROM "accounts" a
  WHERE a."stripe_customer_id" = CASE TG_OP WHEN 'DELETE' THEN OLD."customer_id" ELSE NEW."customer_id" END;
  RETURN NULL;
END $$;
CREATE TRIGGER "billing_subscriptions_tell" AFTER INSERT OR DELETE ON "billing_subscriptions"
  FOR EACH ROW WHEN (NOT "is_quiet"()) EXECUTE FUNCTION "tell_validity_of_customer"();
CREATE TRIGGER "billing_subscriptions_tell_update" AFTER UPDATE ON "billing_subscriptions" FOR EACH ROW WHEN (
  (OLD."customer_id", OLD."status", OLD."period_start", OLD."period_end")
    IS DISTINCT FROM (NEW."customer_id", NEW."status", NEW."period_start", NEW."period_end")
  AND NOT "is_quiet"()
) EXECUTE FUNCTION "tell_validity_of_customer"();
-- A change that was reported and not looked at yet: whoever reads now looks.
CREATE TRIGGER "billing_states_tell_update" AFTER UPDATE ON "billing_states" FOR EACH ROW WHEN (
  OLD."changes" IS DISTINCT FROM NEW."changes" AND NOT "is_quiet"()
) EXECUTE FUNCTION "tell_validity_of_customer"();

-- What is used bears on validity only where there is a limit, so that metering elsewhere tells nobody.
CREATE FUNCTION "tell_validity_of_used"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "tell_account"('validity', a."id") FROM "accounts" a
  WHERE a."id" = NEW."account_id" AND a."max_allowed_records" IS NOT NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER "meter_events_tell" AFTER INSERT ON "meter_events"
  FOR EACH ROW WHEN (NOT "is_quiet"()) EXECUTE FUNCTION "tell_validity_of_used"();

-- The audit record is only ever added to, also not emptied as a whole.
CREATE TRIGGER "audit_entries_keep" BEFORE TRUNCATE ON "audit_entries"
  FOR EACH STATEMENT EXECUTE FUNCTION "audit_entries_refuse_change"();

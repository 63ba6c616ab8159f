-- CreateTable
CREATE TABLE "billing_customers" (
    "account_id" UUID NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "request" JSONB NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "billing_customers_pkey" PRIMARY KEY ("account_id")
);

-- CreateTable
CREATE TABLE "billing_states" (
    "customer_id" TEXT NOT NULL,
    "refreshed_at" TIMESTAMPTZ(3),
    "changes" BIGINT NOT NULL DEFAULT 0,
    "seen_changes" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "billing_states_pkey" PRIMARY KEY ("customer_id")
);

-- CreateTable
CREATE TABLE "billing_subscriptions" (
    "id" TEXT NOT NULL,
    "customer_id" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "period_start" TIMESTAMPTZ(3),
    "period_end" TIMESTAMPTZ(3),
    "as_of" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "billing_subscriptions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "billing_requests" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "requested_by" UUID NOT NULL,
    "session_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "billing_requests_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_events" (
    "id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "facts" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "applied_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "webhook_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "meter_events" (
    "event_id" TEXT NOT NULL,
    "account_id" UUID NOT NULL,
    "event_name" TEXT NOT NULL,
    "value" BIGINT NOT NULL,
    "given_at" TIMESTAMPTZ(3),
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "customer_id" TEXT,
    "state" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL,
    "uncertain_since" TIMESTAMPTZ(3),
    "last_error" TEXT,
    "accepted_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "meter_events_pkey" PRIMARY KEY ("event_id")
);

-- CreateIndex
CREATE INDEX "billing_subscriptions_customer_id_idx" ON "billing_subscriptions"("customer_id");

-- CreateIndex
CREATE INDEX "billing_requests_account_id_created_at_idx" ON "billing_requests"("account_id", "created_at");

-- CreateIndex
CREATE INDEX "webhook_events_received_at_idx" ON "webhook_events"("received_at");

-- CreateIndex
CREATE INDEX "meter_events_account_id_occurred_at_idx" ON "meter_events"("account_id", "occurred_at");

-- What is due, and what was given up, without a look at the rest.
CREATE INDEX "meter_events_pending_idx" ON "meter_events"("next_attempt_at") WHERE "state" = 'pending';
CREATE INDEX "meter_events_dead_idx" ON "meter_events"("settled_at", "event_id") WHERE "state" = 'dead';
CREATE INDEX "webhook_events_unapplied_idx" ON "webhook_events"("attempts", "received_at") WHERE "applied_at" IS NULL;

ALTER TABLE "meter_events"
  ADD CONSTRAINT "meter_events_state_check" CHECK ("state" IN ('kept', 'pending', 'delivered', 'dead')),
  ADD CONSTRAINT "meter_events_value_check" CHECK ("value" >= 0),
  ADD CONSTRAINT "meter_events_customer_check" CHECK (("customer_id" IS NULL) = ("state" = 'kept'));

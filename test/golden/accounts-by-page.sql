-- 1
SELECT u.id, u.state, EXISTS (SELECT 1 FROM instance_members i WHERE i.user_id = u.id) AS operator
FROM user_identities ui JOIN users u ON u.id = ui.user_id
WHERE ui.issuer = $1 AND ui.subject = $2;

-- 2
SELECT account.*, asked.id AS "memberId" FROM unnest($1::uuid[]) WITH ORDINALITY AS asked (id, place)
CROSS JOIN LATERAL (
SELECT 
a.id, a.slug, a.type, a.stripe_customer_id AS "stripeCustomerId", a.temporal_url AS "temporalUrl",
a.temporal_namespace AS "temporalNamespace", a.temporal_queue AS "temporalQueue",
a.onboarding_completed AS "onboardingCompleted", a.max_allowed_records AS "maxAllowedRecords",
a.trial_started_at AS "trialStartedAt", a.created_at AS "createdAt", a.updated_at AS "updatedAt", json_build_array((a.type <> $2::int)::int::text,a.slug COLLATE "C"::text,a.id::text)::text AS cursor
FROM account_members m JOIN accounts a ON a.id = m.account_id
WHERE m.user_id = asked.id AND EXISTS (SELECT 1 FROM account_members seen
WHERE seen.account_id = a.id AND seen.user_id = $3::uuid) AND TRUE
AND TRUE
ORDER BY (a.type <> $4::int)::int ASC,a.slug COLLATE "C" ASC,a.id ASC LIMIT $5
) account
ORDER BY asked.place;

-- 3
SELECT account.*, asked.id AS "memberId" FROM unnest($1::uuid[]) WITH ORDINALITY AS asked (id, place)
CROSS JOIN LATERAL (
SELECT 
a.id, a.slug, a.type, a.stripe_customer_id AS "stripeCustomerId", a.temporal_url AS "temporalUrl",
a.temporal_namespace AS "temporalNamespace", a.temporal_queue AS "temporalQueue",
a.onboarding_completed AS "onboardingCompleted", a.max_allowed_records AS "maxAllowedRecords",
a.trial_started_at AS "trialStartedAt", a.created_at AS "createdAt", a.updated_at AS "updatedAt", json_build_array((a.type <> $2::int)::int::text,a.slug COLLATE "C"::text,a.id::text)::text AS cursor
FROM account_members m JOIN accounts a ON a.id = m.account_id
WHERE m.user_id = asked.id AND EXISTS (SELECT 1 FROM account_members seen
WHERE seen.account_id = a.id AND seen.user_id = $3::uuid) AND TRUE
AND TRUE
ORDER BY (a.type <> $4::int)::int DESC,a.slug COLLATE "C" DESC,a.id DESC LIMIT $5
) account
ORDER BY asked.place;

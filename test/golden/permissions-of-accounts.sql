-- 1
SELECT 
u.id AS "userId", u.state, EXISTS (SELECT 1 FROM instance_members i WHERE i.user_id = u.id
AND 'IAM_OWNER' = ANY(i.roles)) AS operator, s.state AS session
FROM unnest((SELECT $1::text[]), (SELECT $2::text[]), (SELECT $3::text[]))
WITH ORDINALITY AS asked (issuer, subject, sid, place)
LEFT JOIN user_identities ui ON ui.issuer = asked.issuer AND ui.subject = asked.subject
LEFT JOIN users u ON u.id = ui.user_id
LEFT JOIN sessions s ON s.user_id = u.id AND s.issuer = ui.issuer AND s.sid = asked.sid
ORDER BY asked.place;

-- 2
SELECT a.id AS "accountId", a.type, m.role
FROM accounts a LEFT JOIN account_members m ON m.account_id = a.id AND m.user_id = $1::uuid
WHERE a.id = ANY((SELECT $2::uuid[])::uuid[]);

-- 3
SELECT account.*, asked.id AS "memberId" FROM unnest((SELECT $1::uuid[])::uuid[]) WITH ORDINALITY AS asked (id, place)
CROSS JOIN LATERAL (
SELECT 
a.id, a.slug, a.type, a.stripe_customer_id AS "stripeCustomerId", a.temporal_url AS "temporalUrl",
a.temporal_namespace AS "temporalNamespace", a.temporal_queue AS "temporalQueue",
a.onboarding_completed AS "onboardingCompleted", a.max_allowed_records AS "maxAllowedRecords",
a.trial_started_at AS "trialStartedAt", a.created_at AS "createdAt", a.updated_at AS "updatedAt",
a.foreign_id AS "foreignId", json_build_array((a.type <> $2::int)::int::text,a.slug COLLATE "C"::text,a.id::text)::text AS cursor
FROM account_members m JOIN accounts a ON a.id = m.account_id
WHERE m.user_id = asked.id AND EXISTS (SELECT 1 FROM account_members seen
WHERE seen.account_id = a.id AND seen.user_id = $3::uuid) AND TRUE AND TRUE
ORDER BY (a.type <> $4::int)::int ASC,a.slug COLLATE "C" ASC,a.id ASC LIMIT $5
) account
ORDER BY asked.place;

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

-- 3
SELECT asked.id, (SELECT count(*) FROM (
SELECT 1 FROM account_members m
WHERE m.user_id = asked.id AND EXISTS (SELECT 1 FROM account_members seen
WHERE seen.account_id = m.account_id AND seen.user_id = $1::uuid) LIMIT $2::bigint
) counted) AS total
FROM unnest((SELECT $3::uuid[])::uuid[]) AS asked (id);

-- 4
SELECT asked.place, 
u.id, u.type, u.state, u.user_name AS "userName", u.resource_owner AS "resourceOwner",
u.first_name AS "firstName", u.last_name AS "lastName", u.nick_name AS "nickName", u.display_name AS "displayName",
u.preferred_language AS "preferredLanguage", u.gender, u.avatar_url AS "avatarUrl",
u.email, u.email_verified AS "emailVerified", u.phone, u.phone_verified AS "phoneVerified",
u.password_changed AS "passwordChanged", u.machine_name AS "machineName", u.description,
u.has_secret AS "hasSecret", u.access_token_type AS "accessTokenType", u.edited, u.sequence,
u.created_at AS "createdAt", u.updated_at AS "updatedAt", u.created_ns AS "createdNs", u.updated_ns AS "updatedNs",
u.password_changed_ns AS "passwordChangedNs", u.state_before_lock AS "stateBeforeLock", u.foreign_id AS "foreignId",
u.preferred_login_name AS "preferredName"
FROM unnest((SELECT $1::int[]), (SELECT $2::uuid[])::uuid[],
(SELECT $3::uuid[])::uuid[]) AS asked (place, viewer, id)
JOIN users u ON u.id = asked.id
WHERE (u.id = asked.viewer
OR EXISTS (SELECT 1 FROM account_members mine WHERE mine.account_id = u.resource_owner AND mine.user_id = asked.viewer)
OR EXISTS (SELECT 1 FROM account_members theirs
WHERE theirs.user_id = u.id AND EXISTS (SELECT 1 FROM account_members mine WHERE mine.account_id = theirs.account_id AND mine.user_id = asked.viewer)));

-- 5
SELECT l.user_id AS "userId",
array_agg(l.login_name ORDER BY l.login_name <> coalesce(nullif(u.preferred_login_name, ''), u.user_name),
l.place, l.login_name COLLATE "C") AS names
FROM user_login_names l JOIN users u ON u.id = l.user_id
WHERE l.user_id = ANY((SELECT $1::uuid[])::uuid[]) GROUP BY l.user_id;

-- 1
SELECT 
a.id, a.slug, a.type, a.stripe_customer_id AS "stripeCustomerId", a.temporal_url AS "temporalUrl",
a.temporal_namespace AS "temporalNamespace", a.temporal_queue AS "temporalQueue",
a.onboarding_completed AS "onboardingCompleted", a.max_allowed_records AS "maxAllowedRecords",
a.trial_started_at AS "trialStartedAt", a.created_at AS "createdAt", a.updated_at AS "updatedAt",
a.foreign_id AS "foreignId" FROM accounts a
WHERE a.id = ANY((SELECT $1::uuid[])::uuid[]) AND EXISTS (SELECT 1 FROM account_members seen
WHERE seen.account_id = a.id AND seen.user_id = $2::uuid);

-- 2
SELECT 
u.id AS "userId", u.state, EXISTS (SELECT 1 FROM instance_members i WHERE i.user_id = u.id
AND 'IAM_OWNER' = ANY(i.roles)) AS operator, s.state AS session
FROM unnest((SELECT $1::text[]), (SELECT $2::text[]), (SELECT $3::text[]))
WITH ORDINALITY AS asked (issuer, subject, sid, place)
LEFT JOIN user_identities ui ON ui.issuer = asked.issuer AND ui.subject = asked.subject
LEFT JOIN users u ON u.id = ui.user_id
LEFT JOIN sessions s ON s.user_id = u.id AND s.issuer = ui.issuer AND s.sid = asked.sid
ORDER BY asked.place;

-- 3
SELECT "t0"."id", "t0"."account_id" AS "accountId", "t0"."sender_user_id" AS "senderUserId", "t0"."email", "t0"."token_hash" AS "tokenHash", "t0"."role", "t0"."accepted_at" AS "acceptedAt", "t0"."accepted_by" AS "acceptedBy", "t0"."superseded_at" AS "supersededAt", "t0"."expires_at" AS "expiresAt", "t0"."created_at" AS "createdAt", "t0"."updated_at" AS "updatedAt", "AccountInvite_account"."__prisma_data__" AS "account" FROM "public"."account_invites" AS "t0" LEFT JOIN LATERAL (SELECT JSONB_BUILD_OBJECT('id', "t1"."id", 'slug', "t1"."slug", 'type', "t1"."type", 'stripeCustomerId', "t1"."stripe_customer_id", 'temporalUrl', "t1"."temporal_url", 'temporalNamespace', "t1"."temporal_namespace", 'temporalQueue', "t1"."temporal_queue", 'onboardingCompleted', "t1"."onboarding_completed", 'maxAllowedRecords', "t1"."max_allowed_records"::text, 'trialStartedAt', "t1"."trial_started_at", 'createdAt', "t1"."created_at", 'updatedAt', "t1"."updated_at", 'foreignId', "t1"."foreign_id") AS "__prisma_data__" FROM "public"."accounts" AS "t1" WHERE "t0"."account_id" = "t1"."id" LIMIT $1) AS "AccountInvite_account" ON true WHERE "t0"."id" IN ($2,$3);

-- 4
SELECT a.id AS "accountId", a.type, m.role
FROM accounts a LEFT JOIN account_members m ON m.account_id = a.id AND m.user_id = $1::uuid
WHERE a.id = ANY((SELECT $2::uuid[])::uuid[]);

-- 5
SELECT asked.id, (SELECT count(*) FROM (
SELECT 1 FROM account_invites i WHERE i.account_id = asked.id AND 
i.accepted_at IS NULL AND i.superseded_at IS NULL AND i.expires_at > $1::timestamptz LIMIT $2::bigint
) counted) AS total
FROM unnest((SELECT $3::uuid[])::uuid[]) AS asked (id)
WHERE EXISTS (SELECT 1 FROM account_members seen
WHERE seen.account_id = asked.id AND seen.user_id = $4::uuid);

-- 6
SELECT asked.id, (SELECT count(*) FROM (
SELECT 1 FROM account_members m WHERE m.account_id = asked.id LIMIT $1::bigint) counted) AS total
FROM unnest((SELECT $2::uuid[])::uuid[]) AS asked (id)
WHERE EXISTS (SELECT 1 FROM account_members seen
WHERE seen.account_id = asked.id AND seen.user_id = $3::uuid);

-- 7
SELECT asked.id, (SELECT count(*) FROM (
SELECT 1 FROM account_members m WHERE m.account_id = asked.id LIMIT $1::bigint) counted) AS total
FROM unnest((SELECT $2::uuid[])::uuid[]) AS asked (id)
WHERE EXISTS (SELECT 1 FROM account_members seen
WHERE seen.account_id = asked.id AND seen.user_id = $3::uuid);

-- 8
SELECT invite.* FROM unnest((SELECT $1::uuid[])::uuid[]) WITH ORDINALITY AS asked (id, place)
CROSS JOIN LATERAL (
SELECT i.id, i.account_id AS "accountId", i.sender_user_id AS "senderUserId", i.email,
i.token_hash AS "tokenHash", i.role, i.accepted_at AS "acceptedAt", i.accepted_by AS "acceptedBy",
i.superseded_at AS "supersededAt", i.expires_at AS "expiresAt", i.created_at AS "createdAt",
i.updated_at AS "updatedAt", json_build_array(i.created_at::text,i.id::text)::text AS cursor
FROM account_invites i
WHERE i.account_id = asked.id AND 
i.accepted_at IS NULL AND i.superseded_at IS NULL AND i.expires_at > $2::timestamptz AND TRUE AND TRUE
ORDER BY i.created_at DESC,i.id DESC LIMIT $3
) invite
WHERE EXISTS (SELECT 1 FROM account_members seen
WHERE seen.account_id = asked.id AND seen.user_id = $4::uuid)
ORDER BY asked.place;

-- 9
SELECT member.* FROM unnest((SELECT $1::uuid[])::uuid[]) WITH ORDINALITY AS asked (id, place)
CROSS JOIN LATERAL (
SELECT 
u.id, u.type, u.state, u.user_name AS "userName", u.resource_owner AS "resourceOwner",
u.first_name AS "firstName", u.last_name AS "lastName", u.nick_name AS "nickName", u.display_name AS "displayName",
u.preferred_language AS "preferredLanguage", u.gender, u.avatar_url AS "avatarUrl",
u.email, u.email_verified AS "emailVerified", u.phone, u.phone_verified AS "phoneVerified",
u.password_changed AS "passwordChanged", u.machine_name AS "machineName", u.description,
u.has_secret AS "hasSecret", u.access_token_type AS "accessTokenType", u.edited, u.sequence,
u.created_at AS "createdAt", u.updated_at AS "updatedAt", u.created_ns AS "createdNs", u.updated_ns AS "updatedNs",
u.password_changed_ns AS "passwordChangedNs", u.state_before_lock AS "stateBeforeLock", u.foreign_id AS "foreignId",
u.preferred_login_name AS "preferredName", m.account_id AS "accountId", m.role, json_build_array(lower(coalesce(u.display_name, u.machine_name, u.user_name)) COLLATE "C"::text,u.id::text)::text AS cursor
FROM account_members m JOIN users u ON u.id = m.user_id
WHERE m.account_id = asked.id AND TRUE AND TRUE
ORDER BY lower(coalesce(u.display_name, u.machine_name, u.user_name)) COLLATE "C" ASC,u.id ASC LIMIT $2
) member
WHERE EXISTS (SELECT 1 FROM account_members seen
WHERE seen.account_id = asked.id AND seen.user_id = $3::uuid)
ORDER BY asked.place;

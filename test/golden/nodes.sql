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
g.id, g.role_keys AS "roleKeys", g.state, g.foreign_id AS "foreignId", g.sequence,
g.created_at AS "createdAt", g.updated_at AS "updatedAt", g.created_ns AS "createdNs",
g.updated_ns AS "updatedNs", g.resource_owner AS "resourceOwner",
u.id AS "userId", u.type AS "userType", u.user_name AS "userName",
coalesce(nullif(u.preferred_login_name, ''), u.user_name) AS "preferredLoginName", u.first_name AS "firstName",
u.last_name AS "lastName", u.display_name AS "displayName", u.email, u.avatar_url AS "avatarUrl",
p.id AS "projectId", p.name AS "projectName",
a.id AS "orgId", a.slug AS "orgName", (a.slug || $1::text) AS "orgDomain",
pg.id AS "projectGrantId", ga.id AS "grantedOrgId", ga.slug AS "grantedOrgName",
(ga.slug || $2::text) AS "grantedOrgDomain" FROM 
user_grants g
JOIN users u ON u.id = g.user_id
JOIN projects p ON p.id = g.project_id
JOIN accounts a ON a.id = p.account_id
LEFT JOIN project_grants pg ON pg.id = g.project_grant_id
LEFT JOIN accounts ga ON ga.id = pg.account_id
WHERE g.id = ANY((SELECT $3::uuid[])::uuid[]) AND (g.user_id = $4::uuid
OR (g.project_id = ANY(ARRAY(
SELECT theirs.id FROM projects theirs WHERE EXISTS (SELECT 1 FROM account_members seen
WHERE seen.account_id = theirs.account_id AND seen.user_id = $5::uuid)))
AND (u.id = $6::uuid
OR u.resource_owner IN (SELECT mine.account_id FROM account_members mine WHERE mine.user_id = $7::uuid)
OR EXISTS (SELECT 1 FROM account_members theirs
WHERE theirs.user_id = u.id AND theirs.account_id IN (SELECT mine.account_id FROM account_members mine WHERE mine.user_id = $8::uuid)))));

-- 3
SELECT 
u.id AS "userId", u.state, EXISTS (SELECT 1 FROM instance_members i WHERE i.user_id = u.id
AND 'IAM_OWNER' = ANY(i.roles)) AS operator, s.state AS session
FROM unnest((SELECT $1::text[]), (SELECT $2::text[]), (SELECT $3::text[]))
WITH ORDINALITY AS asked (issuer, subject, sid, place)
LEFT JOIN user_identities ui ON ui.issuer = asked.issuer AND ui.subject = asked.subject
LEFT JOIN users u ON u.id = ui.user_id
LEFT JOIN sessions s ON s.user_id = u.id AND s.issuer = ui.issuer AND s.sid = asked.sid
ORDER BY asked.place;

-- 4
SELECT "t0"."id", "t0"."account_id" AS "accountId", "t0"."sender_user_id" AS "senderUserId", "t0"."email", "t0"."token_hash" AS "tokenHash", "t0"."role", "t0"."accepted_at" AS "acceptedAt", "t0"."accepted_by" AS "acceptedBy", "t0"."superseded_at" AS "supersededAt", "t0"."expires_at" AS "expiresAt", "t0"."created_at" AS "createdAt", "t0"."updated_at" AS "updatedAt" FROM "public"."account_invites" AS "t0" LEFT JOIN "public"."accounts" AS "j1" ON ("j1"."id") = ("t0"."account_id") WHERE ("t0"."id" IN ($1,$2,$3,$4,$5,$6) AND (EXISTS(SELECT "t2"."account_id" FROM "public"."account_members" AS "t2" WHERE ("t2"."user_id" = $7 AND ("j1"."id") = ("t2"."account_id") AND "t2"."account_id" IS NOT NULL)) AND ("j1"."id" IS NOT NULL)));

-- 5
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

-- 1
SELECT u.id, u.state, EXISTS (SELECT 1 FROM instance_members i WHERE i.user_id = u.id) AS operator
FROM user_identities ui JOIN users u ON u.id = ui.user_id
WHERE ui.issuer = $1 AND ui.subject = $2;

-- 2
SELECT 
u.id, u.type, u.state, u.user_name AS "userName", u.resource_owner AS "resourceOwner",
u.first_name AS "firstName", u.last_name AS "lastName", u.nick_name AS "nickName", u.display_name AS "displayName",
u.preferred_language AS "preferredLanguage", u.gender, u.avatar_url AS "avatarUrl",
u.email, u.email_verified AS "emailVerified", u.phone, u.phone_verified AS "phoneVerified",
u.password_changed AS "passwordChanged", u.machine_name AS "machineName", u.description,
u.has_secret AS "hasSecret", u.access_token_type AS "accessTokenType", u.edited, u.sequence,
u.created_at AS "createdAt", u.updated_at AS "updatedAt" FROM users u
WHERE u.id = ANY($1::uuid[]) AND (u.id = $2::uuid
OR u.resource_owner IN (SELECT mine.account_id FROM account_members mine WHERE mine.user_id = $3::uuid)
OR EXISTS (SELECT 1 FROM account_members theirs
WHERE theirs.user_id = u.id AND theirs.account_id IN (SELECT mine.account_id FROM account_members mine WHERE mine.user_id = $4::uuid)));

-- 3
SELECT 
a.id, a.slug, a.type, a.stripe_customer_id AS "stripeCustomerId", a.temporal_url AS "temporalUrl",
a.temporal_namespace AS "temporalNamespace", a.temporal_queue AS "temporalQueue",
a.onboarding_completed AS "onboardingCompleted", a.max_allowed_records AS "maxAllowedRecords",
a.trial_started_at AS "trialStartedAt", a.created_at AS "createdAt", a.updated_at AS "updatedAt" FROM accounts a
WHERE a.id = ANY($1::uuid[]) AND EXISTS (SELECT 1 FROM account_members seen
WHERE seen.account_id = a.id AND seen.user_id = $2::uuid);

-- 4
SELECT "t0"."id", "t0"."account_id" AS "accountId", "t0"."sender_user_id" AS "senderUserId", "t0"."email", "t0"."token_hash" AS "tokenHash", "t0"."role", "t0"."accepted_at" AS "acceptedAt", "t0"."accepted_by" AS "acceptedBy", "t0"."superseded_at" AS "supersededAt", "t0"."expires_at" AS "expiresAt", "t0"."created_at" AS "createdAt", "t0"."updated_at" AS "updatedAt" FROM "public"."account_invites" AS "t0" LEFT JOIN "public"."accounts" AS "j1" ON ("j1"."id") = ("t0"."account_id") WHERE ("t0"."id" IN ($1,$2,$3,$4,$5,$6) AND (EXISTS(SELECT "t2"."account_id" FROM "public"."account_members" AS "t2" WHERE ("t2"."user_id" = $7 AND ("j1"."id") = ("t2"."account_id") AND "t2"."account_id" IS NOT NULL)) AND ("j1"."id" IS NOT NULL)));

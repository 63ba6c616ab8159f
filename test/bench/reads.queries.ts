/** What is compared: each read as GraphQL, and as one hand-written SQL statement that answers the same data. */

/** A read, for one of the people of the bench. */
export interface Read {
  readonly title: string;
  readonly query: string;
  /** The variables for a person. */
  variables(userId: string): object;
  /** Answers one row with one text: the finished JSON. `$1` is the person. */
  readonly sql: string;
}

const userFields = `userName state details { sequence creationDate changeDate resourceOwner }
  kind { ... on Human { profile { firstName lastName displayName } email { email isEmailVerified } } }`;

const userJson = `json_build_object(
  'userName', u.user_name,
  'state', (ARRAY['ACTIVE', 'INACTIVE', 'DELETED', 'LOCKED', 'SUSPEND', 'INITIAL'])[u.state],
  'details', json_build_object('sequence', u.sequence::text, 'creationDate', u.created_at, 'changeDate', u.updated_at,
    'resourceOwner', u.resource_owner),
  'kind', json_build_object(
    'profile', json_build_object('firstName', coalesce(u.first_name, ''), 'lastName', coalesce(u.last_name, ''),
      'displayName', coalesce(u.display_name, '')),
    'email', json_build_object('email', coalesce(u.email, ''), 'isEmailVerified', u.email_verified)))`;

const accountJson = `'id', a.id, 'name', a.slug, 'type', (ARRAY['PERSONAL', 'TEAM', 'ENTERPRISE'])[a.type]`;
const mine = `FROM account_members mine JOIN accounts a ON a.id = mine.account_id WHERE mine.user_id = $1`;

/** The reads that are compared, by their short names. */
export const reads: Readonly<Record<string, Read>> = {
  nested: {
    title: 'five accounts, ten members each, and their users',
    query: `query Nested { viewer { userId accounts(first: 5) { nodes { id name type
      members(first: 10) { nodes { id name role user { ${userFields} } } } } } } }`,
    variables: () => ({}),
    sql: `SELECT json_build_object('data', json_build_object('viewer', json_build_object('userId', $1::uuid,
      'accounts', json_build_object('nodes', (SELECT json_agg(account) FROM (
        SELECT json_build_object(${accountJson}, 'members', json_build_object('nodes', (
          SELECT json_agg(member) FROM (
            SELECT json_build_object('id', u.id, 'name', u.display_name,
              'role', (ARRAY['ADMIN', 'JOB_DEVELOPER', 'JOB_VIEWER', 'JOB_EXECUTOR'])[m.role],
              'user', ${userJson}) AS member
            FROM account_members m JOIN users u ON u.id = m.user_id WHERE m.account_id = a.id
            ORDER BY lower(u.display_name), u.id LIMIT 10) members))) AS account
        ${mine} ORDER BY a.slug, a.id LIMIT 5) accounts)))))::text AS json`,
  },
  user: {
    title: 'a user by its id',
    query: `query UserById($id: ID!) { user(id: $id) { id ${userFields} } }`,
    variables: (id) => ({ id }),
    sql: `SELECT json_build_object('data', json_build_object('user', (
      SELECT json_build_object('id', u.id, 'rest', ${userJson}) FROM users u WHERE u.id = $1)))::text AS json`,
  },
  accounts: {
    title: 'the account list',
    query: 'query Accounts { viewer { accounts { nodes { id name type hasStripeCustomerId } } } }',
    variables: () => ({}),
    sql: `SELECT json_build_object('data', json_build_object('viewer', json_build_object('accounts',
      json_build_object('nodes', (SELECT json_agg(account) FROM (
        SELECT json_build_object(${accountJson}, 'hasStripeCustomerId', a.stripe_customer_id IS NOT NULL) AS account
        ${mine} ORDER BY a.type <> 1, a.slug, a.id LIMIT 25) accounts)))))::text AS json`,
  },
};

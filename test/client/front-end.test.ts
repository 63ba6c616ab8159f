/** What the generated types promise a front end, kept by a running server; what they refuse is refused by the compiler. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { ask, follow, type Door } from './front-end.js';
import {
  type AccountInvitesChangedSubscriptionVariables,
  type AuthFactorSelector,
  type SearchUsersQueryVariables,
  type UserFilter,
  AccountInvitesChangedDocument,
  CreateTeamAccountDocument,
  GetUserAccountsDocument,
  InviteUserToTeamAccountDocument,
  SearchUsersDocument,
  SetUserDocument,
} from './generated/graphql.js';

/** `true` where a value of the one type may stand for the other. */
type Fits<Value, Target> = [Value] extends [Target] ? true : false;
/** Compiles only where the claim about types and its value agree. */
const claim = <Claim extends boolean>(value: Claim): Claim => value;

describe('the generated types', () => {
  it('take exactly one member of a @oneOf input', () => {
    expect(claim<Fits<{ type: 'HUMAN' }, UserFilter>>(true)).toBe(true);
    expect(claim<Fits<{ not: { or: [{ state: 'ACTIVE' }, { inUserIds: string[] }] } }, UserFilter>>(true)).toBe(true);
    expect(claim<Fits<{ u2fId: string }, AuthFactorSelector>>(true)).toBe(true);
    expect(claim<Fits<{ type: 'HUMAN'; state: 'ACTIVE' }, UserFilter>>(false)).toBe(false);
    expect(claim<Fits<{ otp: boolean; u2fId: string }, AuthFactorSelector>>(false)).toBe(false);
    expect(claim<Fits<{ type: null }, UserFilter>>(false)).toBe(false);
    expect(claim<Fits<Record<never, never>, UserFilter>>(false)).toBe(false);
  });

  it('know enums and 64-bit numbers', () => {
    expect(claim<Fits<{ type: 'ROBOT' }, UserFilter>>(false)).toBe(false);
    type Found = Awaited<ReturnType<typeof ask<typeof SearchUsersDocument>>>['users']['nodes'][number];
    expect(claim<Fits<Found['details']['sequence'], string>>(true)).toBe(true);
    expect(claim<Fits<Found['details']['creationDate'], string>>(true)).toBe(true);
    expect(claim<Fits<Found['id'], string>>(true)).toBe(true);
  });
});

describe('a front end with typed documents', () => {
  let app: TestApp;
  let door: Door;
  beforeAll(async () => {
    app = await createTestApp({ settings: { TRUSTED_DOCUMENTS: 'require' } });
    const token = (await app.app.development?.sign({ sub: 'ada', email: 'ada@acme.test' })) ?? '';
    door = { url: app.url, token };
    await ask(door, SetUserDocument, {});
  });
  afterAll(() => app.stop());

  it('founds a team and finds it', async () => {
    const { createTeamAccount } = await ask(door, CreateTeamAccountDocument, { input: { name: 'acme' } });
    expect(createTeamAccount.errors).toEqual([]);
    const { viewer } = await ask(door, GetUserAccountsDocument, {});
    expect(viewer?.accounts.nodes.map(({ name, type }) => [name, type])).toContainEqual(['acme', 'TEAM']);
  });

  it('searches by filters of its own, and reads times and 64-bit numbers as text', async () => {
    const variables: SearchUsersQueryVariables = {
      filter: [{ email: { endsWithIgnoreCase: '@ACME.test' } }],
      orderBy: [{ field: 'USER_NAME' }],
      first: 1,
    };
    const { users } = await ask(door, SearchUsersDocument, variables);
    const [found] = users.nodes;
    expect(found?.details.sequence).toMatch(/^\d+$/);
    expect(found?.details.creationDate).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(users.pageInfo.hasNextPage).toBe(false);
  });

  it('follows the invites of its team, each event of the type that was promised', async () => {
    const { createTeamAccount } = await ask(door, CreateTeamAccountDocument, { input: { name: 'followed' } });
    const accountId = createTeamAccount.account?.id ?? '';
    const stream = await follow(door, AccountInvitesChangedDocument, { accountId });
    await ask(door, InviteUserToTeamAccountDocument, { input: { accountId, email: 'new@people.test' } });
    const event = await stream.next();
    stream.leave();
    expect(event?.errors).toBeUndefined();
    const invites = event?.data?.accountInvitesChanged.invites;
    expect(invites?.nodes.map(({ email }) => email)).toEqual(['new@people.test']);
    type Followed = NonNullable<NonNullable<NonNullable<typeof event>['data']>>['accountInvitesChanged'];
    expect(claim<Fits<Followed['invites']['nodes'][number]['expiresAt'], string>>(true)).toBe(true);
    expect(claim<Fits<{ account: string }, AccountInvitesChangedSubscriptionVariables>>(false)).toBe(false);
  });
});

/** What the generated types promise a front end, kept by a running server; what they refuse is refused by the compiler. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { ask, type Door } from './front-end.js';
import {
  type AuthFactorSelector,
  type SearchUsersQueryVariables,
  type UserFilter,
  CreateTeamAccountDocument,
  GetUserAccountsDocument,
  SearchUsersDocument,
  SetUserDocument,
} from './generated/graphql.js';

/** `true` where a value of the one type may stand for the other; anything else does not compile beside a `true`. */
type Fits<Value, Target> = [Value] extends [Target] ? true : false;
const compiles = <_Claim extends true>(): true => true;
const refused = <_Claim extends false>(): true => true;

describe('the generated types', () => {
  it('take exactly one member of a @oneOf input', () => {
    expect(compiles<Fits<{ type: 'HUMAN' }, UserFilter>>()).toBe(true);
    expect(compiles<Fits<{ not: { or: [{ state: 'ACTIVE' }, { inUserIds: string[] }] } }, UserFilter>>()).toBe(true);
    expect(compiles<Fits<{ u2fId: string }, AuthFactorSelector>>()).toBe(true);
    expect(refused<Fits<{ type: 'HUMAN'; state: 'ACTIVE' }, UserFilter>>()).toBe(true);
    expect(refused<Fits<{ otp: boolean; u2fId: string }, AuthFactorSelector>>()).toBe(true);
    expect(refused<Fits<{ type: null }, UserFilter>>()).toBe(true);
    expect(refused<Fits<Record<never, never>, UserFilter>>()).toBe(true);
  });

  it('know enums and 64-bit numbers', () => {
    expect(refused<Fits<{ type: 'ROBOT' }, UserFilter>>()).toBe(true);
    type Found = Awaited<ReturnType<typeof ask<typeof SearchUsersDocument>>>['users']['nodes'][number];
    expect(compiles<Fits<Found['details']['sequence'], string>>()).toBe(true);
    expect(compiles<Fits<Found['details']['creationDate'], string>>()).toBe(true);
    expect(compiles<Fits<Found['id'], string>>()).toBe(true);
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
});

/** Named people and their teams, made by the services themselves: `world.team('acme').admin('Ann').viewer('Vic').made()`. */
import type { AccountRole } from '../../src/domains/access/access.js';
import type { Call, Claims } from '../../src/kernel/call.js';
import type { AccountId, UserId } from '../../src/kernel/ids.js';
import { createTestApp, type TestApp, type TestAppOptions } from './app.js';
import { doorFor } from './entity-door.js';

/** What came back for an operation. */
export interface Answer<Data> {
  readonly status: number;
  readonly data: Data | null;
  readonly errors: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: Readonly<Record<string, unknown>>;
  }[];
}

/** Somebody who asks. */
export interface Person {
  readonly name: string;
  readonly email: string;
  readonly id: UserId;
  /** The header's value: `Bearer …`. */
  readonly authorization: string;
  /** Asks over HTTP. */
  ask<Data = Record<string, never>>(query: string, variables?: object): Promise<Answer<Data>>;
  /** A call for asking a service directly. */
  readonly call: Call;
}

/** What a token says of somebody, besides what follows from the name. */
export interface Traits {
  readonly email?: string | null;
  readonly emailVerified?: boolean;
  readonly operator?: boolean;
}

/** A team with its people. */
export interface Team {
  readonly id: AccountId;
  readonly people: Readonly<Record<string, Person>>;
}

/** Collects who is in a team; `made` founds it. The first admin is the founder. */
export interface TeamBuilder {
  admin(name: string): TeamBuilder;
  developer(name: string): TeamBuilder;
  executor(name: string): TeamBuilder;
  viewer(name: string): TeamBuilder;
  made(): Promise<Team>;
}

/** A small world on one application. */
export interface World {
  readonly testApp: TestApp;
  /** Somebody who signed in and called SetUser. The same name is the same person. */
  person(name: string, traits?: Traits): Promise<Person>;
  /** Somebody with a good token who never called SetUser. */
  newcomer(name: string, traits?: Traits): Promise<Omit<Person, 'id' | 'call'>>;
  team(name: string): TeamBuilder;
  /** Turns a team into an enterprise account, which the API itself never makes. */
  enterprise(team: Team): Promise<Team>;
  /** Puts somebody into a state, by the number of the protobuf: 1 active, 2 inactive, 4 locked. */
  setState(person: Pick<Person, 'id'>, state: number): Promise<void>;
  /** Everything stored about an account, as text to compare. */
  dump(team: Pick<Team, 'id'>): Promise<string>;
  /** Asks with any Authorization header, or none. */
  ask<Data = Record<string, never>>(
    authorization: string | null,
    query: string,
    variables?: object,
  ): Promise<Answer<Data>>;
  stop(): Promise<void>;
}

/** Opens a world. Stop it at the end. */
export async function createWorld(options: TestAppOptions = {}): Promise<World> {
  const testApp = await createTestApp(options);
  const { services, development } = testApp.app;
  const people = new Map<string, Promise<Person>>();

  const ask: World['ask'] = async (authorization, query, variables) => {
    const door = doorFor(query);
    const response = await fetch(`${testApp.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...(authorization === null ? {} : { authorization }),
      },
      body: JSON.stringify({ query: door?.query ?? query, variables }),
    });
    const answered = (await response.json()) as Partial<Answer<never>>;
    const answer = door?.restore(answered) ?? answered;
    return { status: response.status, data: answer.data ?? null, errors: answer.errors ?? [] };
  };

  async function newcomer(name: string, traits: Traits = {}) {
    if (!development) throw new Error('People need AUTH=dev.');
    const sub = name.toLowerCase();
    const email = traits.email === undefined ? `${sub}@people.test` : traits.email;
    const token = await development.sign({
      sub,
      name,
      email: email ?? undefined,
      emailVerified: traits.emailVerified ?? true,
      operator: traits.operator ?? false,
    });
    const authorization = `Bearer ${token}`;
    return {
      name,
      email: email ?? '',
      authorization,
      ask: <Data>(query: string, variables?: object) => ask<Data>(authorization, query, variables),
    };
  }

  async function makePerson(name: string, traits: Traits): Promise<Person> {
    const asked = await newcomer(name, traits);
    const claims: Claims = {
      issuer: development?.issuer ?? '',
      subject: name.toLowerCase(),
      sessionId: null,
      isSession: false,
      email: asked.email === '' ? null : asked.email,
      emailVerified: traits.emailVerified ?? true,
      preferredUsername: null,
      givenName: null,
      familyName: null,
      nickname: null,
      name,
      locale: null,
      picture: null,
      expiresAt: null,
      operator: traits.operator ?? false,
    };
    const call = { requestId: `test-${name}`, address: '127.0.0.1', signal: new AbortController().signal };
    const id = await services.users.set({ ...call, principal: { kind: 'newcomer', claims } });
    return {
      ...asked,
      id,
      call: { ...call, principal: { kind: 'user', userId: id, claims, operator: claims.operator } },
    };
  }

  const person: World['person'] = (name, traits = {}) => {
    const known = people.get(name) ?? makePerson(name, traits);
    people.set(name, known);
    return known;
  };

  const team = (name: string): TeamBuilder => {
    const members: (readonly [string, AccountRole])[] = [];
    const as = (role: AccountRole) => (who: string) => {
      members.push([who, role]);
      return builder;
    };
    const builder: TeamBuilder = {
      admin: as('ADMIN'),
      developer: as('JOB_DEVELOPER'),
      executor: as('JOB_EXECUTOR'),
      viewer: as('JOB_VIEWER'),
      async made() {
        const [first, ...others] = members;
        if (first?.[1] !== 'ADMIN') throw new Error('A team is founded by its first admin.');
        const founder = await person(first[0]);
        const { account } = await services.accounts.createTeam(founder.call, { name });
        const accountId = account.id as AccountId;
        const joined: Record<string, Person> = { [founder.name]: founder };
        for (const [who, role] of others) {
          const member = await person(who);
          const { token } = await services.invites.create(founder.call, { accountId, email: member.email, role });
          await services.invites.accept(member.call, { token });
          joined[who] = member;
        }
        return { id: accountId, people: joined };
      },
    };
    return builder;
  };

  const { database } = testApp;
  const enterprise: World['enterprise'] = async (made) => {
    await database.query('UPDATE accounts SET type = 3 WHERE id = $1', [made.id]);
    return made;
  };
  const setState: World['setState'] = async ({ id }, state) => {
    await database.query('UPDATE users SET state = $2 WHERE id = $1', [id, state]);
  };
  const dump: World['dump'] = async ({ id }) => {
    const rows = await Promise.all([
      database.query('SELECT * FROM accounts WHERE id = $1', [id]),
      database.query('SELECT * FROM account_members WHERE account_id = $1 ORDER BY user_id', [id]),
      database.query('SELECT * FROM account_invites WHERE account_id = $1 ORDER BY id', [id]),
      database.query(
        'SELECT u.* FROM users u JOIN account_members m ON m.user_id = u.id WHERE m.account_id = $1 ORDER BY u.id',
        [id],
      ),
    ]);
    return JSON.stringify(rows);
  };

  return { testApp, person, newcomer, team, enterprise, setState, dump, ask, stop: () => testApp.stop() };
}

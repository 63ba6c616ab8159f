/** Who may ask at all: nobody signed in, somebody who has no user yet, somebody locked; each on every root field. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guardedSchema } from '../../src/graphql/schema.js';
import { mutate } from '../support/mutate.js';
import { rootOperations } from '../support/root-fields.js';
import { createWorld, type World } from '../support/world.js';

const samples = { id: '6f1d2c5e-0000-4000-8000-000000000000' };
const { schema } = guardedSchema();
const queries = rootOperations(schema, 'query', samples);
const mutations = rootOperations(schema, 'mutation', samples);
/** What nobody has to sign in for, in development. */
const open = ['systemInformation', '_service'];
const everything = [...queries, ...mutations].filter(({ name }) => !open.includes(name));

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.stop());

describe('An anonymous caller', () => {
  it.each(everything)('is refused $name', async ({ query, variables }) => {
    const { errors, data } = await world.ask(null, query, variables);
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(Object.values(data ?? {})).toEqual(data === null ? [] : [null]);
  });

  it('may read what runs here in development', async () => {
    const { data } = await world.ask(null, '{ systemInformation { version license { isValid } } }');
    expect(data).toMatchObject({ systemInformation: { license: {} } });
  });

  it('may read nothing at all in production', async () => {
    const issuer = { OIDC_ISSUER: 'http://127.0.0.1:9', OIDC_AUDIENCE: 'gatehouse' };
    const production = await createWorld({ settings: { NODE_ENV: 'production', ...issuer } });
    try {
      const { errors } = await production.ask(null, '{ systemInformation { version } }');
      expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    } finally {
      await production.stop();
    }
  });

  it.each(['Bearer nonsense', 'Basic YTpi', 'Bearer', 'nonsense', 'Bearer a.b.c'])(
    'is not let in by %j',
    async (authorization) => {
      const { errors } = await world.ask(authorization, '{ viewer { userId } }');
      expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    },
  );
});

describe('A newcomer, before SetUser', () => {
  const empty = (type: string): unknown => {
    if (type.includes('Connection')) return { totalCount: 0, nodes: [], pageInfo: { hasNextPage: false } };
    return type.startsWith('[') ? [null] : null;
  };

  it.each(queries.filter(({ name }) => !open.includes(name)))(
    'finds nothing by $name',
    async ({ name, query, variables, type }) => {
      const ned = await world.newcomer('Ned');
      expect(await ned.ask(query, variables)).toEqual({ status: 200, data: { [name]: empty(type) }, errors: [] });
    },
  );

  it('may read what runs here', async () => {
    const ned = await world.newcomer('Ned');
    expect((await ned.ask('{ systemInformation { version } }')).errors).toEqual([]);
  });

  it.each(mutations.filter(({ name }) => name !== 'setUser'))('has no user yet for $name', async (operation) => {
    const ned = await world.newcomer('Ned');
    const { data, errors } = await ned.ask<Record<string, object>>(operation.query, operation.variables);
    expect(errors).toEqual([]);
    expect(data?.[operation.name]).toMatchObject({ errors: [{ code: 'NOT_FOUND', path: [] }] });
  });

  it('leaves no trace by any of it', async () => {
    const { database } = world.testApp;
    expect(await database.query("SELECT * FROM user_identities WHERE subject = 'ned'")).toEqual([]);
  });
});

describe('A user who is not active', () => {
  it.each([
    ['INACTIVE', 2],
    ['DELETED', 3],
    ['LOCKED', 4],
    ['SUSPEND', 5],
  ])('is refused everything at the next request: %s', async (_name, state) => {
    const lou = await world.person('Lou');
    expect((await lou.ask('{ viewer { userId } }')).data).toEqual({ viewer: { userId: lou.id } });
    await world.setState(lou, state);
    for (const { query, variables } of [...everything, ...queries]) {
      const { status, data, errors } = await lou.ask(query, variables);
      expect({ status, data, errors }).toMatchObject({
        status: 401,
        data: null,
        errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
      });
    }
    await world.setState(lou, 1);
    expect((await lou.ask('{ viewer { userId } }')).data).toEqual({ viewer: { userId: lou.id } });
  });

  it('stays refused SetUser, and comes in while only initial', async () => {
    const mia = await world.person('Mia');
    await world.setState(mia, 4);
    expect(await mutate(mia, 'setUser', {})).toMatchObject({ code: 'UNAUTHENTICATED', payload: null });
    await world.setState(mia, 6);
    expect((await mutate(mia, 'setUser', {})).code).toBeNull();
  });
});

/** The worked examples, each run in the demo world as the tab of GraphiQL that it is, and as front ends have it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readExample } from '../../src/demo/demo.examples.js';
import { protoMethods } from '../../src/graphql/proto.js';
import { buildSchema } from '../../src/graphql/schema.js';
import * as documents from '../client/generated/graphql.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { subscribe } from '../support/events.js';
import { graphiqlTabs, type PageTab } from '../support/graphiql.js';

const folder = join(import.meta.dirname, '../../schema/examples');
const files = readdirSync(folder).sort();
const textOf = (file: string): string => readFileSync(join(folder, file), 'utf8');

interface Answer {
  readonly data: Readonly<Record<string, { readonly errors?: readonly { readonly code: string }[] } | null>> | null;
  readonly errors?: unknown;
}

/** What an example asks for. */
const operationOf = (query: string): OperationDefinitionNode | undefined =>
  parse(query).definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);

const followed = files.filter((file) => operationOf(textOf(file))?.operation === 'subscription');
const answered = files.filter((file) => !followed.includes(file));

/** The typed document that the code generator made of an example. */
function hashOf(query: string): unknown {
  const name = `${operationOf(query)?.name?.value ?? ''}Document`;
  const found = Object.entries(documents).find(([exported]) => exported === name)?.[1];
  return found instanceof documents.TypedDocumentString ? found.__meta__?.['hash'] : undefined;
}

/** The two ways in which an example is sent. */
const ways = [
  { way: 'as the tab of GraphiQL', trusted: 'off', named: (query: string) => ({ query }) },
  {
    way: 'as a typed document, by its hash where nothing else is allowed',
    trusted: 'require',
    named: (query: string) => ({ documentId: hashOf(query) }),
  },
] as const;

async function run(url: string, named: object, { variables, headers }: PageTab): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(JSON.parse(headers) as Record<string, string>) },
    body: JSON.stringify({ ...named, variables: variables === null ? null : (JSON.parse(variables) as unknown) }),
  });
  return (await response.json()) as Answer;
}

/** Only where an example's comment tells of a refusal may it come: nothing is billed in the demo world. */
const toldOf = (text: string): string[] => {
  const [comment = ''] = text.split('\n');
  return tellings.filter(([telling]) => telling.test(comment)).map(([, code]) => code);
};
const tellings: readonly (readonly [RegExp, string])[] = [
  [/ Outside cloud mode billing is off: see `errors`\.$/, 'FEATURE_DISABLED'],
  [/ The demo world has no such \w+: see `errors`\.$/, 'NOT_FOUND'],
];

/** What is changed so that a stream tells of it, and what it then tells. */
interface Change {
  /** @param example runs another example, with other words in its input */
  make(demo: TestApp, account: string, example: (file: string, input: object) => Promise<Answer>): Promise<unknown>;
  readonly told: object;
}

const some = { text: expect.any(String) as string, number: expect.any(Number) as number };
const changes: Readonly<Record<string, Change>> = {
  '74-account-members-changed.graphql': {
    make: (_demo, _account, example) => example('26-set-user-role.graphql', { role: 'JOB_VIEWER' }),
    told: {
      accountMembersChanged: {
        id: some.text,
        name: 'acme',
        members: {
          nodes: expect.arrayContaining([{ id: some.text, name: 'Cleo Adebayo', role: 'JOB_VIEWER' }]) as [],
          totalCount: some.number,
        },
      },
    } satisfies documents.AccountMembersChangedSubscription,
  },
  '75-account-invites-changed.graphql': {
    make: (_demo, _account, example) => example('13-invite-user-to-team-account.graphql', { email: 'fay@acme.test' }),
    told: {
      accountInvitesChanged: {
        id: some.text,
        name: 'acme',
        invites: {
          nodes: expect.arrayContaining([
            { id: some.text, email: 'fay@acme.test', role: 'JOB_DEVELOPER', expiresAt: some.text },
          ]) as [],
          totalCount: some.number,
        },
      },
    } satisfies documents.AccountInvitesChangedSubscription,
  },
  '76-account-validity-changed.graphql': {
    make: ({ database }, account) =>
      database.query('UPDATE accounts SET max_allowed_records = 5 WHERE id = $1', [account]),
    told: {
      accountValidityChanged: {
        isValid: true,
        reason: null,
        shouldPoll: false,
        accountStatus: null,
        trialExpiresAt: null,
      },
    } satisfies documents.AccountValidityChangedSubscription,
  },
};

describe.each(ways)('the example, sent $way,', ({ trusted, named }) => {
  let demo: TestApp;
  let tabs: readonly PageTab[];
  beforeAll(async () => {
    demo = await createTestApp({ settings: { DEMO: 'on', TRUSTED_DOCUMENTS: trusted } });
    tabs = await graphiqlTabs(demo.url);
  });
  afterAll(() => demo.stop());

  function tabOf(file: string): PageTab {
    const { query } = readExample(textOf(file));
    const tab = tabs.find((open) => open.query === query);
    if (!tab) throw new Error(`${file} is no tab of GraphiQL.`);
    return tab;
  }

  it.each(answered)('%s answers in the demo world', async (file) => {
    const [text, tab] = [textOf(file), tabOf(file)];
    const { data, errors } = await run(demo.url, named(tab.query), tab);
    expect(errors).toBeUndefined();
    const payloads = Object.values(data ?? {});
    expect(payloads).not.toEqual([]);
    expect(payloads).not.toContain(null);
    const codes = payloads.flatMap((payload) => payload?.errors?.map(({ code }) => code) ?? []);
    expect(codes).toEqual(toldOf(text));
  });

  it.each(followed)('%s tells of a change in the demo world', async (file) => {
    const { query, headers, variables } = tabOf(file);
    const who = JSON.parse(headers) as { readonly authorization: string };
    const given = JSON.parse(variables ?? '') as { readonly accountId: string };
    const stream = await subscribe(`${demo.url}/graphql`, who, named(query), given);
    const example = (other: string, words: object): Promise<Answer> => {
      const tab = tabOf(other);
      const { input } = JSON.parse(tab.variables ?? '') as { readonly input: object };
      return run(demo.url, named(tab.query), { ...tab, variables: JSON.stringify({ input: { ...input, ...words } }) });
    };
    await changes[file]?.make(demo, given.accountId, example);
    expect(await stream.next()).toEqual({ data: changes[file]?.told });
    stream.leave();
  });

  it('is one of the tabs that GraphiQL opens with, in this order', () => {
    expect(tabs.map(({ query }) => query)).toEqual(files.map((file) => readExample(textOf(file)).query));
  });
});

/** The RPCs that the fields of an operation do the work of. */
function rpcsOf(schema: GraphQLSchema, query: string): string[] {
  const served: string[] = [];
  const types = new TypeInfo(schema);
  const note = (): void => {
    served.push(...((types.getFieldDef()?.extensions['rpc'] as readonly string[] | undefined) ?? []));
  };
  visit(parse(query), visitWithTypeInfo(types, { Field: note }));
  return served;
}

/** The root fields of an operation. */
const rootFieldsOf = (query: string): string[] =>
  parse(query).definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? definition.selectionSet.selections.flatMap((field) => (field.kind === Kind.FIELD ? [field.name.value] : []))
      : [],
  );

describe('among the examples', () => {
  it('is one for every root field of the schema, but for what only routers ask', () => {
    const schema = buildSchema();
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
      Object.keys(type?.getFields() ?? {}),
    );
    const shown = new Set(files.flatMap((file) => rootFieldsOf(textOf(file))));
    expect(roots.filter((field) => !field.startsWith('_') && !shown.has(field))).toEqual([]);
  });

  const methods = [...protoMethods.keys()].filter((method) => method.includes('.UserAccountService.'));

  it('are 27 RPCs of UserAccountService', () => {
    expect(methods).toHaveLength(27);
  });

  it.each(methods)('one is named after %s and does its work', (method) => {
    const name = method.split('.').at(-1);
    const text = files.map(textOf).find((example) => example.startsWith(`# ${name}: `)) ?? '';
    expect(rpcsOf(buildSchema(), text || '{ __typename }')).toContain(method);
  });
});

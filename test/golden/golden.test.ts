/**
 * Each `name.graphql` here with what it answers (`name.json`) and the statements it takes (`name.sql`). After a change
 * that is meant, `npm run test:golden -- -u` writes the answers and statements anew; read their difference.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccountId } from '../../src/kernel/ids.js';
import { createWorld, type Person, type World } from '../support/world.js';
import { readQuery, stableText, type StableNames } from './golden.files.js';

const here = import.meta.dirname;
const queries = readdirSync(here).filter((file) => file.endsWith('.graphql'));

let world: World;
const people = new Map<string, Person>();
const names: Map<string, string> & StableNames = new Map<string, string>();

beforeAll(async () => {
  world = await createWorld();
  const { accounts, invites } = world.testApp.app.services;
  for (const name of ['Ann', 'Dev', 'Gus', 'Vic']) {
    const person = await world.person(name);
    people.set(name, person);
    // A session that is seen for the first time is recorded, which takes a statement of its own.
    await person.ask('{ viewer { userId } }');
    names.set(person.id, name);
    names.set((await accounts.setPersonal(person.call)).id, `personal of ${name}`);
  }
  const acme = await world.team('acme').admin('Ann').developer('Dev').viewer('Vic').made();
  const globex = await world.team('globex').admin('Gus').viewer('Ann').made();
  names.set(acme.id, 'acme').set(globex.id, 'globex');
  for (const name of ['zoe', 'yuri']) {
    world.testApp.clock.advance(1_000);
    const draft = { accountId: acme.id satisfies AccountId, email: `${name}@acme.test`, role: null };
    const { invite } = await invites.create((people.get('Ann') as Person).call, draft);
    names.set(invite.id, `invite of ${name}`);
  }
});
afterAll(() => world.stop());

describe('the answer and the statements of', () => {
  it.each(queries)('%s', async (file) => {
    const { as, query, variables } = readQuery(readFileSync(join(here, file), 'utf8'), names);
    const person = people.get(as);
    if (!person) throw new Error(`${file} asks as ${as}, whom nobody knows.`);
    const { statements } = world.testApp;
    statements.length = 0;
    const { data, errors } = await person.ask(query, variables);
    const answer = stableText(JSON.stringify({ data, ...(errors.length > 0 ? { errors } : {}) }), names);
    // Some run at the same time, in whatever order: only what they are is held, and how many.
    const sorted = statements.map((text) => text.replace(/\n\s*/g, '\n').trim()).sort();
    const sql = sorted.map((text, i) => `-- ${i + 1}\n${text};\n`).join('\n');

    const golden = join(here, file.replace(/\.graphql$/, ''));
    await expect(await format(answer, { parser: 'json', printWidth: 120 })).toMatchFileSnapshot(`${golden}.json`);
    await expect(sql).toMatchFileSnapshot(`${golden}.sql`);
  });
});

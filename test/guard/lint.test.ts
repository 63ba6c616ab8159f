/** The lint rules refuse: for each rule of ours a piece of code that breaks it, and where it is allowed, the place. */
import { join } from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';

const home = join(import.meta.dirname, '../..');
const eslint = new ESLint({ cwd: home });

/** The rules that code breaks when it stands in a file; the file must exist, since types come from the project. */
async function brokenBy(code: string, file: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(`${code}\n`, { filePath: join(home, file) });
  return [...new Set(result?.messages.map((message) => message.ruleId))];
}

const domain = 'src/domains/invite/invite.service.ts';
const machinery = 'src/graphql/context.ts';
const program = 'src/cli/token.ts';
const test = 'test/guard/lint.test.ts';

interface Wrong {
  readonly what: string;
  readonly rule: string;
  readonly code: string;
  readonly refusedIn: string;
  readonly allowedIn?: string;
}

const syntax = 'no-restricted-syntax';
const property = 'no-restricted-properties';

const wrong: readonly Wrong[] = [
  {
    what: 'a promise that nobody awaits',
    rule: '@typescript-eslint/no-floating-promises',
    code: 'Promise.resolve(1);',
    refusedIn: domain,
  },
  {
    what: 'a promise taken for a condition',
    rule: '@typescript-eslint/no-misused-promises',
    code: 'const may = async () => false;\nexport const answer = () => (may() ? 1 : 2);',
    refusedIn: domain,
  },
  {
    what: 'a switch that forgets a case',
    rule: '@typescript-eslint/switch-exhaustiveness-check',
    code: "export function f(kind: 'team' | 'personal') {\n  switch (kind) {\n    case 'team':\n      return 1;\n  }\n  return 2;\n}",
    refusedIn: domain,
  },
  {
    what: 'a type imported as a value',
    rule: '@typescript-eslint/consistent-type-imports',
    code: "import { Call } from '../../kernel/call.js';\nexport type Caller = Call;",
    refusedIn: domain,
  },
  {
    what: 'any',
    rule: '@typescript-eslint/no-explicit-any',
    code: 'export const f = (input: any): number => (input ? 1 : 2);',
    refusedIn: domain,
  },
  {
    what: 'a value of unknown type used as if it were known',
    rule: '@typescript-eslint/no-unsafe-member-access',
    code: "export const f = (): boolean => Boolean(JSON.parse('{}').name);",
    refusedIn: domain,
    allowedIn: test,
  },
  {
    what: 'a comment that silences the compiler',
    rule: '@typescript-eslint/ban-ts-comment',
    code: "// @ts-expect-error -- it is fine\nexport const one: number = '1';",
    refusedIn: domain,
  },
  {
    what: 'an assertion that something is there',
    rule: '@typescript-eslint/no-non-null-assertion',
    code: 'export const f = (list: readonly number[]): number => list[0]!;',
    refusedIn: domain,
    allowedIn: test,
  },
  {
    what: 'an unused name',
    rule: '@typescript-eslint/no-unused-vars',
    code: 'const forgotten = 1;\nexport {};',
    refusedIn: domain,
  },
  { what: 'a loose comparison', rule: 'eqeqeq', code: 'export const f = (n: unknown) => n == 1;', refusedIn: domain },
  {
    what: 'a default export',
    rule: syntax,
    code: 'export default function f() {}',
    refusedIn: machinery,
    allowedIn: 'prisma.config.ts',
  },
  {
    what: 'a default export by another name',
    rule: syntax,
    code: 'const f = 1;\nexport { f as default };',
    refusedIn: program,
  },
  {
    what: 'a setting read in passing',
    rule: property,
    code: "export const port = process.env['PORT'];",
    refusedIn: machinery,
    allowedIn: 'src/config.ts',
  },
  {
    what: 'the settings taken out of process',
    rule: property,
    code: 'export const { env } = process;',
    refusedIn: program,
    allowedIn: 'codegen.ts',
  },
  {
    what: 'the settings imported',
    rule: 'no-restricted-imports',
    code: "import { env } from 'node:process';\nexport const port = env['PORT'];",
    refusedIn: machinery,
  },
  { what: 'the console', rule: 'no-console', code: "console.log('here');", refusedIn: program },
  {
    what: 'a file of 301 lines',
    rule: 'max-lines',
    code: `${'// line\n'.repeat(300)}export {};`,
    refusedIn: domain,
  },
  {
    what: 'the time of day by Date.now',
    rule: syntax,
    code: 'export const now = Date.now();',
    refusedIn: domain,
    allowedIn: program,
  },
  {
    what: 'the time of day by new Date()',
    rule: syntax,
    code: 'export const now = new Date();',
    refusedIn: machinery,
    allowedIn: program,
  },
  {
    what: 'the time of day by Date()',
    rule: syntax,
    code: 'export const now = Date();',
    refusedIn: domain,
    allowedIn: program,
  },
  {
    what: 'chance by Math.random',
    rule: syntax,
    code: 'export const chance = Math.random();',
    refusedIn: domain,
    allowedIn: 'src/db/retry.ts',
  },
  {
    what: 'chance by an import of node:crypto',
    rule: syntax,
    code: "import { randomUUID } from 'node:crypto';\nexport const id = randomUUID();",
    refusedIn: machinery,
    allowedIn: program,
  },
  {
    what: 'chance by the global crypto',
    rule: syntax,
    code: 'export const id = crypto.randomUUID();',
    refusedIn: domain,
    allowedIn: program,
  },
];

describe('the lint rules', () => {
  it.each(wrong)('refuse $what', async ({ rule, code, refusedIn, allowedIn }) => {
    expect(await brokenBy(code, refusedIn)).toEqual([rule]);
    if (allowedIn !== undefined) expect(await brokenBy(code, allowedIn)).toEqual([]);
  });

  it('cannot be turned off in a file', async () => {
    const [result] = await eslint.lintText('/* eslint-disable no-console */\nconsole.log(1);\n', {
      filePath: join(home, program),
    });
    expect(result?.messages.map((message) => message.ruleId)).toContain('no-console');
    expect(result?.warningCount).toBe(1);
  });

  it('allow a date that is given', async () => {
    expect(await brokenBy('export const then = new Date(0);', domain)).toEqual([]);
  });
});

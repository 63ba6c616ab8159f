/** The worked examples that GraphiQL opens with: schema/examples, with ids of the demo world filled in. */
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { GraphiqlTab } from '../graphql/graphiql.js';

const folder = new URL('../../schema/examples/', import.meta.url);

/** What stands for the words in angle brackets in an example's variables: `<account>`. */
export type Placeholders = Readonly<Record<string, string>>;

/**
 * One tab for each example, in the order of their file names. An example is a GraphQL file whose first comment says what
 * it shows; `# variables:` lines hold its variables, `# as: operator` says that it takes an operator.
 */
export async function exampleTabs(
  placeholders: Placeholders,
  operatorHeaders: () => Promise<Readonly<Record<string, string>>>,
): Promise<GraphiqlTab[]> {
  const files = (await readdir(fileURLToPath(folder))).filter((file) => file.endsWith('.graphql')).sort();
  return Promise.all(
    files.map(async (file) => {
      const { variables, query, asOperator } = readExample(await readFile(new URL(file, folder), 'utf8'));
      return {
        query,
        ...(variables === null ? {} : { variables: filled(variables, placeholders) }),
        ...(asOperator ? { headers: operatorHeaders } : {}),
      };
    }),
  );
}

/** An example file, taken apart. */
export interface Example {
  readonly query: string;
  /** JSON text with placeholders; null where the operation takes none. */
  readonly variables: string | null;
  readonly asOperator: boolean;
}

/** Takes an example file apart. */
export function readExample(text: string): Example {
  const lines = text.split('\n');
  const variables = lines.find((line) => line.startsWith('# variables: '))?.slice('# variables: '.length) ?? null;
  return {
    query: lines.filter((line) => !/^# (variables|as): /.test(line)).join('\n'),
    variables,
    asOperator: lines.includes('# as: operator'),
  };
}

function filled(variables: string, placeholders: Placeholders): string {
  const text = variables.replace(/<(\w+)>/g, (_whole, word: string) => {
    const value = placeholders[word];
    if (value === undefined) throw new Error(`An example asks for <${word}>, which the demo world does not have.`);
    return value;
  });
  return JSON.stringify(JSON.parse(text), null, 2);
}

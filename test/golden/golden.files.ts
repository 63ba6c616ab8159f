/** How a golden is written down: who asks with which variables, and names that stay for what changes with every run. */

/** What ids are called, by the id. */
export type StableNames = ReadonlyMap<string, string>;

/** A query of a golden: `# as: Ann` says who asks, `# variables: {"id": "<acme>"}` with what. */
export interface GoldenQuery {
  readonly as: string;
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

/**
 * Reads a query.
 * @throws Error when it asks for a name that nothing has
 */
export function readQuery(text: string, names: StableNames): GoldenQuery {
  const said = (word: string): string | undefined => new RegExp(`^# ${word}: (.+)$`, 'm').exec(text)?.[1];
  const ids = new Map([...names].map(([id, name]) => [name, id]));
  const variables = (said('variables') ?? '{}').replace(/<([^>]+)>/g, (_whole, name: string) => {
    const id = name === 'nobody' ? unknownId : ids.get(name);
    if (id === undefined) throw new Error(`Nothing is called <${name}>.`);
    return id;
  });
  return { as: said('as') ?? 'Ann', query: text, variables: JSON.parse(variables) as Record<string, unknown> };
}

/** An id that nothing has: `<nobody>`. */
const unknownId = '99999999-9999-4999-8999-999999999999';

/** The text with stable names for ids and times, also inside cursors. */
export function stableText(text: string, names: StableNames): string {
  const named = (plain: string): string =>
    plain
      .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => `<${names.get(id) ?? 'unnamed id'}>`)
      .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d)?/g, '<time>');
  const withCursors = text.replace(/"(WyI[\w-]+)"/g, (_whole, cursor: string) =>
    JSON.stringify(`cursor ${Buffer.from(cursor, 'base64url').toString('utf8').replaceAll('"', "'")}`),
  );
  return named(withCursors);
}

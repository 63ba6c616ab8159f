/** Mutations in one sentence: `await mutate(ann, 'createTeamAccount', { name: 'acme' }, 'account { id }')`. */
import type { Answer } from './world.js';

/** Whoever can ask. */
export interface Asker {
  ask<Data>(query: string, variables?: object): Promise<Answer<Data>>;
}

/** What a mutation answered, and how it was refused. */
export interface Mutated<Payload> {
  /** The payload; null when the refusal stands at the top level. */
  readonly payload: (Payload & { readonly errors: readonly UserError[] }) | null;
  /** The code of the refusal, wherever it stands; null when it was done. */
  readonly code: string | null;
  /** Where in the input the fault is, when it is told. */
  readonly path: readonly string[] | null;
  /** True when the refusal came as data. */
  readonly asData: boolean;
  readonly answer: Answer<unknown>;
}

interface UserError {
  readonly code: string;
  readonly message: string;
  readonly path: readonly string[];
}

/** Sends one mutation. */
export async function mutate<Payload = Record<string, never>>(
  asker: Asker,
  name: string,
  input: object,
  fields = '',
): Promise<Mutated<Payload>> {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  const answer = await asker.ask<Record<string, Payload & { errors: UserError[] }>>(
    `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} errors { code message path } } }`,
    { input },
  );
  const payload = answer.data?.[name] ?? null;
  const [correctable] = payload?.errors ?? [];
  const [refusal] = answer.errors;
  return {
    payload,
    code: correctable?.code ?? (refusal ? String(refusal.extensions['code']) : null),
    path: correctable?.path ?? null,
    asData: correctable !== undefined,
    answer,
  };
}

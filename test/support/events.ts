/** A client of subscriptions: one request a stream, its events as they come, and its end awaited with a bound. */
import { createTestApp } from './app.js';
import { createWorld, type Answer, type Person, type Team, type World } from './world.js';

/** An event of a stream. */
export type StreamEvent<Data> = Pick<Answer<Data>, 'data'> & { readonly errors?: Answer<Data>['errors'] };

/** A stream that is held. */
export interface HeldStream<Data> {
  readonly status: number;
  /** The next event; null when the stream completed instead. */
  next(): Promise<StreamEvent<Data> | null>;
  /** The events until the stream completes. Rejects when that takes longer than `withinMs` or no `complete` came. */
  rest(withinMs: number): Promise<StreamEvent<Data>[]>;
  /** The comments so far. */
  comments(): number;
  /** Goes away. */
  leave(): void;
}

/** Subscribes to a document, said by its text or as the request names it, and waits until the stream stands. */
export async function subscribe<Data>(
  url: string,
  who: Pick<Person, 'authorization'> | null,
  document: string | Readonly<Record<string, unknown>>,
  variables: object,
  init: RequestInit = {},
): Promise<HeldStream<Data>> {
  const abort = new AbortController();
  const named = typeof document === 'string' ? { query: document } : document;
  const response = await fetch(url, {
    method: 'POST',
    body: init.method === 'GET' ? null : JSON.stringify({ ...named, variables }),
    ...init,
    headers: {
      ...(init.method === 'GET' ? {} : { 'content-type': 'application/json' }),
      accept: 'text/event-stream',
      ...(who === null ? {} : { authorization: who.authorization }),
      ...(init.headers as Record<string, string> | undefined),
    },
    signal: abort.signal,
  });
  if (response.body === null) throw new Error('There is no body.');
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  let comments = 0;

  async function block(): Promise<string> {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end >= 0) {
        const found = text.slice(0, end);
        text = text.slice(end + 2);
        return found;
      }
      const { done, value } = await reader.read();
      if (done) throw new Error('The stream broke off without `complete`.');
      text += value;
    }
  }

  async function next(): Promise<StreamEvent<Data> | null> {
    for (;;) {
      const found = await block();
      if (found === ':') comments += 1;
      else if (found.startsWith('event: complete')) return null;
      else return JSON.parse(found.replace(/^event: next\ndata: /, '')) as StreamEvent<Data>;
    }
  }

  return {
    status: response.status,
    next,
    async rest(withinMs) {
      const late = setTimeout(
        () => abort.abort(new Error(`The stream went on for more than ${withinMs} ms.`)),
        withinMs,
      );
      const events: StreamEvent<Data>[] = [];
      try {
        for (let event = await next(); event !== null; event = await next()) events.push(event);
        return events;
      } finally {
        clearTimeout(late);
      }
    },
    comments: () => comments,
    leave: () => abort.abort(),
  };
}

/** What is followed in tests. */
export const members =
  'subscription ($id: ID!) { accountMembersChanged(accountId: $id) { id members { nodes { id role } } } }';
export const invites =
  'subscription ($id: ID!) { accountInvitesChanged(accountId: $id) { invites { nodes { email } } } }';
export const validity = 'subscription ($id: ID!) { accountValidityChanged(accountId: $id) { isValid reason } }';
/** A stream is over within this. */
export const soonMs = 5_000;

/** What the subscriptions answer. */
export interface Members {
  readonly accountMembersChanged: { readonly members: { readonly nodes: readonly { id: string; role: string }[] } };
}
export interface Invites {
  readonly accountInvitesChanged: { readonly invites: { readonly nodes: readonly { readonly email: string }[] } };
}
export interface Validity {
  readonly accountValidityChanged: { readonly isValid: boolean; readonly reason: string | null };
}

/** Two processes on one database, the world in one, its streams at the other. */
export interface Pair {
  readonly world: World;
  /** Where streams are held. */
  readonly there: string;
  /** A new team of Ann, with a viewer whom no other team has. */
  team(): Promise<Team>;
  follow<Data = Members>(
    who: Pick<Person, 'authorization'>,
    team: Pick<Team, 'id'>,
    query?: string,
  ): Promise<HeldStream<Data>>;
  stop(): Promise<void>;
}

/** Starts both. */
export async function createPair(): Promise<Pair> {
  const world = await createWorld();
  const { database, dataDir, clock } = world.testApp;
  const other = await createTestApp({ database, dataDir, clock });
  const there = `${other.url}/graphql`;
  let teams = 0;
  return {
    world,
    there,
    team() {
      teams += 1;
      return world.team(`team-${teams}`).admin('Ann').viewer(`Vic${teams}`).made();
    },
    follow: (who, { id }, query = members) => subscribe(there, who, query, { id }),
    async stop() {
      await other.stop();
      await world.stop();
    },
  };
}

/** The viewer of such a team. */
export const viewerOf = ({ people }: Team): Person => Object.values(people)[1] as Person;

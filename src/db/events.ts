/** Hears from the database what changed in which account, whichever process changed it: one connection that listens. */
import pg from 'pg';
import { AppError } from '../kernel/errors.js';
import type { AccountId } from '../kernel/ids.js';
import type { Connection } from './client.js';

/** What of an account changed: the topics that the triggers of migration `events` tell. */
export const topics = ['members', 'invites', 'validity'] as const;
export type Topic = (typeof topics)[number];

/** What somebody who follows an account hears. However much happens, it holds no more than each topic once. */
export interface Following {
  /** What changed since the last answer, once anything did; empty when {@link Following.wake} said so; null at the end. */
  next(): Promise<ReadonlySet<Topic> | null>;
  /** Makes `next` answer although nothing changed. */
  wake(): void;
  /** Ends it, at once. */
  end(): void;
}

/** The changes of accounts, as the database tells them. */
export interface AccountEvents {
  /**
   * Follows an account: what is committed from here on is heard. Connects when nobody followed anything before.
   * @throws AppError `unavailable` when the database cannot be listened to now
   */
  follow(accountId: AccountId): Promise<Following>;
  /** Ends whatever is followed, and the connection. */
  close(): Promise<void>;
}

/** How long a connection may take, stay silent, and be waited for before it is tried again. Milliseconds. */
export interface ListenerTimes {
  readonly connectMs: number;
  readonly heartbeatMs: number;
  readonly longestPauseMs: number;
}

const usual: ListenerTimes = { connectMs: 3_000, heartbeatMs: 5_000, longestPauseMs: 5_000 };
const firstPauseMs = 100;

/**
 * Listens over a connection of its own, which must lead to the server itself and not to a pooler. A connection that breaks
 * or falls silent is replaced; as nobody knows what was missed, all who follow anything then hear that everything changed.
 */
export function createAccountEvents(connection: Connection, times: ListenerTimes = usual): AccountEvents {
  const followers = new Map<AccountId, Set<Follower>>();
  let listening: Promise<pg.Client> | null = null;
  let retry: NodeJS.Timeout | undefined;
  let pauseMs = firstPauseMs;
  let closed = false;

  const all = (): Follower[] => [...followers.values()].flatMap((some) => [...some]);

  async function connect(): Promise<pg.Client> {
    const client = new pg.Client({
      ...connection,
      application_name: 'gatehouse-events',
      connectionTimeoutMillis: times.connectMs,
      query_timeout: times.heartbeatMs,
      keepAlive: true,
    });
    const beat = setInterval(() => void client.query('SELECT 1').catch(over), times.heartbeatMs);
    beat.unref();
    let isOver = false;
    function over(): void {
      if (isOver) return;
      isOver = true;
      clearInterval(beat);
      listening = null;
      void client.end().catch(() => undefined);
      if (!closed) tryAgain();
    }
    client.on('error', over).on('end', over);
    client.on('notification', ({ payload = '' }) => hear(payload));
    try {
      await client.connect();
      await client.query('LISTEN gatehouse_account');
    } catch (error) {
      over();
      throw new AppError('unavailable', 'EVENTS_UNAVAILABLE', 'Changes cannot be followed now. Try again soon.', {
        cause: error,
      });
    }
    pauseMs = firstPauseMs;
    for (const follower of all()) follower.hear(topics);
    return client;
  }

  const listen = (): Promise<pg.Client> => (listening ??= connect());

  function tryAgain(): void {
    clearTimeout(retry);
    if (followers.size === 0) return;
    retry = setTimeout(() => void listen().catch(() => undefined), pauseMs);
    retry.unref();
    pauseMs = Math.min(pauseMs * 2, times.longestPauseMs);
  }

  function hear(payload: string): void {
    const told = readEvent(payload);
    if (told === null) return;
    for (const follower of followers.get(told.accountId) ?? []) follower.hear([told.topic]);
  }

  function leave(accountId: AccountId, follower: Follower): void {
    const others = followers.get(accountId);
    others?.delete(follower);
    if (others?.size === 0) followers.delete(accountId);
  }

  return {
    async follow(accountId) {
      if (closed) throw new AppError('unavailable', 'STOPPING', 'This server is stopping. Try again.');
      await listen();
      const follower = createFollower(() => leave(accountId, follower));
      const others = followers.get(accountId);
      if (others) others.add(follower);
      else followers.set(accountId, new Set([follower]));
      return follower;
    },
    async close() {
      closed = true;
      clearTimeout(retry);
      for (const follower of all()) follower.end();
      const client = await listening?.catch(() => null);
      await client?.end();
    },
  };
}

interface Follower extends Following {
  hear(told: readonly Topic[]): void;
}

function createFollower(left: () => void): Follower {
  let heard = new Set<Topic>();
  let isAwake = false;
  let isOver = false;
  let answer: (() => void) | null = null;
  const stir = (): void => {
    answer?.();
    answer = null;
  };
  return {
    async next() {
      while (!isOver && !isAwake && heard.size === 0) await new Promise<void>((resolve) => (answer = resolve));
      if (isOver) return null;
      const told = heard;
      heard = new Set();
      isAwake = false;
      return told;
    },
    hear(told) {
      for (const topic of told) heard.add(topic);
      stir();
    },
    wake() {
      isAwake = true;
      stir();
    },
    end() {
      if (isOver) return;
      isOver = true;
      left();
      stir();
    },
  };
}

/** What a notification says; null where it is none of ours. */
function readEvent(payload: string): { readonly topic: Topic; readonly accountId: AccountId } | null {
  try {
    const { topic, accountId } = JSON.parse(payload) as { readonly topic: Topic; readonly accountId: AccountId };
    return topics.includes(topic) ? { topic, accountId } : null;
  } catch {
    return null;
  }
}

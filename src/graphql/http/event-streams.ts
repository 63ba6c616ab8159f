/** The streams of events that are open: how many there may be, and that none outlives its sign-in. */
import type { ExecutionResult } from 'graphql';
import type { Config } from '../../config.js';
import type { Call, Principal } from '../../kernel/call.js';
import { AppError } from '../../kernel/errors.js';
import type { Clock } from '../../kernel/ports.js';
import { codesOf, render, send } from './answer.js';
import { streamHeaders, streamOf, writeEvents } from './event-stream.js';
import type { Exchange } from './exchange.js';
import type { Operations, Plan } from './operation.js';

/** Subscriptions over `text/event-stream`, each over a request of its own. */
export interface EventStreams {
  /** Follows what is asked, or answers the refusal. */
  answer(exchange: Exchange, plan: Plan, call: Call): Promise<void>;
  /** Ends every stream that is open and those that are about to begin, so that the process may stop. */
  end(): void;
  /** Stops looking at sign-ins. */
  stop(): void;
}

/** What streams need. */
export interface EventStreamsParts {
  readonly operations: Operations;
  readonly limits: Config['limits']['streams'];
  /** Who is behind an Authorization header now. */
  authenticate(authorization: string | undefined, userAgent?: string): Promise<Principal>;
  readonly clock: Clock;
  refusalOf(error: AppError, requestId: string): ExecutionResult;
}

interface Open {
  readonly principal: Principal;
  readonly authorization: string | undefined;
  readonly stop: AbortController;
}

/** So many sign-ins are looked at together. */
const together = 8;

/** No stream is open yet. Sign-ins are looked at every `recheckMs` from here on. */
export function createEventStreams(parts: EventStreamsParts): EventStreams {
  const { operations, limits, clock } = parts;
  const streams = new Set<Open>();
  let isStopping = false;
  let isLooking = false;
  // Begun here and not by the first stream, whose end would also end what is asked of the database in its course.
  const timer = setInterval(() => void look(), limits.recheckMs);
  timer.unref();

  function refusal({ principal }: Call): AppError | null {
    if (isStopping) return new AppError('unavailable', 'STOPPING', 'This server is stopping. Try again.');
    if (streams.size >= limits.most) {
      return new AppError('unavailable', 'TOO_MANY_STREAMS', 'Too many streams are open here. Try again later.');
    }
    if (principal.kind !== 'user') return null;
    const own = [...streams].filter((open) => open.principal.kind === 'user' && isSame(open.principal, principal));
    if (own.length < limits.perUser) return null;
    return new AppError('limit', 'TOO_MANY_STREAMS', `You may have ${limits.perUser} streams open at a time.`, {
      facts: { limit: 'streams', allowed: limits.perUser, actual: own.length + 1 },
    });
  }

  /** Ends the streams whose token ran out, and those whose bearer is not let in any more or is not the same. */
  async function look(): Promise<void> {
    if (isLooking || streams.size === 0) return;
    isLooking = true;
    const now = clock.now();
    const waiting = new Map<string | undefined, Open[]>();
    for (const open of streams) {
      if (isExpired(open.principal, now)) open.stop.abort();
      else waiting.set(open.authorization, [...(waiting.get(open.authorization) ?? []), open]);
    }
    const signIns = [...waiting];
    const work = async (): Promise<void> => {
      for (let next = signIns.pop(); next; next = signIns.pop()) await lookAt(...next);
    };
    await Promise.all(Array.from({ length: Math.min(together, signIns.length) }, work));
    isLooking = false;
  }

  async function lookAt(authorization: string | undefined, opened: readonly Open[]): Promise<void> {
    try {
      const principal = await parts.authenticate(authorization);
      for (const open of opened) if (!isSame(open.principal, principal)) open.stop.abort();
    } catch (error) {
      // Where it cannot be told now, the next look tells.
      if (error instanceof AppError && error.kind === 'unauthenticated') opened.forEach(({ stop }) => stop.abort());
    }
  }

  /** A refusal: as a stream only for clients that take nothing else. */
  function answerWith(exchange: Exchange, result: ExecutionResult): void {
    if (exchange.accepted !== 'stream') return exchange.answer(result);
    const { status, headers, body } = render(result, 'application/json');
    exchange.told.codes = codesOf(result);
    send(exchange.res, status, { ...exchange.headers, ...headers, ...streamHeaders }, streamOf(body));
  }

  return {
    async answer(exchange, plan, call) {
      const { req, res, headers, requestId } = exchange;
      exchange.told.plan = plan;
      const refused = refusal(call);
      if (refused !== null) return answerWith(exchange, parts.refusalOf(refused, requestId));

      const { authorization } = req.headers;
      const open: Open = { principal: call.principal, authorization, stop: new AbortController() };
      streams.add(open);
      try {
        const followed = await operations.follow(plan, call);
        if (!(Symbol.asyncIterator in followed)) return answerWith(exchange, followed);
        if (res.headersSent || res.destroyed) return void (await followed.return());
        exchange.streaming();
        await writeEvents(followed, res, headers, limits, open.stop.signal);
      } finally {
        streams.delete(open);
      }
    },
    end() {
      isStopping = true;
      for (const { stop } of streams) stop.abort();
    },
    stop: () => clearInterval(timer),
  };
}

function isExpired(principal: Principal, now: Date): boolean {
  const claims = principal.kind === 'user' || principal.kind === 'newcomer' ? principal.claims : null;
  return claims !== null && claims.expiresAt !== null && claims.expiresAt <= now;
}

function isSame(one: Principal, other: Principal): boolean {
  if (one.kind !== 'user' || other.kind !== 'user') return one.kind === other.kind;
  return one.userId === other.userId && one.operator === other.operator;
}

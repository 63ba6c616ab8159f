/** One request and its answer: its id, its time limit, and what the log and the metrics are told of it at the end. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import type { Call, Principal } from '../../kernel/call.js';
import { callerAddress } from '../../caller-address.js';
import { AppError } from '../../kernel/errors.js';
import type { Random } from '../../kernel/ports.js';
import { type Log, logRequest } from '../../log.js';
import type { Metrics } from '../../metrics.js';
import { type Accepted, type MediaType, negotiate } from './accept.js';
import { codesOf, render, send } from './answer.js';
import { clientGone } from './body.js';
import type { Plan } from './operation.js';

/** A request being answered. */
export interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly requestId: string;
  readonly accepted: Accepted;
  /** Fires when the client goes away or the time is up. */
  readonly signal: AbortSignal;
  /** The headers of whatever is answered. */
  readonly headers: Readonly<Record<string, string>>;
  /** What is known so far, for the log. */
  readonly told: { principal: Principal | null; plan: Plan | null; codes: readonly string[] };
  /** The call by this principal. */
  callOf(principal: Principal): Call;
  /** Answers with a result. Does nothing when an answer was sent already. */
  answer(result: ExecutionResult, headers?: Readonly<Record<string, string>>): void;
  /** The answer is a stream from here on: no time limit any more, and no longer a request in flight. */
  streaming(): void;
}

/** What an exchange needs. `timedOut` is the result when the time is up; `done` is called once at the end. */
export interface ExchangeParts {
  readonly requestMs: number;
  /** How many proxies are trusted to tell the caller's address. */
  readonly trustProxy: number;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
  timedOut(error: AppError, requestId: string): ExecutionResult;
}

/** The header may come several times; node:http joins them, and types say otherwise. */
const forwardedOf = ({ headers }: IncomingMessage): string | undefined => headers['x-forwarded-for']?.toString();

const safeId = /^[\w-]{8,64}$/;

/** Begins the exchange: its clock runs from here. `headers` are added to whatever is answered. */
export function beginExchange(
  parts: ExchangeParts,
  req: IncomingMessage,
  res: ServerResponse,
  headers: Readonly<Record<string, string>>,
  done: () => void,
): Exchange {
  const began = performance.now();
  const given = req.headers['x-request-id'];
  const requestId = typeof given === 'string' && safeId.test(given) ? given : parts.random.uuid();
  const accepted = negotiate(req.headers.accept);
  const mediaType: MediaType = accepted === 'application/graphql-response+json' ? accepted : 'application/json';
  const abort = new AbortController();
  const told: Exchange['told'] = { principal: null, plan: null, codes: [] };
  const own = { ...headers, 'x-request-id': requestId, 'cache-control': 'no-store' };
  const inFlight = once(parts.metrics.enter(), done);

  const exchange: Exchange = {
    req,
    res,
    requestId,
    accepted,
    signal: abort.signal,
    headers: own,
    told,
    callOf: (principal) => ({
      principal,
      requestId,
      address: callerAddress(parts.trustProxy, forwardedOf(req), req.socket.remoteAddress ?? ''),
      signal: abort.signal,
    }),
    answer(result, more) {
      if (res.headersSent || res.destroyed) return;
      told.codes = codesOf(result);
      const rendered = render(result, mediaType);
      const contentType = `${mediaType}; charset=utf-8`;
      send(res, rendered.status, { 'content-type': contentType, ...own, ...rendered.headers, ...more }, rendered.body);
    },
    streaming() {
      clearTimeout(timer);
      inFlight();
    },
  };

  const timer = setTimeout(() => {
    const late = new AppError('timeout', 'REQUEST_TIMEOUT', 'The request took too long.');
    abort.abort(late);
    exchange.answer(parts.timedOut(late, requestId));
  }, parts.requestMs);

  res.once('close', () => {
    clearTimeout(timer);
    inFlight();
    if (!res.writableFinished) abort.abort(clientGone());
    const ms = performance.now() - began;
    const { plan, principal, codes } = told;
    const type = plan?.operation.operation ?? 'none';
    parts.metrics.observe(type, res.statusCode, ms / 1_000);
    logRequest(parts.log, {
      requestId,
      method: req.method ?? '',
      path: '/graphql',
      status: res.writableFinished ? res.statusCode : 499,
      ms: Math.round(ms * 100) / 100,
      operation: plan === null ? null : { name: plan.operation.name?.value.slice(0, 100) ?? null, type },
      cost: plan?.cost ?? null,
      principal: principal?.kind ?? null,
      userId: principal?.kind === 'user' ? principal.userId : null,
      codes,
    });
  });
  return exchange;
}

function once(...tasks: readonly (() => void)[]): () => void {
  let pending = tasks;
  return () => {
    const due = pending;
    pending = [];
    for (const task of due) task();
  };
}

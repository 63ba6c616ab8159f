/** The one way every RPC is answered: authenticate, admit, decode, validate, call, encode, tell the log. */
import type { handleUnaryCall, StatusObject } from '@grpc/grpc-js';
import type { Config } from '../config.js';
import { underSignal } from '../db/cancel.js';
import { callingUser, type Call, type Principal } from '../kernel/call.js';
import { callerAddress } from '../caller-address.js';
import { AppError, forbidden, kinds, type ErrorCode } from '../kernel/errors.js';
import type { Clock, Random } from '../kernel/ports.js';
import { logRequest, type Log } from '../log.js';
import type { Services } from '../services.js';
import { codecOf, type Codec, type Message } from './codecs.js';
import { listCost, methodCost } from './cost.js';
import { limitFields } from './fields.js';
import { addressOf, authorizationOf, forwardedOf, headerOf, limitMetadata, requestIdOf } from './metadata.js';
import type { GrpcMetrics } from './metrics.js';
import { recordRefusal } from './refusals.js';
import type { Rpc, RpcContext } from './rpc.js';
import { toStatus } from './status.js';
import { validate } from './validate.js';

/** What answering needs. */
export interface HandlerParts {
  readonly services: Services;
  readonly limits: Config['limits'];
  /** How many proxies are trusted to tell the caller's address. */
  readonly trustProxy: number;
  /** As the GraphQL server's: who is behind an Authorization header. */
  authenticate(authorization: string | undefined, userAgent?: string): Promise<Principal>;
  /** Takes a place for one call; null when the process has more to do than it can. Call what is returned when done. */
  enter(): (() => void) | null;
  /** Seconds to wait before asking again; 0 when the call is charged and may go on. */
  charge(call: Call, cost: number): number;
  readonly log: Log;
  readonly metrics: GrpcMetrics;
  readonly random: Random;
  readonly clock: Clock;
}

/** One RPC: its names on the wire, and what answers it. */
export interface Target {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly request: string;
  readonly response: string;
  /** It changes nothing, says its proto file. */
  readonly readOnly: boolean;
  readonly rpc: Rpc<object, object>;
}

/** Answers one RPC, from bytes to bytes. */
export type Answerer = handleUnaryCall<Buffer, Buffer>;

const cancelled = 1;
const deadlineExceeded = 4;

/** Makes the answerer of each RPC. `running` counts the calls whose work is not over, cancelled ones included. */
export function createAnswerers(parts: HandlerParts) {
  const { limits, log, metrics, random } = parts;
  let running = 0;

  const signIn = async (metadata: Asked['metadata']): Promise<Principal> =>
    parts.authenticate(authorizationOf(metadata), headerOf(metadata, 'user-agent') ?? undefined);

  function charge(call: Call, cost: number): void {
    const wait = parts.charge(call, cost);
    if (wait > 0) throw tooMuch(wait);
  }

  /** From the call to the bytes of its answer. */
  async function answer(target: Target, codecs: Codecs, asked: Asked): Promise<Buffer> {
    const { metadata, request, told } = asked;
    limitMetadata(metadata, limits.grpc.metadataBytes);
    const { requestId, address, signal } = asked;
    const callOf = (principal: Principal): Call => ({ principal, requestId, address, signal });
    const principal = await signIn(metadata).catch((error: unknown) => {
      if (error instanceof AppError && error.kind === 'unauthenticated') charge(callOf({ kind: 'anonymous' }), 1);
      throw error;
    });
    told.principal = principal;
    const call = callOf(principal);
    charge(call, methodCost(target.method));
    if (!(target.rpc.admits ?? ['user']).includes(principal.kind)) {
      await recordRefusal(parts.services, call, target, () => decoded(target, codecs, request));
      callingUser(call);
      throw forbidden();
    }
    const message = decoded(target, codecs, request);
    validate(target.request, message);
    const rows = codecs.rows(message);
    if (rows > 0) charge(call, rows);
    const context: RpcContext = {
      call,
      services: parts.services,
      header: (key) => headerOf(metadata, key),
      now: () => parts.clock.now(),
    };
    return codecs.response.encode(await target.rpc.handle(context, message));
  }

  function decoded(target: Target, codecs: Codecs, request: Buffer): Message {
    limitFields(target.request, request, limits.variables.values);
    return codecs.request.decode(request);
  }

  function answererOf(target: Target): Answerer {
    const codecs: Codecs = {
      request: codecOf(target.request),
      response: codecOf(target.response),
      rows: listCost(target.request, limits.list),
    };
    const zitadel = target.service.startsWith('zitadel.');
    const fields = target.rpc.fields ?? {};

    return (call, reply) => {
      const began = performance.now();
      const deadline = Number(call.getDeadline()) - performance.timeOrigin;
      const requestId = requestIdOf(call.metadata) ?? random.uuid();
      const abort = new AbortController();
      const told: Asked['told'] = { principal: null, codes: [] };
      let isOver = false;

      const end = (status: Pick<StatusObject, 'code'>, bytes: Buffer | null): void => {
        if (isOver) return;
        isOver = true;
        clearTimeout(timer);
        const ms = performance.now() - began;
        metrics.observe(target.method, status.code, ms / 1_000);
        logRequest(log, {
          requestId,
          method: 'gRPC',
          path: target.path,
          status: status.code,
          ms: Math.round(ms * 100) / 100,
          operation: { name: target.method, type: 'rpc' },
          cost: null,
          principal: told.principal?.kind ?? null,
          userId: told.principal?.kind === 'user' ? told.principal.userId : null,
          codes: told.codes,
        });
        if (bytes) reply(null, bytes);
        else reply(status);
      };
      const refuse = (error: unknown): void => {
        if (isOver) return;
        told.codes = [kinds[error instanceof AppError ? error.kind : 'internal'].code];
        end(toStatus(error, { requestId, log, fields, zitadel }), null);
      };

      const timer = setTimeout(() => {
        const late = new AppError('timeout', 'REQUEST_TIMEOUT', 'The request took too long.');
        abort.abort(late);
        refuse(late);
      }, limits.requestMs);
      call.on('cancelled', () => {
        if (isOver) return;
        abort.abort();
        // The client is gone or was told already; only the log and the metrics are left to tell.
        end({ code: performance.now() >= deadline ? deadlineExceeded : cancelled }, null);
      });

      const leave = parts.enter();
      if (!leave) {
        metrics.refused();
        return refuse(tooBusy);
      }
      running += 1;
      const asked: Asked = {
        metadata: call.metadata,
        request: call.request,
        requestId,
        address: callerAddress(parts.trustProxy, forwardedOf(call.metadata), addressOf(call.getPeer())),
        signal: abort.signal,
        told,
      };
      underSignal(abort.signal, () => answer(target, codecs, asked))
        .then((bytes) => end({ code: 0 }, bytes), refuse)
        .finally(() => {
          running -= 1;
          leave();
        });
    };
  }

  return { answererOf, running: () => running };
}

interface Codecs {
  readonly request: Codec;
  readonly response: Codec;
  /** What the rows cost that a request asks for. */
  rows(message: Message): number;
}

interface Asked {
  readonly metadata: Parameters<typeof limitMetadata>[0];
  readonly request: Buffer;
  readonly requestId: string;
  readonly address: string;
  readonly signal: AbortSignal;
  readonly told: { principal: Principal | null; codes: readonly ErrorCode[] };
}

const tooBusy = new AppError('unavailable', 'OVERLOADED', 'The server is busy: try again in a moment.');

const tooMuch = (retryAfter: number): AppError =>
  new AppError('rate', 'RATE_LIMITED', 'You asked too much in too short a time.', { facts: { retryAfter } });

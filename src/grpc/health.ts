/** grpc.health.v1: whether this process can answer well now. Needs no credentials. */
import {
  status as codes,
  type handleServerStreamingCall,
  type handleUnaryCall,
  type Server,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import { Reader, Writer } from 'protobufjs/minimal.js';

/** The numbers of `HealthCheckResponse.ServingStatus`. */
const serving = 1;
const notServing = 2;
const serviceUnknown = 3;

const lookMs = 1_000;

/** Tells load balancers how it stands. */
export interface Health {
  addTo(server: Server): void;
  /** NOT_SERVING from here on, told to watchers at once. */
  stop(): void;
  /** Ends the streams of watchers, which would never end by themselves. */
  endStreams(): void;
}

/** Null for bytes that are no request. */
function serviceIn(bytes: Buffer): string | null {
  try {
    const reader = Reader.create(bytes);
    let service = '';
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      if (tag === 10) service = reader.string();
      else reader.skipType(tag & 7);
    }
    return service;
  } catch {
    return null;
  }
}

const encode = (status: number): Buffer => Buffer.from(Writer.create().uint32(8).int32(status).finish());
const bytes = (value: Buffer): Buffer => value;
const method = (name: string, responseStream: boolean) => ({
  path: `/grpc.health.v1.Health/${name}`,
  requestStream: false,
  responseStream,
  requestSerialize: bytes,
  requestDeserialize: bytes,
  responseSerialize: bytes,
  responseDeserialize: bytes,
});
const definition = { Check: method('Check', false), Watch: method('Watch', true) } satisfies ServiceDefinition;

/** @param services the full names that may be asked for; the empty name stands for all @param ready looks at what is needed */
export function createHealth(services: readonly string[], ready: () => Promise<boolean>): Health {
  const known = new Set(['', ...services]);
  const watchers = new Set<() => void>();
  const streams = new Set<() => void>();
  let isStopping = false;

  const statusOf = async (service: string): Promise<number> => {
    if (!known.has(service)) return serviceUnknown;
    if (isStopping) return notServing;
    return (await ready().catch(() => false)) && !isStopping ? serving : notServing;
  };

  const check: handleUnaryCall<Buffer, Buffer> = (call, reply) => {
    const service = serviceIn(call.request);
    if (service === null)
      return reply({ code: codes.INVALID_ARGUMENT, details: 'The request is no message of its type.' });
    if (!known.has(service)) return reply({ code: codes.NOT_FOUND, details: 'There is no such service.' });
    void statusOf(service).then((status) => reply(null, encode(status)));
  };

  const watch: handleServerStreamingCall<Buffer, Buffer> = (call) => {
    const service = serviceIn(call.request);
    if (service === null) {
      return void call.emit('error', {
        code: codes.INVALID_ARGUMENT,
        details: 'The request is no message of its type.',
      });
    }
    let last = 0;
    const look = (): void => {
      void statusOf(service).then((status) => {
        if (status === last || call.cancelled || call.writableEnded) return;
        last = status;
        call.write(encode(status));
      });
    };
    const timer = setInterval(look, lookMs);
    timer.unref();
    const leave = (): void => {
      clearInterval(timer);
      watchers.delete(look);
      streams.delete(end);
    };
    const end = (): void => {
      leave();
      call.end();
    };
    watchers.add(look);
    streams.add(end);
    call.on('cancelled', leave);
    look();
  };

  return {
    addTo: (server) => server.addService(definition, { Check: check, Watch: watch }),
    stop() {
      isStopping = true;
      watchers.forEach((look) => look());
    },
    endStreams: () => streams.forEach((end) => end()),
  };
}

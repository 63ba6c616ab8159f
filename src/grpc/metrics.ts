/** What is measured of gRPC calls. */
import { Counter, Histogram, type Registry } from 'prom-client';

/** The figures of one gRPC server. */
export interface GrpcMetrics {
  /** A call ended: its RPC, the number of its status, its seconds. */
  observe(method: string, status: number, seconds: number): void;
  /** A call was turned away because there is too much to do. */
  refused(): void;
}

/** Adds the figures to a registry. */
export function createGrpcMetrics(registry: Registry): GrpcMetrics {
  const seconds = new Histogram({
    name: 'gatehouse_grpc_call_seconds',
    help: 'Duration of gRPC calls by method and status.',
    labelNames: ['method', 'status'] as const,
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10],
    registers: [registry],
  });
  const refusals = new Counter({
    name: 'gatehouse_grpc_calls_refused_total',
    help: 'gRPC calls turned away for overload.',
    registers: [registry],
  });
  return {
    observe: (method, status, value) => seconds.labels(method, String(status)).observe(value),
    refused: () => refusals.inc(),
  };
}

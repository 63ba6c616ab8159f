/** What is measured while serving, as Prometheus reads it. */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** The figures of one process. Each call of {@link createMetrics} has a registry of its own. */
export interface Metrics {
  /** For figures that other rooms add. */
  readonly registry: Registry;
  /** A request ended: the type of its operation (`none` when it never got that far), its status, its seconds. */
  observe(operation: string, status: number, seconds: number): void;
  /** A request came in; call what is returned once when it is done. */
  enter(): () => void;
  /** A request was turned away: `overload` or `rate`. */
  refused(why: 'overload' | 'rate'): void;
  /** The text of `/metrics` and its content type. */
  text(): Promise<{ readonly body: string; readonly contentType: string }>;
}

/** Starts measuring, the process itself (memory, event-loop delay, garbage collection) included. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const seconds = new Histogram({
    name: 'gatehouse_http_request_seconds',
    help: 'Duration of GraphQL requests by type of operation and class of status.',
    labelNames: ['operation', 'status'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const inFlight = new Gauge({
    name: 'gatehouse_http_requests_in_flight',
    help: 'GraphQL requests being answered.',
    registers,
  });
  const refusals = new Counter({
    name: 'gatehouse_http_requests_refused_total',
    help: 'GraphQL requests turned away, by reason.',
    labelNames: ['reason'] as const,
    registers,
  });
  const children = new Map<string, { observe(value: number): void }>();

  return {
    registry,
    observe(operation, status, value) {
      const statusClass = `${Math.trunc(status / 100)}xx`;
      const key = operation + statusClass;
      let child = children.get(key);
      if (child === undefined) children.set(key, (child = seconds.labels(operation, statusClass)));
      child.observe(value);
    },
    enter() {
      inFlight.inc();
      return () => inFlight.dec();
    },
    refused: (why) => refusals.inc({ reason: why }),
    text: async () => ({ body: await registry.metrics(), contentType: registry.contentType }),
  };
}

/** The settings: the only place that reads `process.env`. Parsed once, frozen, every fault told in one clear line. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import { z } from 'zod';
import { limitSettings } from './config.limits.js';

const empty = (value: unknown): unknown => (value === '' ? undefined : value);
const optional = <T extends z.ZodType>(type: T) => z.preprocess(empty, type.optional());
const text = (fallback: string) => z.preprocess(empty, z.string().default(fallback));
const port = (fallback: number) => z.preprocess(empty, z.coerce.number().int().min(0).max(65535).default(fallback));
const onOff = (fallback: boolean) =>
  z.preprocess(
    empty,
    z
      .enum(['on', 'off'])
      .default(fallback ? 'on' : 'off')
      .transform((value) => value === 'on'),
  );
const list = z.preprocess(
  empty,
  z
    .string()
    .default('')
    .transform((value) =>
      value
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
    ),
);

/** JSON: lookup keys of prices with their quantities; empty or 0 for metered prices, which take none. */
const priceLookups = z.preprocess(
  empty,
  z
    .string()
    .default('{}')
    .transform((text, context): Readonly<Record<string, number | null>> => {
      const parsed = priceQuantities.safeParse(text);
      if (parsed.success) return parsed.data;
      context.addIssue({ code: 'custom', message: 'must be JSON such as {"team-seat":"1","records":""}' });
      return z.NEVER;
    }),
);
const priceQuantities = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'This is no JSON.' });
      return z.NEVER;
    }
  })
  .pipe(
    z.record(
      z.string().min(1),
      z
        .union([z.literal('').transform(() => 0), z.string().regex(/^\d{1,9}$/), z.int().nonnegative()])
        .transform((quantity) => Number(quantity) || null),
    ),
  );

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const settings = (production: boolean) =>
  z.object({
    HOST: text('127.0.0.1'),
    PORT: port(4000),
    GRPC_PORT: port(4001),
    GRPC_TLS_CERT: optional(z.string()),
    GRPC_TLS_KEY: optional(z.string()),
    DATA_DIR: text('.data'),
    DATABASE_URL: optional(z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgresql:// address' })),
    DATABASE_DIRECT_URL: optional(z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgresql:// address' })),
    AUTH: optional(z.enum(['oidc', 'dev', 'off'])),
    OIDC_ISSUER: list,
    OIDC_AUDIENCE: list,
    OIDC_JWKS_URI: list,
    OIDC_TRUST_EMAIL: onOff(false),
    OPERATOR_SUBJECTS: list,
    WORKER_KEYS: list,
    LICENSE: optional(z.string()),
    LICENSE_PUBLIC_KEY: optional(z.string()),
    STRIPE_API_KEY: optional(z.string()),
    STRIPE_API_BASE: optional(z.url()),
    STRIPE_WEBHOOK_SECRET: list,
    STRIPE_PRICE_LOOKUPS: priceLookups,
    BILLING_EXEMPT_ACCOUNTS: list.pipe(z.array(z.uuid().toLowerCase())),
    APP_URL: text('http://localhost:3000'),
    TEMPORAL_URL: text('localhost:7233'),
    TEMPORAL_DEFAULT_NAMESPACE: text('default'),
    TEMPORAL_DEFAULT_SYNCJOB_QUEUE: text('sync-job'),
    MAX_ALLOWED_RECORDS: z.preprocess(empty, z.coerce.bigint().default(0n)),
    INSTANCE_DOMAIN: text('localhost'),
    INTROSPECTION: z.preprocess(empty, z.enum(['on', 'operators', 'off']).default(production ? 'operators' : 'on')),
    TRUSTED_DOCUMENTS: z.preprocess(empty, z.enum(['off', 'allow', 'require']).default('off')),
    TRUSTED_DOCUMENTS_FILE: optional(z.string()),
    FEDERATION_ONE_OF: onOff(true),
    GRAPHIQL: onOff(!production),
    DEMO: onOff(!production),
    CLOUD: onOff(false),
    RBAC: onOff(true),
    RATE_LIMITS: onOff(true),
    LOG_LEVEL: z.preprocess(empty, z.enum(logLevels).default('info')),
    CORS_ORIGINS: list,
    TRUST_PROXY: z.preprocess(empty, z.coerce.number().int().min(0).max(20).default(0)),
    ALLOWED_HOSTS: list,
  });

/** Wrong settings: each of `faults` is one clear line about one setting. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(faults.join('\n'));
    this.name = 'ConfigError';
  }
}

/**
 * Reads the settings from an environment (see the table of settings in README.md).
 * @throws ConfigError naming every setting that is wrong
 */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env) {
  const production = env['NODE_ENV'] === 'production';
  const parsed = settings(production).safeParse(env);
  const limits = limitSettings.safeParse(env);
  const faults = [parsed, limits].flatMap((result) =>
    result.success ? [] : result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`),
  );
  if (!parsed.success || !limits.success) throw new ConfigError(faults);

  const s = parsed.data;
  const auth = s.AUTH ?? (s.OIDC_ISSUER.length > 0 ? 'oidc' : 'dev');
  const rules: readonly (readonly [boolean, string])[] = [
    [production && auth === 'dev', 'AUTH: production needs OIDC_ISSUER; to run without sign-in say AUTH=off'],
    [
      (s.GRPC_TLS_CERT === undefined) !== (s.GRPC_TLS_KEY === undefined),
      'GRPC_TLS_CERT, GRPC_TLS_KEY: give the files of both, or neither',
    ],
    [auth === 'oidc' && s.OIDC_ISSUER.length === 0, 'OIDC_ISSUER: needed with AUTH=oidc'],
    [auth === 'oidc' && s.OIDC_AUDIENCE.length === 0, 'OIDC_AUDIENCE: needed with AUTH=oidc'],
    [
      s.OIDC_JWKS_URI.length > 0 && s.OIDC_JWKS_URI.length !== s.OIDC_ISSUER.length,
      'OIDC_JWKS_URI: give one address for each issuer, in the same order, or none',
    ],
    ...[...s.OIDC_ISSUER, ...s.OIDC_JWKS_URI].map(
      (address) => [!isSafeAddress(address), `OIDC: ${address} must be https (plain http only on loopback)`] as const,
    ),
    [
      s.OIDC_ISSUER.length > 1 && s.OPERATOR_SUBJECTS.some((subject) => !subject.includes('|')),
      'OPERATOR_SUBJECTS: with several issuers write issuer|subject',
    ],
  ];
  const broken = rules.filter(([isBroken]) => isBroken).map(([, fault]) => fault);
  if (broken.length > 0) throw new ConfigError(broken);

  return deepFreeze({
    production,
    host: s.HOST,
    port: s.PORT,
    grpcPort: s.GRPC_PORT,
    /** Null: gRPC without encryption. */
    grpcTls:
      s.GRPC_TLS_CERT === undefined || s.GRPC_TLS_KEY === undefined
        ? null
        : { certFile: resolve(s.GRPC_TLS_CERT), keyFile: resolve(s.GRPC_TLS_KEY) },
    dataDir: resolve(s.DATA_DIR),
    databaseUrl: s.DATABASE_URL,
    databaseDirectUrl: s.DATABASE_DIRECT_URL ?? s.DATABASE_URL,
    auth,
    oidc: {
      issuers: s.OIDC_ISSUER.map((issuer, i) => ({ issuer, jwksUri: s.OIDC_JWKS_URI[i] })),
      audiences: s.OIDC_AUDIENCE,
      trustEmail: s.OIDC_TRUST_EMAIL,
    },
    operatorSubjects: s.OPERATOR_SUBJECTS,
    workerKeys: s.WORKER_KEYS,
    license: { text: s.LICENSE, publicKey: s.LICENSE_PUBLIC_KEY },
    stripe: {
      apiKey: s.STRIPE_API_KEY,
      apiBase: s.STRIPE_API_BASE,
      webhookSecrets: s.STRIPE_WEBHOOK_SECRET,
      /** Lookup keys of what a subscription consists of, with quantities; null for metered prices. */
      priceLookups: s.STRIPE_PRICE_LOOKUPS,
    },
    /** Accounts that are exempt from billing. */
    billingExemptAccounts: s.BILLING_EXEMPT_ACCOUNTS,
    appUrl: s.APP_URL.replace(/\/+$/, ''),
    temporal: {
      url: s.TEMPORAL_URL,
      namespace: s.TEMPORAL_DEFAULT_NAMESPACE,
      syncJobQueueName: s.TEMPORAL_DEFAULT_SYNCJOB_QUEUE,
    },
    /** Records a new personal account may use in a billing period; null is without limit. */
    maxAllowedRecords: s.MAX_ALLOWED_RECORDS > 0n ? s.MAX_ALLOWED_RECORDS : null,
    instanceDomain: s.INSTANCE_DOMAIN,
    introspection: s.INTROSPECTION,
    /** No file: the manifest of the worked examples. */
    trustedDocuments: {
      mode: s.TRUSTED_DOCUMENTS,
      file: s.TRUSTED_DOCUMENTS_FILE === undefined ? null : resolve(s.TRUSTED_DOCUMENTS_FILE),
    },
    /** Whether the schema for composed gateways says `@oneOf`, which some composers reject. */
    federationOneOf: s.FEDERATION_ONE_OF,
    graphiql: s.GRAPHIQL,
    demo: s.DEMO,
    cloud: s.CLOUD,
    rbac: s.RBAC,
    rateLimits: s.RATE_LIMITS,
    logLevel: s.LOG_LEVEL,
    corsOrigins: s.CORS_ORIGINS,
    /** Proxies between callers and us that tell X-Forwarded-For. */
    trustProxy: s.TRUST_PROXY,
    allowedHosts: s.ALLOWED_HOSTS,
    ...limits.data,
  });
}

/** The settings as {@link readConfig} returns them. */
export type Config = ReturnType<typeof readConfig>;

/**
 * Looks whether gRPC can be encrypted with the files that the settings name, before anything is started for it.
 * @throws ConfigError when one cannot be read, or they are no certificate and its key
 */
export function checkTlsFiles(tls: Config['grpcTls']): void {
  if (tls === null) return;
  const faults: string[] = [];
  const read = (setting: string, file: string): Buffer | undefined => {
    try {
      return readFileSync(file);
    } catch {
      faults.push(`${setting}: ${file} cannot be read`);
      return undefined;
    }
  };
  const cert = read('GRPC_TLS_CERT', tls.certFile);
  const key = read('GRPC_TLS_KEY', tls.keyFile);
  if (cert === undefined || key === undefined) throw new ConfigError(faults);
  try {
    createSecureContext({ cert, key });
  } catch {
    throw new ConfigError(['GRPC_TLS_CERT, GRPC_TLS_KEY: the files are no certificate and its key, as PEM']);
  }
}

function isSafeAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  const loopback = url.hostname === 'localhost' || url.hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(url.hostname);
  return url.protocol === 'https:' || (url.protocol === 'http:' && loopback);
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value))
    if (typeof inner === 'object' && inner !== null) deepFreeze(inner as object);
  return Object.freeze(value);
}

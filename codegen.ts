/**
 * Everything that is generated: proto -> src/generated, Prisma client -> src/generated, GraphQL schema and trusted
 * documents -> schema/, typed documents for front ends -> test/client/generated.
 *
 *   tsx codegen.ts                 everything
 *   tsx codegen.ts proto prisma    only the named steps: proto, prisma, schema, client
 *   tsx codegen.ts --if-missing    src/generated, unless it is there and no input has changed since; then named steps
 *   tsx codegen.ts --check         writes nothing; fails when schema/ is not what the code says
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const home = path.dirname(fileURLToPath(import.meta.url));
const at = (...parts: string[]): string => path.join(home, ...parts);
const generated = at('src', 'generated');
const stampFile = path.join(generated, '.stamp');
const outputs = ['proto.js', 'proto.d.ts', 'proto-docs.ts', 'proto-model.ts', 'prisma/client.ts'];
const examples = at('schema', 'examples');
const header = '/** Written by codegen.ts from proto/; do not edit. */\n';

const steps = { proto: writeProto, prisma: writePrismaClient, schema: writeSchemas, client: writeClient } as const;
type Step = keyof typeof steps;

/** The proto files, relative to proto/, in a stable order. */
function protoFiles(): string[] {
  const all = readdirSync(at('proto'), { recursive: true, encoding: 'utf8' });
  return all
    .filter((file) => file.endsWith('.proto'))
    .map((file) => file.split(path.sep).join('/'))
    .sort();
}

/** Runs a command line program of a dependency; its failure is ours. */
function run(script: string, args: readonly string[]): void {
  const result = spawnSync(process.execPath, [at('node_modules', script), ...args], {
    cwd: home,
    // Prisma starts its generators by name, and finds them only on the path.
    env: { ...process.env, PATH: `${at('node_modules', '.bin')}${path.delimiter}${process.env['PATH'] ?? ''}` },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (result.status !== 0) throw new Error(`${script} failed:\n${result.stdout}${result.stderr}`);
}

/** proto/ -> proto.js and proto.d.ts (the messages), proto-docs.ts (their documentation), proto-model.ts (their structure). */
async function writeProto(): Promise<void> {
  const target = path.join(generated, 'proto.js');
  const left = ['--no-delimited', '--no-service', '--no-verify', '--no-typeurl'];
  const shape = ['-t', 'static-module', '-w', 'esm', '--force-long', '--alt-comment', '--dts', ...left];
  run('protobufjs-cli/bin/pbjs', [...shape, '-p', at('proto'), '-o', target, ...protoFiles()]);

  const { describeProto, modelTypes } = await import('./proto/documentation.js');
  const model = describeProto(at('proto'), protoFiles());
  const constant = (name: string, type: string, value: unknown): string =>
    `export const ${name}: ${type} = ${JSON.stringify(value, null, 1)};\n`;
  const docs = constant('protoDocs', 'Readonly<Record<string, string>>', model.docs);
  writeFileSync(path.join(generated, 'proto-docs.ts'), header + docs);
  const parts = [
    header + modelTypes,
    constant('protoMessages', 'Readonly<Record<string, ProtoMessage>>', model.messages),
    constant('protoEnums', 'Readonly<Record<string, Readonly<Record<string, number>>>>', model.enums),
    `export const protoServices = ${JSON.stringify(model.services, null, 1)} as const;\n`,
  ];
  writeFileSync(path.join(generated, 'proto-model.ts'), parts.join('\n'));
}

function writePrismaClient(): void {
  run('prisma/build/index.js', ['generate']);
}

/** Which commit this is and when it was made; a checkout without git says nothing. */
function writeBuild(): void {
  const git = (format: string): string => {
    const asked = spawnSync('git', ['log', '-1', `--format=${format}`], { cwd: home, encoding: 'utf8' });
    return asked.status === 0 ? asked.stdout.trim() : '';
  };
  const { version } = JSON.parse(readFileSync(at('package.json'), 'utf8')) as { version: string };
  const build = { version: `v${version}`, commit: git('%H'), date: git('%cI') || '1970-01-01T00:00:00Z' };
  const text = `/** Written by codegen.ts: which build this is. */\nexport const build = ${JSON.stringify(build)} as const;\n`;
  const file = path.join(generated, 'build.ts');
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
}

/** What each file in schema/ must contain, according to the code. */
async function schemas(): Promise<ReadonlyMap<string, string>> {
  const { printApi, printSubgraph } = await import('./src/graphql/federation.sdl.js');
  const { buildSchema } = await import('./src/graphql/schema.js');
  const { trustedDocuments } = await import('./schema/contracts.js');
  const built = buildSchema();
  const schema = printApi(built);
  return new Map([
    ['schema.graphql', `${schema}\n`],
    ['subgraph.graphql', printSubgraph(built, { oneOf: true })],
    ['subgraph.no-one-of.graphql', printSubgraph(built, { oneOf: false })],
    ['trusted-documents.json', await trustedDocuments(schema, examples)],
  ]);
}

async function writeSchemas(): Promise<void> {
  mkdirSync(at('schema'), { recursive: true });
  for (const [file, text] of await schemas()) writeFileSync(at('schema', file), text);
}

/** schema/schema.graphql and schema/examples -> typed documents, as a front end would generate them. */
async function writeClient(): Promise<void> {
  const { typedDocuments } = await import('./schema/contracts.js');
  const target = at('test', 'client', 'generated');
  mkdirSync(target, { recursive: true });
  const schema = readFileSync(at('schema', 'schema.graphql'), 'utf8');
  for (const [file, text] of await typedDocuments(schema, examples)) writeFileSync(path.join(target, file), text);
}

/** Says whether schema/ is what the code says, and prints what differs. */
async function checkSchemas(): Promise<boolean> {
  let same = true;
  for (const [file, text] of await schemas()) {
    const stored = existsSync(at('schema', file)) ? readFileSync(at('schema', file), 'utf8') : '';
    if (stored === text) continue;
    same = false;
    process.stdout.write(
      `schema/${file} is not what the code says; run npm run codegen.\n${difference(stored, text)}\n`,
    );
  }
  return same;
}

/** The lines between the first and the last difference, at most ten of each side. */
function difference(before: string, after: string): string {
  const [old, now] = [before.split('\n'), after.split('\n')];
  while (old.length > 0 && now.length > 0 && old[0] === now[0]) {
    old.shift();
    now.shift();
  }
  while (old.length > 0 && now.length > 0 && old.at(-1) === now.at(-1)) {
    old.pop();
    now.pop();
  }
  return [...old.slice(0, 10).map((line) => `- ${line}`), ...now.slice(0, 10).map((line) => `+ ${line}`)].join('\n');
}

/** One hash over everything that src/generated depends on. */
function stamp(): string {
  const hash = createHash('sha256');
  const inputs = [
    ...protoFiles().map((file) => `proto/${file}`),
    'prisma/schema.prisma',
    'codegen.ts',
    'proto/documentation.ts',
  ];
  for (const file of inputs) hash.update(`${file}\0`).update(readFileSync(at(file)));
  return hash.digest('hex');
}

function upToDate(): boolean {
  const there = outputs.every((file) => existsSync(path.join(generated, file)));
  return there && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp();
}

async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--check')) {
    if (!(await checkSchemas())) process.exitCode = 1;
    return;
  }
  mkdirSync(generated, { recursive: true });
  writeBuild();
  const named = args.filter((arg): arg is Step => Object.hasOwn(steps, arg));
  const first: readonly Step[] = args.includes('--if-missing') && !upToDate() ? ['proto', 'prisma'] : [];
  const all: readonly Step[] = args.length === 0 ? ['proto', 'prisma', 'schema', 'client'] : [];
  const wanted = [...first, ...named, ...all];
  for (const step of wanted) await steps[step]();
  if (wanted.includes('proto') && wanted.includes('prisma')) writeFileSync(stampFile, stamp());
}

await main(process.argv.slice(2));

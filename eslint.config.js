/**
 * What the compiler cannot say; every rule is an error, and no file can turn one off. Who may import whom is in
 * .dependency-cruiser.cjs, how code looks is Prettier's. test/guard/lint.test.ts breaks every rule of ours once.
 */
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const port = 'comes in through a port of src/kernel/ports.ts, so that a test can decide it.';
const named = 'A default export has no name of its own: export it by name.';
const settings = 'Settings are read in src/config.ts only: take a parsed value.';

/** What is refused by its shape in the syntax tree. */
const defaultExports = [
  { selector: 'ExportDefaultDeclaration', message: named },
  { selector: 'ExportSpecifier[exported.name="default"]', message: named },
];
const timeAndChance = [
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: `The time ${port}` },
  { selector: 'CallExpression[callee.name="Date"]', message: `The time ${port}` },
  { selector: 'MemberExpression[object.name="Date"][property.name="now"]', message: `The time ${port}` },
  { selector: 'MemberExpression[object.name="Math"][property.name="random"]', message: `Chance ${port}` },
  { selector: 'ImportSpecifier[imported.name=/^(random|getRandom)/]', message: `Chance ${port}` },
  {
    selector: 'MemberExpression[property.name=/^(random(UUID|Bytes|Int)|getRandomValues)$/]',
    message: `Chance ${port}`,
  },
];

export default defineConfig(
  globalIgnores([
    'dist/',
    'src/generated/',
    'test/client/generated/',
    'test/guard/fixtures/',
    '**/.data/',
    '**/.gatehouse-*/',
  ]),
  { linterOptions: { noInlineConfig: true } },
  {
    files: ['**/*.{js,cjs,mjs,ts}'],
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-lines': ['error', 300],
      'no-console': 'error',
      'no-restricted-syntax': ['error', ...defaultExports],
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/ban-ts-comment': [
        'error',
        { 'ts-expect-error': true, 'ts-ignore': true, 'ts-nocheck': true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, argsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // A function is async when its contract says so: then what it throws is a rejection.
      '@typescript-eslint/require-await': 'off',
      // Our objects are closures, not classes: a method taken out of one keeps working.
      '@typescript-eslint/unbound-method': 'off',
      // graphql's enums are plain strings in documents, and 'mutation' reads better than OperationTypeNode.MUTATION.
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      // `'KNOWN' | string` tells a reader what to expect.
      '@typescript-eslint/no-redundant-type-constituents': 'off',
    },
  },
  {
    files: ['**/*.ts'],
    ignores: ['src/config.ts', 'prisma.config.ts', 'codegen.ts', 'test/**'],
    rules: {
      'no-restricted-properties': ['error', { object: 'process', property: 'env', message: settings }],
      'no-restricted-imports': [
        'error',
        { paths: ['process', 'node:process'].map((name) => ({ name, importNames: ['env'], message: settings })) },
      ],
    },
  },
  {
    files: ['src/{kernel,domains,graphql,grpc}/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...defaultExports, ...timeAndChance] },
  },
  {
    // What a server answered is `any` until a test looks at it, and a wrong look fails the test.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    // The tools ask for the default export of their settings; an ambient module has what its package exports.
    files: ['*.config.{js,ts}', 'test/**/vitest.config.ts', '**/*.d.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
);

/** The architecture refuses: for each rule of .dependency-cruiser.cjs a small tree of files that breaks it. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import type { ICruiseResult, IForbiddenRuleType } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import { describe, expect, it } from 'vitest';

const home = join(import.meta.dirname, '../..');
const trees = join(import.meta.dirname, 'fixtures/architecture');
const options = await extractOptions(join(home, '.dependency-cruiser.cjs'));
const rules: readonly IForbiddenRuleType[] = options.ruleSet?.forbidden ?? [];

/** The tree that breaks a rule: the rule's name up to a colon, in small letters, with hyphens. */
function treeOf(rule: string): string {
  return (rule.split(':')[0] ?? rule).toLowerCase().replace(/[^a-z]+/g, '-');
}

/** The names of the rules that a tree breaks, sorted. */
async function brokenIn(tree: string): Promise<string[]> {
  const { output } = await cruise(['src'], { ...options, baseDir: join(trees, tree) });
  const { modules, summary } = output as ICruiseResult;
  expect(modules.length).toBeGreaterThan(1);
  return [...new Set(summary.violations.map((violation) => violation.rule.name))].sort();
}

describe('the architecture', () => {
  it('lets a clean house pass', async () => {
    expect(await brokenIn('clean')).toEqual([]);
  });

  const names = rules.map((rule) => rule.name ?? 'a rule without a name');
  const byTree = new Map<string, string[]>();
  for (const name of names) byTree.set(treeOf(name), [...(byTree.get(treeOf(name)) ?? []), name]);

  it.each([...byTree])('refuses the tree %s', async (tree, broken) => {
    expect(await brokenIn(tree)).toEqual(broken.sort());
  });

  it('has a wrong tree for every rule and no other', () => {
    expect(readdirSync(trees).sort()).toEqual(['clean', ...byTree.keys()].sort());
  });

  it('treats every broken rule as an error', () => {
    expect(rules.filter((rule) => rule.severity !== 'error')).toEqual([]);
  });
});

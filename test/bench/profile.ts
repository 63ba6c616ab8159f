/** Sums up a profile as `node --cpu-prof` writes it: which parts of the house, and which functions, cost the most. */

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Prints the shares of busy time by part (a package, a folder of ours, node itself), then the costliest functions. */
export function printProfile(text: string, write: (line: string) => void): void {
  const { nodes, samples, timeDeltas } = JSON.parse(text) as Profile;
  const self = new Map<number, number>();
  samples.forEach((id, i) => self.set(id, (self.get(id) ?? 0) + (timeDeltas[i] ?? 0)));
  const parts = new Map<string, number>();
  const functions = new Map<string, number>();
  let busy = 0;
  for (const { id, callFrame } of nodes) {
    const time = self.get(id) ?? 0;
    if (callFrame.functionName === '(idle)' || callFrame.functionName === '(program)') continue;
    const part = partOf(callFrame.url, callFrame.functionName);
    const name = `${callFrame.functionName || '(anonymous)'} ${part} ${callFrame.url.split('/').at(-1)}:${callFrame.lineNumber + 1}`;
    busy += time;
    parts.set(part, (parts.get(part) ?? 0) + time);
    functions.set(name, (functions.get(name) ?? 0) + time);
  }
  for (const [what, costs, most] of [['part', parts, 25] as const, ['function', functions, 30] as const]) {
    write(`\nshare of busy time, by ${what}`);
    const ranked = [...costs].sort(([, a], [, b]) => b - a).slice(0, most);
    for (const [name, time] of ranked) write(`${((100 * time) / busy).toFixed(1).padStart(6)} %  ${name}`);
  }
}

function partOf(url: string, functionName: string): string {
  const inPackage = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  if (inPackage !== undefined) return inPackage;
  const ours = /\/(?:dist|src)\/((?:[^/]+\/){0,2})/.exec(url)?.[1];
  if (ours !== undefined) return `ours: ${ours || 'roof'}`;
  if (url.startsWith('node:')) return url.split('/')[0] === 'node:internal' ? 'node: internal' : url;
  return functionName.startsWith('(') ? functionName : 'native';
}

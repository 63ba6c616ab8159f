/** What must hold for accounts, and how their settings combine. */
import { AppError } from '../../kernel/errors.js';
import type { Account, TemporalConfig } from './account.js';

/** The name of every personal account. */
export const personalSlug = 'personal';

/** A caller's accounts never share a name, whatever its letter case. */
export function demandFreeName(name: string, taken: readonly string[]): void {
  const wanted = name.toLowerCase();
  if (taken.some((slug) => slug.toLowerCase() === wanted)) {
    throw new AppError('conflict', 'NAME_TAKEN', 'One of your accounts has this name already.', { path: ['name'] });
  }
}

/** An account's own settings over the defaults, one by one. */
export function effectiveTemporal(account: Account, defaults: TemporalConfig): TemporalConfig {
  return {
    url: account.temporalUrl ?? defaults.url,
    namespace: account.temporalNamespace ?? defaults.namespace,
    syncJobQueueName: account.temporalQueue ?? defaults.syncJobQueueName,
  };
}

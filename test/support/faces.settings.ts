/** What is set for an account, over both faces. */
import { kinds } from '../../src/kernel/errors.js';
import { deed } from './faces.deed.js';

/** Where jobs run. */
export interface Temporal {
  readonly url: string;
  readonly namespace: string;
  readonly syncJobQueueName: string;
}

interface Onboarding {
  readonly config: { readonly hasCompletedOnboarding: boolean };
}
interface Configured {
  readonly config: Temporal;
}
const onboarded = ({ config }: Onboarding): boolean => config.hasCompletedOnboarding;
const temporal = ({ config: { url, namespace, syncJobQueueName } }: Configured): Temporal => ({
  url,
  namespace,
  syncJobQueueName,
});

interface Seen<Account> {
  readonly account: Account | null;
}
const denied = kinds.forbidden.grpc;
const ofAccount = (fields: string) => `query ($id: ID!) { account(id: $id) { ${fields} } }`;
const temporalFields = 'url namespace syncJobQueueName';

/** The settings of an account. */
export const settingDeeds = {
  onboarded: deed<[accountId: string], boolean>({
    graphql: ({ look }, id) =>
      look(
        ofAccount('config: onboardingConfig { hasCompletedOnboarding }'),
        { id },
        ({ account }: Seen<Onboarding>) => account && onboarded(account),
        denied,
      ),
    grpc: ({ accounts }, accountId) => accounts('GetAccountOnboardingConfig', { accountId }, onboarded),
  }),
  setOnboarded: deed<[accountId: string, hasCompletedOnboarding: boolean], boolean>({
    graphql: ({ change }, accountId, hasCompletedOnboarding) =>
      change(
        'setAccountOnboardingConfig',
        { accountId, hasCompletedOnboarding },
        'config { hasCompletedOnboarding }',
        onboarded,
      ),
    grpc: ({ accounts }, accountId, hasCompletedOnboarding) =>
      accounts('SetAccountOnboardingConfig', { accountId, config: { hasCompletedOnboarding } }, onboarded),
  }),
  temporal: deed<[accountId: string], Temporal>({
    graphql: ({ look }, id) =>
      look(
        ofAccount(`config: temporalConfig { ${temporalFields} }`),
        { id },
        ({ account }: Seen<Configured>) => account && temporal(account),
        denied,
      ),
    grpc: ({ accounts }, accountId) => accounts('GetAccountTemporalConfig', { accountId }, temporal),
  }),
  /** Nothing named clears it. */
  setTemporal: deed<[accountId: string, config: Partial<Temporal>], Temporal>({
    graphql: ({ change }, accountId, config) =>
      change('setAccountTemporalConfig', { accountId, ...config }, `config { ${temporalFields} }`, temporal),
    grpc: ({ accounts }, accountId, config) =>
      accounts(
        'SetAccountTemporalConfig',
        { accountId, ...(Object.keys(config).length > 0 ? { config } : {}) },
        temporal,
      ),
  }),
};

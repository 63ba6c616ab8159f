/** An account's settings and standing, over gRPC. */
import type { SomeRpcs } from '../../grpc/rpc.js';
import { fromLong, toEnum, toTimestamp, toUnsigned } from '../../grpc/wire.js';
import { AppError } from '../../kernel/errors.js';
import { read } from '../../kernel/input.js';
import { accountStatuses, billingStatuses } from '../billing/billing.js';
import { onboardingInput, temporalInput, type TemporalConfig } from './account.js';
import { namedAccount } from './account.grpc.js';

/** Where jobs run is nobody's to see in cloud mode. */
function outsideCloud(config: TemporalConfig | null): TemporalConfig {
  if (config) return config;
  throw new AppError('disabled', 'NOT_IN_CLOUD', 'Where jobs run cannot be seen in cloud mode.');
}

/** Settings and standing of one account. */
export const accountSettingRpcs = {
  GetAccountOnboardingConfig: {
    async handle(context, request) {
      const { onboardingCompleted } = await namedAccount(context, request);
      return { config: { hasCompletedOnboarding: onboardingCompleted } };
    },
  },
  SetAccountOnboardingConfig: {
    action: 'account.onboarding',
    fields: { hasCompletedOnboarding: 'config.has_completed_onboarding' },
    async handle({ call, services }, { accountId, config }) {
      const hasCompletedOnboarding = config?.hasCompletedOnboarding ?? false;
      const input = read(onboardingInput, { accountId, hasCompletedOnboarding });
      const { onboardingCompleted } = await services.accounts.setOnboarding(call, input);
      return { config: { hasCompletedOnboarding: onboardingCompleted } };
    },
  },
  GetAccountTemporalConfig: {
    async handle(context, request) {
      const account = await namedAccount(context, request);
      return { config: outsideCloud(context.services.accounts.temporalOf(account)) };
    },
  },
  SetAccountTemporalConfig: {
    action: 'account.temporal',
    fields: { url: 'config.url', namespace: 'config.namespace', syncJobQueueName: 'config.sync_job_queue_name' },
    async handle({ call, services }, { accountId, config }) {
      const { url, namespace, syncJobQueueName } = config ?? {};
      const input = read(temporalInput, { accountId, url, namespace, syncJobQueueName });
      const account = await services.accounts.setTemporal(call, input);
      return { config: outsideCloud(services.accounts.temporalOf(account)) };
    },
  },
  GetAccountStatus: {
    admits: ['user', 'worker'],
    async handle(context, request) {
      const { id } = await namedAccount(context, request);
      const report = await context.services.billing.statusOf(context.call, id);
      return {
        usedRecordCount: toUnsigned(report.usedRecordCount),
        allowedRecordCount: report.allowedRecordCount === null ? null : toUnsigned(report.allowedRecordCount),
        subscriptionStatus: toEnum(billingStatuses, report.subscriptionStatus),
      };
    },
  },
  IsAccountStatusValid: {
    admits: ['user', 'worker'],
    async handle(context, request) {
      const { id } = await namedAccount(context, request);
      const requested = request.requestedRecordCount == null ? null : fromLong(request.requestedRecordCount);
      const validity = await context.services.billing.validityOf(context.call, id, requested);
      return {
        isValid: validity.isValid,
        reason: validity.reason,
        shouldPoll: validity.shouldPoll,
        accountStatus: toEnum(accountStatuses, validity.accountStatus),
        trialExpiresAt: validity.trialExpiresAt === null ? null : toTimestamp(validity.trialExpiresAt),
      };
    },
  },
} satisfies SomeRpcs<'mgmt.v1alpha1.UserAccountService'>;

/** Billing where nothing is billed: outside cloud mode. */
import { callingUser, type Call } from '../../kernel/call.js';
import { AppError, forbidden } from '../../kernel/errors.js';
import type { Access } from '../access/access.js';
import type { Billing, StatusReport, Validity } from './billing.js';

const status: StatusReport = { usedRecordCount: 0n, allowedRecordCount: null, subscriptionStatus: null };
const validity: Validity = {
  isValid: true,
  reason: null,
  shouldPoll: false,
  accountStatus: null,
  trialExpiresAt: null,
};

/** Billing outside cloud mode. */
export function createBilling({ access }: { readonly access: Access }): Billing {
  const notBilled = () =>
    new AppError('disabled', 'BILLING_DISABLED', 'Billing is not in force: this instance does not run in cloud mode.');

  const refuse = async (call: Call): Promise<never> => {
    callingUser(call);
    throw notBilled();
  };

  return {
    statusOf: () => Promise.resolve(status),
    validityOf: () => Promise.resolve(validity),
    checkout: refuse,
    portal: refuse,
    async recordMeterEvent(call) {
      if (access.visible(call).sees !== 'all') {
        callingUser(call);
        throw forbidden();
      }
      throw notBilled();
    },
  };
}

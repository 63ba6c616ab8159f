/** What runs here, over gRPC. */
import type { SomeRpcs } from '../../grpc/rpc.js';
import { toTimestamp } from '../../grpc/wire.js';
import { unauthenticated } from '../../kernel/errors.js';

/** What runs here. In development a first look needs no token. */
export const systemRpcs = {
  GetSystemInformation: {
    admits: ['anonymous', 'newcomer', 'user', 'worker'],
    handle({ call, services: { system } }) {
      if (call.principal.kind === 'anonymous' && !system.isDevelopment) throw unauthenticated();
      const { version, commit, compiler, platform, date, license } = system.information();
      return {
        version,
        commit,
        compiler,
        platform,
        buildDate: toTimestamp(date),
        license: {
          isValid: license.isValid,
          expiresAt: toTimestamp(license.expiresAt),
          isVydonCloud: license.isCloud,
        },
      };
    },
  },
} satisfies SomeRpcs<'mgmt.v1alpha1.UserAccountService'>;

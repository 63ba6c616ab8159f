/** What runs here, in GraphQL. */
import { builder } from '../../graphql/builder.js';
import { proto, rpc } from '../../graphql/proto.js';
import { anybody, signedInUnlessDevelopment, type Rules } from '../../graphql/rules.js';
import type { License, SystemInformation } from './system.js';

const SystemLicense = builder.objectRef<License>('SystemLicense').implement({
  ...proto('SystemLicense'),
  fields: (t) => ({
    isValid: t.exposeBoolean('isValid', proto('SystemLicense.is_valid')),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', ...proto('SystemLicense.expires_at') }),
    isVydonCloud: t.exposeBoolean('isCloud', proto('SystemLicense.is_vydon_cloud')),
  }),
});

const System = builder.objectRef<SystemInformation>('SystemInformation').implement({
  ...proto('GetSystemInformationResponse'),
  fields: (t) => ({
    version: t.exposeString('version', proto('GetSystemInformationResponse.version')),
    commit: t.exposeString('commit', proto('GetSystemInformationResponse.commit')),
    compiler: t.exposeString('compiler', proto('GetSystemInformationResponse.compiler')),
    platform: t.exposeString('platform', proto('GetSystemInformationResponse.platform')),
    buildDate: t.expose('date', { type: 'DateTime', ...proto('GetSystemInformationResponse.build_date') }),
    license: t.expose('license', { type: SystemLicense, ...proto('GetSystemInformationResponse.license') }),
  }),
});

builder.queryField('systemInformation', (t) =>
  t.field({
    type: System,
    ...rpc('GetSystemInformation'),
    resolve: (_root, _args, { services }) => services.system.information(),
  }),
);

/** Who may read what runs here. */
export const systemRules: Rules = {
  Query: { systemInformation: signedInUnlessDevelopment },
  SystemInformation: { '*': anybody },
  SystemLicense: { '*': anybody },
};

/** The messages of a file of users hold every field that the protobuf files have, and no other. */
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import * as messages from '../../src/transfer/messages.js';

const proto = join(import.meta.dirname, '../../proto');
const root = new protobuf.Root();
root.resolvePath = (_origin, target) => (target.startsWith('google/') ? target : join(proto, target));
root.loadSync('zitadel/user.proto');

const fieldsOf = (message: string) => Object.keys(root.lookupType(message).fields).sort();
const valuesOf = (name: string, prefix: string) =>
  Object.fromEntries(
    Object.entries(root.lookupEnum(`zitadel.user.v1.${name}`).values).map(([key, number]) => [
      key.replace(`${prefix}_`, ''),
      number,
    ]),
  );

describe('The messages of a file of users', () => {
  it.each([
    ['zitadel.v1.ObjectDetails', messages.detailsMessage],
    ['zitadel.user.v1.User', messages.userMessage],
    ['zitadel.user.v1.Human', messages.humanMessage],
    ['zitadel.user.v1.Machine', messages.machineMessage],
    ['zitadel.user.v1.Profile', messages.profileMessage],
    ['zitadel.user.v1.Email', messages.emailMessage],
    ['zitadel.user.v1.Phone', messages.phoneMessage],
    ['zitadel.user.v1.Membership', messages.membershipMessage],
    ['zitadel.user.v1.UserGrant', messages.grantMessage],
    ['zitadel.user.v1.AuthFactor', messages.factorMessage],
    ['zitadel.user.v1.WebAuthNToken', messages.passkeyMessage],
    ['zitadel.user.v1.PersonalAccessToken', messages.accessTokenMessage],
    ['zitadel.user.v1.RefreshToken', messages.refreshTokenMessage],
    ['zitadel.user.v1.Session', messages.sessionMessage],
  ])('have the fields of %s', (name, message) => {
    expect(Object.keys(message).sort()).toEqual(fieldsOf(name));
  });

  it.each([
    ['UserState', 'USER_STATE', { ...messages.states, UNSPECIFIED: 0, DELETED: 3 }],
    ['Gender', 'GENDER', messages.genders],
    ['AccessTokenType', 'ACCESS_TOKEN_TYPE', messages.accessTokenTypes],
    ['UserGrantState', 'USER_GRANT_STATE', { ...messages.grantStates, UNSPECIFIED: 0 }],
    ['SessionState', 'SESSION_STATE', { ...messages.sessionStates, UNSPECIFIED: 0 }],
    ['AuthFactorState', 'AUTH_FACTOR_STATE', { ...messages.factorStates, UNSPECIFIED: 0 }],
    ['Type', 'TYPE', messages.types],
  ])('have the values of %s', (name, prefix, numbers) => {
    expect(numbers).toEqual(valuesOf(name, prefix));
  });
});

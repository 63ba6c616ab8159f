/** What people do with personal access tokens, factors and passkeys, over both faces. */
import { factorStates, type FactorState } from '../../src/domains/session/session.js';
import { deed } from './faces.deed.js';
import {
  changedFields,
  changedOf,
  timeOf,
  toTime,
  type Changed,
  type WireDetails,
  type WireTime,
} from './faces.wire.js';

/** A personal access token as both faces show it. */
export interface ShownAccessToken {
  readonly id: string;
  readonly expirationDate: string;
  readonly scopes: readonly string[];
}
/** A second factor as both faces show it. */
export type ShownFactor =
  | { readonly kind: 'otp' | 'otpSms' | 'otpEmail'; readonly state: FactorState | null }
  | { readonly kind: 'u2f'; readonly state: FactorState | null; readonly id: string; readonly name: string };
/** A passkey as both faces show it. */
export interface ShownPasskey {
  readonly id: string;
  readonly state: FactorState | null;
  readonly name: string;
}

interface Of<Credentials> {
  readonly user: Credentials | null;
}
const of = (fields: string) => `query ($id: ID!) { user(id: $id) { ${fields} } }`;

const factorKinds = ['otp', 'u2f', 'otpSms', 'otpEmail'] as const;
type FactorKind = (typeof factorKinds)[number];
interface FactorNode {
  readonly __typename: string;
  readonly state: FactorState | null;
  readonly id: string;
  readonly name: string;
}
type FactorMessage = { readonly state: number } & Readonly<
  Partial<Record<FactorKind, { readonly id: string; readonly name: string } | null>>
>;

const shownFactor = (kind: FactorKind, state: FactorState | null, { id, name }: { id: string; name: string }) =>
  kind === 'u2f' ? { kind, state, id, name } : { kind, state };

const nodeFactor = (factor: FactorNode): ShownFactor => {
  const kind = factorKinds.find((one) => factor.__typename.toLowerCase() === `authfactor${one.toLowerCase()}`);
  return shownFactor(kind ?? 'otp', factor.state, factor);
};

function messageFactor(factor: FactorMessage): ShownFactor {
  const kind = factorKinds.find((one) => factor[one] != null) ?? 'otp';
  return shownFactor(kind, factorStates.fromNumber(factor.state), factor[kind] ?? { id: '', name: '' });
}

/** Which factor is meant, as the RPC that takes it and as what it asks for. */
export type Selector =
  | { readonly otp: true }
  | { readonly otpSms: true }
  | { readonly otpEmail: true }
  | { readonly u2fId: string }
  | { readonly passwordlessTokenId: string };
const removals = {
  otp: 'RemoveHumanAuthFactorOTP',
  otpSms: 'RemoveHumanAuthFactorOTPSMS',
  otpEmail: 'RemoveHumanAuthFactorOTPEmail',
  u2fId: 'RemoveHumanAuthFactorU2F',
  passwordlessTokenId: 'RemoveHumanPasswordless',
} as const;

type WireToken = Omit<ShownAccessToken, 'expirationDate'> & { expirationDate: WireTime };

const shownToken = ({ id, expirationDate, scopes }: WireToken): ShownAccessToken => ({
  id,
  expirationDate: timeOf(expirationDate),
  scopes,
});

/** By what users of an account sign in. */
export const credentialDeeds = {
  addToken: deed<[userId: string, expirationDate?: string], Changed & { readonly id: string; readonly token: string }>({
    graphql: ({ change }, userId, expirationDate) =>
      change(
        'createPersonalAccessToken',
        { userId, expirationDate },
        `token personalAccessToken { id ${changedFields} }`,
        (made: { token: string; personalAccessToken: { id: string; details: Changed } }) => ({
          id: made.personalAccessToken.id,
          token: made.token,
          ...made.personalAccessToken.details,
        }),
      ),
    grpc: ({ management }, userId, expirationDate) =>
      management(
        'AddPersonalAccessToken',
        { userId, ...(expirationDate === undefined ? {} : { expirationDate: toTime(expirationDate) }) },
        (made: { tokenId: string; token: string; details: WireDetails }) => ({
          id: made.tokenId,
          token: made.token,
          ...changedOf(made),
        }),
      ),
  }),
  tokens: deed<[userId: string], readonly ShownAccessToken[]>({
    graphql: ({ look }, id) =>
      look(
        of('personalAccessTokens { id expirationDate scopes }'),
        { id },
        ({ user }: Of<{ personalAccessTokens: ShownAccessToken[] }>) => user?.personalAccessTokens,
      ),
    grpc: ({ management }, userId) =>
      management('ListPersonalAccessTokens', { userId, query: { asc: true } }, ({ result }: { result: WireToken[] }) =>
        result.map(shownToken),
      ),
  }),
  removeToken: deed<[userId: string, id: string], null>({
    graphql: ({ change }, _userId, id) =>
      change('removePersonalAccessToken', { id }, 'removedPersonalAccessTokenId', () => null),
    grpc: ({ management }, userId, tokenId) =>
      management('RemovePersonalAccessToken', { userId, tokenId }, () => null, { tokenId: 'id' }),
  }),
  factors: deed<[userId: string], readonly ShownFactor[]>({
    graphql: ({ look }, id) =>
      look(
        of('authFactors { __typename state ... on AuthFactorU2F { id name } }'),
        { id },
        ({ user }: Of<{ authFactors: FactorNode[] }>) => user?.authFactors.map(nodeFactor),
      ),
    grpc: ({ management }, userId) =>
      management('ListHumanAuthFactors', { userId }, ({ result }: { result: FactorMessage[] }) =>
        result.map(messageFactor),
      ),
  }),
  passkeys: deed<[userId: string], readonly ShownPasskey[]>({
    graphql: ({ look }, id) =>
      look(
        of('passwordlessTokens { id state name }'),
        { id },
        ({ user }: Of<{ passwordlessTokens: ShownPasskey[] }>) => user?.passwordlessTokens,
      ),
    grpc: ({ management }, userId) =>
      management(
        'ListHumanPasswordless',
        { userId },
        ({ result }: { result: (Omit<ShownPasskey, 'state'> & { state: number })[] }) =>
          result.map(({ id, state, name }) => ({ id, state: factorStates.fromNumber(state), name })),
      ),
  }),
  removeFactor: deed<[userId: string, factor: Selector], Changed>({
    graphql: ({ change }, userId, factor) =>
      change(
        'removeAuthFactor',
        { userId, factor },
        `user { ${changedFields} }`,
        ({ user }: { user: { details: Changed } }) => user.details,
      ),
    grpc: ({ management }, userId, factor) => {
      const [[key, value] = ['', '']] = Object.entries(factor) as [string, string | true][];
      const tokenId = value === true ? {} : { tokenId: value };
      const names = { [value === true ? 'userId' : 'tokenId']: key };
      return management(removals[key as keyof typeof removals], { userId, ...tokenId }, changedOf, names);
    },
  }),
};

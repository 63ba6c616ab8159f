/** What people do with sessions and refresh tokens of their own, over both faces. */
import { sessionStates, type SessionState } from '../../src/domains/session/session.js';
import { deed } from './faces.deed.js';
import {
  changedFields,
  changedOf,
  plain,
  timeOf,
  type Changed,
  type WireDetails,
  type WireTime,
} from './faces.wire.js';

/** A session as both faces show it. */
export interface ShownSession {
  readonly sessionId: string;
  readonly agentId: string;
  readonly authState: SessionState | null;
  readonly userId: string;
  readonly userName: string;
  readonly loginName: string;
  readonly displayName: string;
  readonly avatarUrl: string;
  readonly details: Changed;
}
/** A refresh token as both faces show it. */
export interface ShownRefreshToken {
  readonly id: string;
  readonly clientId: string;
  readonly authTime: string;
  readonly idleExpiration: string;
  readonly expiration: string;
  readonly scopes: readonly string[];
  readonly audience: readonly string[];
  readonly details: Changed;
}
interface Own<Credentials> {
  readonly viewer: { readonly user: Credentials | null } | null;
}
const own = (fields: string) => `{ viewer { user { ${fields} } } }`;

const sessionFields = `sessions { sessionId agentId authState userId userName loginName displayName avatarUrl ${changedFields} }`;
const refreshFields = `refreshTokens { id clientId authTime idleExpiration expiration scopes audience ${changedFields} }`;

type WireSession = Omit<ShownSession, 'authState' | 'details'> & { authState: number; details: WireDetails };
type WireRefresh = Omit<ShownRefreshToken, 'authTime' | 'idleExpiration' | 'expiration' | 'details'> &
  Record<'authTime' | 'idleExpiration' | 'expiration', WireTime> & { details: WireDetails };

/** What is the caller's own, in use at the moment. */
export const sessionDeeds = {
  sessions: deed<[], readonly ShownSession[]>({
    graphql: ({ look }) =>
      look(own(sessionFields), {}, ({ viewer }: Own<{ sessions: ShownSession[] }>) => viewer?.user?.sessions),
    grpc: ({ auth }) =>
      auth('ListMyUserSessions', {}, ({ result }: { result: WireSession[] }) =>
        result.map((session) => ({
          ...plain(session),
          authState: sessionStates.fromNumber(session.authState),
          details: changedOf(session),
        })),
      ),
  }),
  refreshTokens: deed<[], readonly ShownRefreshToken[]>({
    graphql: ({ look }) =>
      look(
        own(refreshFields),
        {},
        ({ viewer }: Own<{ refreshTokens: ShownRefreshToken[] }>) => viewer?.user?.refreshTokens,
      ),
    grpc: ({ auth }) =>
      auth('ListMyRefreshTokens', {}, ({ result }: { result: WireRefresh[] }) =>
        result.map((token) => ({
          ...plain(token),
          authTime: timeOf(token.authTime),
          idleExpiration: timeOf(token.idleExpiration),
          expiration: timeOf(token.expiration),
          details: changedOf(token),
        })),
      ),
  }),
  revokeRefreshToken: deed<[id: string], null>({
    graphql: ({ change }, id) => change('revokeRefreshToken', { id }, 'revokedRefreshTokenId', () => null),
    grpc: ({ auth }, id) => auth('RevokeMyRefreshToken', { id }, () => null),
  }),
};

/** The two faces of the API as one: the same deeds, told over GraphQL or over gRPC, with the same outcomes. */
import { accountDeeds } from './faces.accounts.js';
import { credentialDeeds } from './faces.credentials.js';
import { graphqlMouth, grpcMouth, type Actor, type Deed, type GrpcClients, type Outcome } from './faces.deed.js';
import { grantDeeds } from './faces.grants.js';
import { memberDeeds } from './faces.members.js';
import { membershipDeeds } from './faces.memberships.js';
import { permissionDeeds } from './faces.permissions.js';
import { sessionDeeds } from './faces.sessions.js';
import { settingDeeds } from './faces.settings.js';
import { standingDeeds } from './faces.standing.js';
import { userDeeds } from './faces.users.js';
import { grpcClient } from './grpc.js';
import type { TestAppOptions } from './app.js';
import { createWorld, type World } from './world.js';

const deeds = {
  ...accountDeeds,
  ...settingDeeds,
  ...standingDeeds,
  ...memberDeeds,
  ...permissionDeeds,
  ...userDeeds,
  ...credentialDeeds,
  ...sessionDeeds,
  ...grantDeeds,
  ...membershipDeeds,
};

/** What people do: each deed is told who does it, and what it takes. */
export type Face = {
  readonly [Name in keyof typeof deeds]: (typeof deeds)[Name] extends Deed<infer Args, infer Value>
    ? (who: Actor, ...args: Args) => Promise<Outcome<Value>>
    : never;
};

/** The names of the faces. */
export const faceNames = ['graphql', 'grpc'] as const;

/** Both faces of a world. */
export type Faces = Readonly<Record<(typeof faceNames)[number], Face>> & { close(): void };

type AnyDeed = Deed<readonly never[], unknown>;
const faceOf = (act: (deed: AnyDeed, who: Actor, args: readonly never[]) => Promise<Outcome<unknown>>): Face =>
  Object.fromEntries(
    Object.entries(deeds as unknown as Record<string, AnyDeed>).map(([name, deed]) => [
      name,
      (who: Actor, ...args: readonly never[]) => act(deed, who, args),
    ]),
  ) as unknown as Face;

/** Opens both faces of a world. Close them at the end. */
export function facesOf({ testApp }: Pick<World, 'testApp'>): Faces {
  const address = testApp.grpc ?? '';
  const clients: GrpcClients = {
    accounts: grpcClient(address),
    management: grpcClient(address, 'zitadel.management.v1.ManagementService'),
    auth: grpcClient(address, 'zitadel.auth.v1.AuthService'),
  };
  return {
    graphql: faceOf((deed, who, args) => deed.graphql(graphqlMouth(who), ...args)),
    grpc: faceOf((deed, who, args) => deed.grpc(grpcMouth(clients, who), ...args)),
    close: () => [clients.accounts, clients.management, clients.auth].forEach((client) => client.close()),
  };
}

/** A world of its own, seen over one face. */
export interface Scene {
  readonly world: World;
  readonly face: Face;
  close(): Promise<void>;
}

/** Opens a world over one face. Close it at the end. */
export async function openScene(name: (typeof faceNames)[number], options: TestAppOptions = {}): Promise<Scene> {
  const world = await createWorld(options);
  const faces = facesOf(world);
  const close = async () => {
    faces.close();
    await world.stop();
  };
  return { world, face: faces[name], close };
}

/** Whoever has this Authorization header, or none. */
export const bearer = (world: Pick<World, 'ask'>, authorization: string | null): Actor => ({
  ask: <Data>(query: string, variables?: object) => world.ask<Data>(authorization, query, variables),
  authorization,
});

/** Somebody, acting in an account. */
export const at = <Someone extends Actor>(who: Someone, accountId: string): Someone & { readonly at: string } => ({
  ...who,
  at: accountId,
});

/** The gRPC statuses, under which both faces refuse. */
export const statuses = {
  ok: 0,
  invalid: 3,
  notFound: 5,
  conflict: 6,
  denied: 7,
  precondition: 9,
  unimplemented: 12,
  unauthenticated: 16,
} as const;

/** What to expect of a refusal: nothing came of it, with this status, at this place. */
export const refused = (status: number, field: string | null = null) => ({ value: null, status, field });

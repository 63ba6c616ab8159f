/** The published clients of the management and auth services, as somebody, in an account. */
import { createAuthServiceClient, createManagementServiceClient } from '@zitadel/client/v1';
import { createServerTransport } from '@zitadel/client/node';
import type { Person, World } from './world.js';

/** Both clients. */
export interface ZitadelClients {
  readonly management: ReturnType<typeof createManagementServiceClient>;
  readonly auth: ReturnType<typeof createAuthServiceClient>;
}

/** Clients that act as somebody, in this account where one is named. They need no closing: idle connections go. */
export function zitadelClients(world: World, person: Pick<Person, 'authorization'>, orgId?: string): ZitadelClients {
  const transport = createServerTransport(person.authorization.replace('Bearer ', ''), {
    baseUrl: `http://${world.testApp.grpc ?? ''}`,
    interceptors: [
      (next) => (request) => {
        if (orgId !== undefined) request.header.set('x-zitadel-orgid', orgId);
        return next(request);
      },
    ],
  });
  return { management: createManagementServiceClient(transport), auth: createAuthServiceClient(transport) };
}

/** The code of the refusal that a call ends in; 0 when it ends well. */
export async function codeOf(call: Promise<unknown>): Promise<number> {
  try {
    await call;
    return 0;
  } catch (error) {
    return (error as { readonly code?: number }).code ?? -1;
  }
}

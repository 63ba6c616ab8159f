/** Server reflection, so that tools find the services without proto files. For development. */
import { fileURLToPath } from 'node:url';
import type { Server } from '@grpc/grpc-js';

const protoFiles = ['mgmt/v1alpha1/user_account.proto', 'zitadel/management.proto', 'zitadel/auth.proto'];

/** Adds reflection over the files in proto/. */
export async function addReflection(server: Server): Promise<void> {
  // Loaded only where it is used: nothing of this is needed in production.
  const { loadSync } = await import('@grpc/proto-loader');
  const { ReflectionService } = await import('@grpc/reflection');
  const proto = fileURLToPath(new URL('../../proto', import.meta.url));
  new ReflectionService(loadSync(protoFiles, { includeDirs: [proto], keepCase: true })).addToServer(server);
}

/** What people of the demo world may do in a project of acme. Made by the services themselves. */
import type { Grant } from '../domains/grant/grant.js';
import type { AccountId } from '../kernel/ids.js';
import type { Services } from '../services.js';
import { userIdOf, type CallAs, type Person } from './demo.world.js';

const project = 'Apollo';

/** Who has which roles in it. */
const roles = {
  bob: ['writer', 'reader'],
  dan: ['reader'],
  eva: ['owner'],
} as const satisfies Partial<Record<Person, readonly string[]>>;

/** A grant of the demo world, for the examples: made with its project and the others where there is none yet. */
export async function grantIn(services: Services, as: CallAs, accountId: AccountId): Promise<Grant> {
  const ada = await as('ada');
  const page = await services.grants.list(
    ada,
    { filter: null, accountId, orderBy: [] },
    { limit: 1, backward: false, after: null, before: null },
  );
  const found = page.edges[0]?.node;
  if (found) return found;

  const projectId = await services.grants.createProject(ada, { accountId, name: project });
  const made: Grant[] = [];
  for (const [sub, roleKeys] of Object.entries(roles) as [Person, readonly string[]][]) {
    const userId = userIdOf(await as(sub));
    made.push(await services.grants.create(ada, { userId, projectId, projectGrantId: null, roleKeys: [...roleKeys] }));
  }
  const [first] = made;
  if (!first) throw new Error('The demo world has no grant.');
  return first;
}

/** Grants and memberships on this database. */
import type { Db } from '../../db/client.js';
import { callingUser, type Call } from '../../kernel/call.js';
import { AppError } from '../../kernel/errors.js';
import { storedId } from '../../kernel/foreign-ids.js';
import type { AccountId, ProjectId, UserGrantId } from '../../kernel/ids.js';
import type { Clock, Random } from '../../kernel/ports.js';
import type { Tx } from '../../kernel/transaction.js';
import type { Access, Scope } from '../access/access.js';
import type { Audit } from '../audit/audit.js';
import type { Grant, Grants, GrantState } from './grant.js';
import { demandOtherRoles, demandStateBefore, unknown } from './grant.rules.js';
import { createGrantLists } from './grant.lists.js';
import * as store from './grant.store.js';

/** What grants need. */
export interface GrantParts {
  readonly db: Db;
  readonly access: Access;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly random: Random;
  readonly rbac: boolean;
  /** What the primary domains of accounts end with; also the name of this instance. */
  readonly instanceDomain: string;
}

/** Grants and memberships on this database. */
export function createGrants({ db, access, audit, clock, random, rbac, instanceDomain }: GrantParts): Grants {
  const seen = async (call: Call, ids: readonly string[]): Promise<Map<string, Grant>> => {
    const rows = await store.findGrants(db, access.visible(call), ids, instanceDomain);
    return new Map(rows.map((row) => [row.id, row]));
  };

  /** Changes a grant under the lock on its project's account. Whoever sees the grant and may not is `forbidden`. */
  async function change<T>(
    call: Call,
    id: UserGrantId,
    action: string,
    work: (tx: Tx, scope: Scope, grant: Grant) => Promise<T>,
  ): Promise<T> {
    callingUser(call);
    const accountId = (await seen(call, [id])).get(id)?.orgId as AccountId | undefined;
    if (!accountId) throw unknown('id', 'grant');
    return access.change(call, { accountId, permission: 'UPDATE', action }, async (tx, scope) => {
      const grant = await store.lockGrant(tx, scope, id, instanceDomain);
      if (!grant) throw unknown('id', 'grant');
      return work(tx, scope, grant);
    });
  }

  async function locked(tx: Tx, scope: Scope, id: string): Promise<Grant> {
    const grant = await store.lockGrant(tx, scope, id, instanceDomain);
    if (!grant) throw new Error('A grant vanished while it was changed.');
    return grant;
  }

  const record = (tx: Tx, call: Call, action: string, { accountId }: Scope, id: string, detail = {}) =>
    audit.record(tx, call, { action, accountId, target: { type: 'grant', id }, detail });

  const move = (call: Call, id: UserGrantId, action: string, state: GrantState) =>
    change(call, id, action, async (tx, scope, grant) => {
      demandStateBefore(grant, state);
      await store.updateGrant(tx, scope, id, { state }, clock.now());
      await record(tx, call, action, scope, id);
      return locked(tx, scope, id);
    });

  return {
    ...createGrantLists({ db, access, rbac, instanceDomain }),

    async byIds(call, ids) {
      const wanted = ids.map((id) => storedId(id));
      const found = await seen(call, wanted);
      return wanted.map((id) => found.get(id) ?? null);
    },

    createProject: (call, { accountId, name }) =>
      access.change(call, { accountId, permission: 'UPDATE', action: 'project.create' }, async (tx, scope) => {
        const id = random.uuid() as ProjectId;
        await store.insertProject(tx, scope, id, name, clock.now());
        await audit.record(tx, call, { action: 'project.create', accountId, target: { type: 'project', id } });
        return id;
      }),

    async create(call, { userId, projectId, projectGrantId, roleKeys }) {
      callingUser(call);
      const visible = access.visible(call);
      const accountId = await store.findProjectAccount(db, visible, projectId);
      if (!accountId) throw unknown('projectId', 'project');
      return access.change(call, { accountId, permission: 'UPDATE', action: 'grant.create' }, async (tx, scope) => {
        if (!(await store.holdUser(tx, visible, userId))) throw unknown('userId', 'user');
        if (projectGrantId !== null && !(await store.isGrantOf(tx, scope, projectId, projectGrantId))) {
          throw unknown('projectGrantId', 'project grant');
        }
        const id = random.uuid() as UserGrantId;
        const grant = { id, userId, projectId, projectGrantId, roleKeys };
        if (!(await store.insertGrant(tx, scope, grant, clock.now()))) {
          throw new AppError('conflict', 'GRANT_EXISTS', 'This user has a grant on this project already.', {
            path: ['userId'],
          });
        }
        await record(tx, call, 'grant.create', scope, id, { userId, projectId });
        return locked(tx, scope, id);
      });
    },

    update: (call, { id, roleKeys }) =>
      change(call, id, 'grant.update', async (tx, scope, grant) => {
        demandOtherRoles(grant, roleKeys);
        await store.updateGrant(tx, scope, id, { roleKeys }, clock.now());
        await record(tx, call, 'grant.update', scope, id);
        return locked(tx, scope, id);
      }),

    deactivate: (call, { id }) => move(call, id, 'grant.deactivate', 'INACTIVE'),
    reactivate: (call, { id }) => move(call, id, 'grant.reactivate', 'ACTIVE'),

    removeAll: (call, { accountId, ids }) =>
      access.change(call, { accountId, permission: 'UPDATE', action: 'grant.remove' }, async (tx, scope) => {
        for (const [i, id] of [...new Set(ids.map((one) => storedId(one)))].sort().entries()) {
          if (!(await store.lockGrant(tx, scope, id, instanceDomain))) throw unknown(`ids.${i}`, 'grant');
          await store.deleteGrant(tx, scope, id);
          await record(tx, call, 'grant.remove', scope, id);
        }
      }),

    remove: (call, { id }) =>
      change(call, id, 'grant.remove', async (tx, scope) => {
        await store.deleteGrant(tx, scope, id);
        await record(tx, call, 'grant.remove', scope, id);
        return id;
      }),
  };
}

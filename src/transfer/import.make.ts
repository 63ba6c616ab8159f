/** Sees to it that what lines refer to is there: says which lines ask for the impossible, and makes what is missing. */
import type { Bulk } from '../db/bulk.js';
import type { Refusal } from './import.keys.js';
import * as store from './import.store.js';
import { slugFor, standInFor, wantedSlug, type Things } from './import.things.js';

type Account = Things['accounts'][number];
type Project = Things['projects'][number];
type ProjectGrant = Things['projectGrants'][number];

const closed: Readonly<Record<Exclude<store.Unusual, 'missing'>, string>> = {
  personal: 'This is the personal account of somebody, and only theirs.',
  allotted: 'This id is kept for the personal account of somebody who signed in.',
};

/** Holds what lines refer to against the database. */
export async function createThings(bulk: Bulk, all: readonly Things[]) {
  const ids = (things: readonly { readonly id: string }[]) => [...new Set(things.map(({ id }) => id))];
  const unusual = await store.findUnusual(bulk, ids(all.flatMap(({ accounts }) => accounts)));
  const knownProjects = await store.findProjects(bulk, ids(all.flatMap(({ projects }) => projects)));
  const grants = all.flatMap(({ projectGrants }) => projectGrants);
  const known = await store.findProjectGrants(bulk, grants);

  const newAccounts = new Map<string, Account>();
  const newProjects = new Map<string, Project>();
  const newGrants = new Map<string, ProjectGrant>();
  const grantById = new Map(known.map((grant) => [grant.id, grant]));
  const grantByPlace = new Map(known.map((grant) => [`${grant.project} ${grant.account}`, grant.id]));
  const names = new Map<string, string>();
  const moves = new Map<string, { readonly id: string; readonly project: string; readonly standIn: string }>();

  function refusedGrant({ id, project, account, standsIn, path }: ProjectGrant): Refusal | null {
    const there = grantById.get(id);
    if (there === undefined) {
      const other = grantByPlace.get(`${project} ${account}`);
      return other === undefined || other === id
        ? null
        : { path, reason: 'This project is granted to this account under another id already.' };
    }
    if (standsIn || there.project === project || there.project === standInFor(id)) return null;
    return { path, reason: 'This project grant is one of another project.' };
  }

  function takeGrant(grant: ProjectGrant): void {
    const { id, project, account, standsIn } = grant;
    const there = grantById.get(id);
    if (there && (standsIn || there.project === project)) return;
    const made = newGrants.get(id);
    if (there && !made) moves.set(id, { id, project, standIn: there.project });
    if (!there || made) newGrants.set(id, { ...grant, account: made?.account ?? account });
    grantById.set(id, { id, project, account: there?.account ?? account });
    grantByPlace.set(`${project} ${account}`, id);
  }

  return {
    /** Why what a line refers to cannot be; null when it can. */
    refusal({ accounts, projectGrants }: Things): Refusal | null {
      for (const { id, path } of accounts) {
        const why = unusual.get(id) ?? 'missing';
        if (why !== 'missing') return { path, reason: closed[why] };
      }
      for (const grant of projectGrants) {
        const refused = refusedGrant(grant);
        if (refused) return refused;
      }
      return null;
    },

    /** From now on what this line refers to is wanted. */
    take({ accounts, projects, projectGrants }: Things): void {
      for (const account of accounts) {
        if (!unusual.has(account.id)) continue;
        const before = newAccounts.get(account.id);
        newAccounts.set(account.id, { ...account, name: before?.name ?? account.name });
      }
      for (const project of projects) {
        const there = knownProjects.get(project.id);
        if (there) {
          if (!there.named && project.name !== null) names.set(project.id, project.name);
          continue;
        }
        const before = newProjects.get(project.id);
        newProjects.set(project.id, before ? { ...before, name: before.name ?? project.name } : project);
      }
      projectGrants.forEach(takeGrant);
    },

    /** Makes what is wanted and missing. */
    async make(): Promise<void> {
      await makeAccounts(bulk, [...newAccounts.values()]);
      const standIns = [...newGrants.values()].flatMap((grant): Project[] =>
        grant.standsIn ? [{ ...grant, id: grant.project, foreign_id: null }] : [],
      );
      await makeProjects(bulk, [...newProjects.values(), ...standIns]);
      await makeGrants(bulk, [...newGrants.values()]);
      if (names.size > 0) await store.nameProjects(bulk, [...names.keys()], [...names.values()]);
      if (moves.size > 0) await store.placeProjectGrants(bulk, [...moves.values()]);
    },
  };
}

async function makeAccounts(bulk: Bulk, accounts: readonly Account[]): Promise<void> {
  if (accounts.length === 0) return;
  const taken = await store.takenSlugs(bulk, accounts.map(wantedSlug));
  const slugs = accounts.map((account) => {
    const slug = slugFor(account, (wanted) => taken.has(wanted));
    taken.add(slug);
    return slug;
  });
  await store.insertMissing(bulk, 'accounts', {
    id: { type: 'uuid', values: accounts.map(({ id }) => id) },
    foreign_id: { type: 'text', values: accounts.map((account) => account.foreign_id) },
    slug: { type: 'text', values: slugs },
    type: { type: 'smallint', values: accounts.map(() => team) },
  });
}
const team = 2;

async function makeProjects(bulk: Bulk, projects: readonly Project[]): Promise<void> {
  if (projects.length === 0) return;
  await store.insertMissing(bulk, 'projects', {
    id: { type: 'uuid', values: projects.map(({ id }) => id) },
    foreign_id: { type: 'text', values: projects.map((project) => project.foreign_id) },
    account_id: { type: 'uuid', values: projects.map(({ account }) => account) },
    name: { type: 'text', values: projects.map(({ name, foreign_id, id }) => name ?? foreign_id ?? id) },
  });
}

async function makeGrants(bulk: Bulk, grants: readonly ProjectGrant[]): Promise<void> {
  if (grants.length === 0) return;
  await store.insertMissing(bulk, 'project_grants', {
    id: { type: 'uuid', values: grants.map(({ id }) => id) },
    foreign_id: { type: 'text', values: grants.map((grant) => grant.foreign_id) },
    project_id: { type: 'uuid', values: grants.map(({ project }) => project) },
    account_id: { type: 'uuid', values: grants.map(({ account }) => account) },
  });
}

/** What a line refers to and an import makes where it is missing: accounts, projects and project grants. */
import { storedId } from '../kernel/foreign-ids.js';
import { aboutOf, type ParsedLine } from './line.js';
import { accountIdOf, idOf } from './rows.js';

/** Something that is referred to. `path` is where. */
interface Thing {
  readonly id: string;
  readonly foreign_id: string | null;
  readonly path: string;
  /** What it is called, as far as the line says. */
  readonly name: string | null;
}

/** What a line refers to. Ids are as stored. */
export interface Things {
  readonly accounts: readonly Thing[];
  readonly projects: readonly (Thing & { readonly account: string })[];
  readonly projectGrants: readonly (Thing & {
    readonly project: string;
    readonly account: string;
    /** Whether the project is only one that stands in for what no line has told yet. */
    readonly standsIn: boolean;
  })[];
}

/** The project that stands in for the one of a project grant until a grant tells it. */
export function standInFor(projectGrantId: string): string {
  return storedId(`project of ${projectGrantId}`);
}

/** What a line refers to. */
export function thingsOf({ line, at }: ParsedLine): Things {
  const accounts: Thing[] = [];
  const projects: Things['projects'][number][] = [];
  const projectGrants: Things['projectGrants'][number][] = [];
  add(accounts, line.user.details.resourceOwner, `${at}details.resourceOwner`);
  line.grants.forEach((grant, i) => {
    const path = `grants.${i}`;
    const owner = add(accounts, grant.details.resourceOwner, `${path}.details.resourceOwner`);
    const org =
      grant.orgId === null
        ? owner
        : add(accounts, grant.orgId, `${path}.orgId`, grant.orgName ?? label(grant.orgDomain));
    const granted =
      grant.grantedOrgId === ''
        ? owner
        : add(
            accounts,
            grant.grantedOrgId,
            `${path}.grantedOrgId`,
            grant.grantedOrgName ?? label(grant.grantedOrgDomain),
          );
    const isGranted = grant.projectGrantId !== '';
    // A granted project belongs to another account than it was granted to, where the line names another.
    const projectOwner = isGranted && org === granted ? owner : org;
    const project = { ...idOf(grant.projectId), path: `${path}.projectId`, name: grant.projectName };
    projects.push({ ...project, account: projectOwner });
    if (isGranted) {
      const id = { ...idOf(grant.projectGrantId), path: `${path}.projectGrantId`, name: null };
      projectGrants.push({ ...id, project: project.id, account: granted, standsIn: false });
    }
  });
  line.memberships.forEach((membership, i) => {
    const { kind, id } = aboutOf(membership);
    const path = `memberships.${i}`;
    const { displayName: name } = membership;
    if (kind === 'orgId') add(accounts, id, `${path}.orgId`, name);
    if (kind !== 'projectId' && kind !== 'projectGrantId') return;
    const owner = add(accounts, membership.details.resourceOwner, `${path}.details.resourceOwner`);
    const thing = { ...idOf(id), path: `${path}.${kind}`, name };
    if (kind === 'projectId') projects.push({ ...thing, account: owner });
    else projectGrants.push({ ...thing, project: standInFor(thing.id), account: owner, standsIn: true });
  });
  for (const list of ['personalAccessTokens', 'refreshTokens', 'sessions'] as const) {
    line[list].forEach(({ details }, i) => add(accounts, details.resourceOwner, `${list}.${i}.details.resourceOwner`));
  }
  return { accounts, projects, projectGrants };
}

/** Adds an account. @returns its id */
function add(accounts: Thing[], text: string, path: string, name: string | null = null): string {
  const { id, foreign_id } = accountIdOf(text);
  accounts.push({ id, foreign_id, path, name });
  return id;
}

/** The first label of a domain. */
function label(domain: string | null): string | null {
  return domain?.split('.')[0] ?? null;
}

/**
 * The name of an account that an import makes: what it is called, else its id, in small letters, digits and hyphens.
 * @param taken whether a name is in use; then the beginning of the stored id follows it
 */
export function slugFor(account: Thing, taken: (slug: string) => boolean): string {
  const wanted = wantedSlug(account);
  return taken(wanted) ? `${wanted}-${account.id.slice(0, 8)}` : wanted;
}

/** The name that {@link slugFor} tries first. */
export function wantedSlug({ name, id, foreign_id }: Omit<Thing, 'path'>): string {
  const said = slugged(name ?? '');
  return said.length >= 3 ? said : `org-${slugged(foreign_id ?? id)}`;
}

function slugged(text: string): string {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return plain
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, longestSlug)
    .replace(/^-|-$/g, '');
}
/** Leaves room for `org-` before and a piece of the id behind it. */
const longestSlug = 80;

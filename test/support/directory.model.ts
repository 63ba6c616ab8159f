/** The directory in memory: which users a filter means, and in which order, told a second time and in another way. */

/** A user as the model knows it. */
export interface ModelUser {
  readonly id: string;
  readonly userName: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly nickName: string | null;
  readonly displayName: string | null;
  readonly email: string | null;
  readonly loginNames: readonly string[];
  readonly state: string;
  readonly type: string;
  readonly createdAt: string;
}

/** Folds as the database does. */
export type Fold = (text: string) => string;

type Node = Readonly<Record<string, unknown>>;

/** Whether a user matches one node of a filter, as GraphQL has it. */
export function matches(user: ModelUser, node: Node, fold: Fold): boolean {
  const [[key, value] = ['', undefined]] = Object.entries(node);
  if (key === 'and') return (value as Node[]).every((inner) => matches(user, inner, fold));
  if (key === 'or') return (value as Node[]).some((inner) => matches(user, inner, fold));
  if (key === 'not') return !matches(user, value as Node, fold);
  if (key === 'state' || key === 'type') return user[key] === value;
  if (key === 'inUserIds') return (value as string[]).includes(user.id);
  if (key === 'inUserEmails') return user.email !== null && (value as string[]).includes(user.email);
  const candidates = key === 'loginName' ? user.loginNames : [user[key as 'email']];
  return candidates.some((text) => text !== null && compares(text, value as Node, fold));
}

function compares(text: string, filter: Node, fold: Fold): boolean {
  const [[method, wanted] = ['', '']] = Object.entries(filter) as [string, string][];
  if (method.endsWith('IgnoreCase')) {
    return compares(fold(text), { [method.slice(0, -'IgnoreCase'.length)]: fold(wanted) }, fold);
  }
  if (method === 'equals') return text === wanted;
  if (method === 'startsWith') return text.startsWith(wanted);
  if (method === 'endsWith') return text.endsWith(wanted);
  return text.includes(wanted);
}

/** One sort key, as GraphQL has it. */
export interface ModelOrder {
  readonly field: string;
  readonly direction: string;
}

const states = ['ACTIVE', 'INACTIVE', 'DELETED', 'LOCKED', 'SUSPEND', 'INITIAL'];
const types = ['HUMAN', 'MACHINE'];

/** Sorts by these keys, then by id. Texts are compared folded and byte by byte; what is absent is the highest. */
export function inOrder(users: readonly ModelUser[], order: readonly ModelOrder[], fold: Fold): ModelUser[] {
  const text = (value: string | null): string =>
    value === null ? '1' : `0${Buffer.from(fold(value)).toString('hex')}`;
  const keyOf: Readonly<Record<string, (user: ModelUser) => string>> = {
    USER_NAME: (user) => text(user.userName),
    FIRST_NAME: (user) => text(user.firstName),
    LAST_NAME: (user) => text(user.lastName),
    NICK_NAME: (user) => text(user.nickName),
    DISPLAY_NAME: (user) => text(user.displayName),
    EMAIL: (user) => text(user.email),
    STATE: (user) => String(states.indexOf(user.state)),
    TYPE: (user) => String(types.indexOf(user.type)),
    CREATION_DATE: (user) => new Date(user.createdAt).toISOString(),
    ID: (user) => user.id,
  };
  const asked = order.length === 0 ? [{ field: 'USER_NAME', direction: 'ASC' }] : order;
  const last = asked.at(-1);
  const finer = last?.field === 'STATE' || last?.field === 'TYPE' ? [{ ...last, field: 'USER_NAME' }] : [];
  const all = [...asked, ...finer];
  const keys = [...all, { field: 'ID', direction: all.at(-1)?.direction ?? 'ASC' }];
  return [...users].sort((a, b) => {
    for (const { field, direction } of keys) {
      const [x, y] = [keyOf[field]?.(a) ?? '', keyOf[field]?.(b) ?? ''];
      if (x !== y) return x < y === (direction === 'ASC') ? -1 : 1;
    }
    return 0;
  });
}

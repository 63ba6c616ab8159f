/** Loading for many parents at once, one set of loaders a request. */
import DataLoader from 'dataloader';
import { pageRequest, type Page, type PageArgs, type PageRequest } from '../kernel/page.js';
import type { Context } from './context.js';

/** Loads one value of many that are asked for in the same tick. */
export type Load<Key, Value> = (context: Context, key: Key) => Promise<Value>;

/** A loader of single values. `batch` answers them in the order of the keys, once a tick. */
export function loader<Key extends string, Value>(
  batch: (context: Context, keys: readonly Key[]) => Promise<readonly Value[]>,
): Load<Key, Value> {
  const loaderOf = perRequest((context) => new DataLoader<Key, Value>(async (keys) => batch(context, keys)));
  return (context, key) => loaderOf(context).load(key);
}

/**
 * A loader of pages of one list that many parents have: parents that ask for the same page of the same list are answered
 * together. `asked` is what else says which list is meant, such as a filter that has been read.
 * @param keys how many sort keys the list's cursors hold
 */
export function pageLoader<Parent extends string, Node, Asked = null>(
  keys: number,
  batch: (
    context: Context,
    parents: readonly Parent[],
    page: PageRequest,
    asked: Asked,
  ) => Promise<readonly Page<Node>[]>,
): (
  context: Context,
  parent: Parent,
  args: PageArgs,
  ...asked: Asked extends null ? [] : [Asked]
) => Promise<Page<Node>> {
  const loadersOf = perRequest(() => new Map<string, DataLoader<Parent, Page<Node>>>());
  return (context, parent, args, ...[asked = null]) => {
    const page = pageRequest(args, keys, context.services.pages);
    const name = JSON.stringify([page, asked]);
    const loaders = loadersOf(context);
    let pages = loaders.get(name);
    if (!pages) {
      // Async, because a batch that throws at once would come out as a fault of the loader.
      pages = new DataLoader<Parent, Page<Node>>(async (parents) => batch(context, parents, page, asked as Asked));
      loaders.set(name, pages);
    }
    return pages.load(parent);
  };
}

/** Everything that was loaded for a request, by who loads it. */
const loaded = new WeakMap<Context, Map<object, object>>();

/** Forgets what was loaded: after a change in the same request it may be so no longer. */
export function forgetLoaded(context: Context): void {
  loaded.delete(context);
}

function perRequest<Value extends object>(make: (context: Context) => Value): (context: Context) => Value {
  return (context) => {
    let values = loaded.get(context);
    if (!values) loaded.set(context, (values = new Map<object, object>()));
    let value = values.get(make) as Value | undefined;
    if (!value) values.set(make, (value = make(context)));
    return value;
  };
}

/** One walk over selections for all measures: without recursion, and each fragment entered once however often it is spread. */
import { Kind } from 'graphql';
import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  FragmentSpreadNode,
  InlineFragmentNode,
  OperationDefinitionNode,
  SelectionNode,
} from 'graphql';

/** What opens a selection set. */
export type Opener = OperationDefinitionNode | FragmentDefinitionNode | FieldNode | InlineFragmentNode;

/** How a measure is taken of selection sets, from the innermost outwards. */
export interface Fold<State> {
  /** A selection set begins. Fragments belong to nobody: their `parent` is null, like an operation's. */
  enter(opener: Opener, parent: State | null): State;
  /** A field without selections. */
  leaf(state: State, field: FieldNode): void;
  /** A finished selection set counts towards the one it stands in; a fragment's once for every spread. */
  merge(state: State, child: State, through: FieldNode | InlineFragmentNode | FragmentSpreadNode): void;
  /** Every selection of the set is in. */
  leave(state: State): void;
}

/** The fragments of a document by name. */
export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/** Finds the fragments of a document. Of several with one name the last counts, as in graphql-js. */
export function fragmentsOf(document: DocumentNode): Fragments {
  const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  return new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
}

interface Frame<State> {
  readonly state: State;
  readonly selections: readonly SelectionNode[];
  readonly through: FieldNode | InlineFragmentNode | FragmentSpreadNode | null;
  next: number;
}

/**
 * Takes a measure of an operation. Takes time linear in the document's size, whatever its fragments expand to.
 * Unknown fragments, and spreads inside their own fragment, count nothing.
 *
 * @param finished the measures of fragments, kept from one operation to the next; null while a fragment is being measured
 */
export function foldSelections<State>(
  operation: OperationDefinitionNode,
  fragments: Fragments,
  fold: Fold<State>,
  finished: Map<string, State | null>,
): State {
  const frameOf = (opener: Opener, parent: State | null, through: Frame<State>['through']): Frame<State> => ({
    state: fold.enter(opener, parent),
    selections: opener.selectionSet?.selections ?? [],
    through,
    next: 0,
  });
  const outermost = frameOf(operation, null, null);
  const stack = [outermost];
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const selection = frame.selections[frame.next++];
    if (selection === undefined) {
      stack.pop();
      fold.leave(frame.state);
      if (frame.through?.kind === Kind.FRAGMENT_SPREAD) finished.set(frame.through.name.value, frame.state);
      const parent = stack.at(-1);
      if (parent !== undefined && frame.through !== null) fold.merge(parent.state, frame.state, frame.through);
    } else if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const name = selection.name.value;
      const known = finished.get(name);
      const fragment = fragments.get(name);
      if (known !== undefined && known !== null) fold.merge(frame.state, known, selection);
      else if (known === undefined && fragment !== undefined) {
        finished.set(name, null);
        stack.push(frameOf(fragment, null, selection));
      }
    } else if (selection.kind === Kind.FIELD && selection.selectionSet === undefined) {
      fold.leaf(frame.state, selection);
    } else {
      stack.push(frameOf(selection, frame.state, selection));
    }
  }
  return outermost.state;
}

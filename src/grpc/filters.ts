/** What the filters of all lists share in messages: which member of a query counts, and how texts are compared. */
import { leaf, textMethods, type LeafInput, type NodeReader, type TextMatch } from '../kernel/filter.js';

/** The member of a query's oneof that counts: the last one on the wire. */
export function said(node: object): readonly string[] {
  const { query } = node as { readonly query?: string };
  return query === undefined ? [] : [query];
}

/** A field of the message behind a leaf. */
export function fieldOf({ value }: LeafInput, field: string): unknown {
  return (value as Readonly<Record<string, unknown>>)[field];
}

/** Reads a message that compares a text: the text stands in `field`, how it is compared in `method`. */
export function textLeaf<Leaf>(field: string, make: (match: TextMatch) => Leaf): NodeReader<Leaf> {
  return leaf((input) => {
    const method = textMethods.fromNumber(Number(fieldOf(input, 'method') ?? 0));
    if (!method) throw input.wrong('There is no such way to compare texts.', 'method');
    return make({ method, text: input.text(fieldOf(input, field), field) });
  });
}

/** Enums whose stored and transmitted form is a protobuf number. */

/** An enum between its names (what code and GraphQL use) and its protobuf numbers (what is stored and transmitted). */
export interface WireEnum<Name extends string> {
  readonly names: readonly Name[];
  /** The number of a name. */
  toNumber(name: Name): number;
  /** The name of a number; null for zero where zero means "unspecified" and for any number nobody knows. */
  fromNumber(number: number): Name | null;
}

/** Declares an enum by its names and protobuf numbers: `wireEnum({ ADMIN: 1, JOB_DEVELOPER: 2 })`. */
export function wireEnum<Name extends string>(numbers: Readonly<Record<Name, number>>): WireEnum<Name> {
  const names = Object.keys(numbers) as Name[];
  const byNumber = new Map(names.map((name) => [numbers[name], name]));
  return {
    names,
    toNumber: (name) => numbers[name],
    fromNumber: (number) => byNumber.get(number) ?? null,
  };
}

/** Values of messages in the words of GraphQL: 64-bit integers, instants, what is left out. */

/** A 64-bit integer as messages hold it. */
export interface WireNumber {
  toString(): string;
}

/** `google.protobuf.Timestamp`. */
export interface WireTime {
  readonly seconds: WireNumber;
  readonly nanos: number;
}

/** An instant as RFC 3339 text, with as many decimals as it has. */
export function timeOf({ seconds, nanos }: WireTime): string {
  const text = new Date(Number(seconds.toString()) * 1_000).toISOString().slice(0, 19);
  const decimals = String(nanos).padStart(9, '0').replace(/0+$/, '');
  return `${text}${decimals === '' ? '' : `.${decimals}`}Z`;
}

/** An instant from RFC 3339 text with up to nine decimals. */
export function toTime(text: string): { readonly seconds: number; readonly nanos: number } {
  const decimals = /\.(\d+)Z$/.exec(text)?.[1] ?? '';
  return { seconds: Math.floor(Date.parse(text) / 1_000), nanos: Number(decimals.padEnd(9, '0')) };
}

/** The value of an optional field: null where the message leaves it out. */
export const given = <T>(message: object, key: string, value: T): T | null =>
  Object.hasOwn(message, key) ? value : null;

/** A text that is null over GraphQL and empty over gRPC where there is none. */
export const orNull = (text: string): string | null => (text === '' ? null : text);

/** A message as a plain object, with the values of fields that were left out. */
export function plain<Message extends object>(message: Message): Message {
  const fields: Record<string, unknown> = {};
  // The values of fields that were left out are the prototype's.
  for (const key in message) if (typeof message[key] !== 'function') fields[key] = message[key];
  return fields as Message;
}

/** The details of an object, as both faces show them. */
export interface Details {
  readonly sequence: string;
  readonly creationDate: string;
  readonly changeDate: string;
  readonly resourceOwner: string;
}
/** `zitadel.v1.ObjectDetails`. */
export interface WireDetails {
  readonly sequence: WireNumber;
  readonly creationDate: WireTime;
  readonly changeDate: WireTime;
  readonly resourceOwner: string;
}
/** Reads the details of an object that was read. */
export const detailsOf = ({ sequence, creationDate, changeDate, resourceOwner }: WireDetails): Details => ({
  sequence: sequence.toString(),
  creationDate: timeOf(creationDate),
  changeDate: timeOf(changeDate),
  resourceOwner,
});

/** What both faces tell of a change: how many there were, and whose the object is. */
export type Changed = Pick<Details, 'sequence' | 'resourceOwner'>;
/** What to select of details for it. */
export const changedFields = 'details { sequence resourceOwner }';
/** Reads it from a message. */
export const changedOf = ({ details: { sequence, resourceOwner } }: { details: WireDetails }): Changed => ({
  sequence: sequence.toString(),
  resourceOwner,
});

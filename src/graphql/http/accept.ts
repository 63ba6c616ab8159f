/** Which media type an answer gets, by the client's Accept header. */

/** The two media types of a whole answer. */
export type MediaType = 'application/json' | 'application/graphql-response+json';

/** What a client accepts: a whole answer in a media type, only a stream of parts, or nothing that there is. */
export type Accepted = MediaType | 'stream' | 'nothing';

/**
 * Reads an Accept header. The first entry that fits decides, `application/json` where an entry allows both; weights do
 * not count. Entries that ask for another charset than utf-8 are passed over.
 */
export function negotiate(accept: string | undefined): Accepted {
  if (accept === undefined || accept === '' || accept === '*/*' || accept === 'application/json') {
    return 'application/json';
  }
  const types = acceptedTypes(accept);
  for (const type of types) {
    if (type === '*/*' || type === 'application/*' || type === '*/json' || type === 'application/json') {
      return 'application/json';
    }
    if (type === 'application/graphql-response+json' || type === '*/graphql-response+json') {
      return 'application/graphql-response+json';
    }
  }
  return types.some((type) => streams.has(type)) ? 'stream' : 'nothing';
}

/** Whether a client takes a stream of events, whatever else it takes. */
export function takesEvents(accept: string | undefined): boolean {
  return accept === undefined || acceptedTypes(accept).some((type) => eventTypes.has(type));
}

const eventTypes: ReadonlySet<string> = new Set(['text/event-stream', 'text/*', '*/*']);
const streams: ReadonlySet<string> = new Set(['text/event-stream', 'multipart/mixed', 'text/*', 'multipart/*']);

function acceptedTypes(accept: string): readonly string[] {
  return accept
    .replace(/\s/g, '')
    .toLowerCase()
    .split(',')
    .map((entry) => entry.split(';'))
    .filter(([, ...params]) => {
      const charset = params.find((param) => param.startsWith('charset='));
      return charset === undefined || charset === 'charset=utf-8';
    })
    .map(([type = '']) => type);
}

/** When and how often something was changed, and which account owns it: the same for every entity of the directory. */
import { formatTimestamp } from '../kernel/timestamp.js';
import { builder } from './builder.js';
import { proto } from './proto.js';

/** The facts behind `ObjectDetails`. */
export interface Details {
  readonly sequence: bigint;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Nanoseconds beyond the millisecond of the time of the same name. */
  readonly createdNs: number;
  readonly updatedNs: number;
  readonly resourceOwner: string;
}

/** The GraphQL type of {@link Details}. */
export const ObjectDetails = builder.objectRef<Details>('ObjectDetails').implement({
  ...proto('zitadel.v1.ObjectDetails'),
  fields: (t) => ({
    sequence: t.expose('sequence', { type: 'UInt64', ...proto('zitadel.v1.ObjectDetails.sequence') }),
    creationDate: t.field({
      type: 'DateTime',
      ...proto('zitadel.v1.ObjectDetails.creation_date'),
      resolve: (details) => formatTimestamp(details.createdAt, details.createdNs),
    }),
    changeDate: t.field({
      type: 'DateTime',
      ...proto('zitadel.v1.ObjectDetails.change_date'),
      resolve: (details) => formatTimestamp(details.updatedAt, details.updatedNs),
    }),
    resourceOwner: t.exposeID('resourceOwner', proto('zitadel.v1.ObjectDetails.resource_owner')),
  }),
});

/** When and how often something was changed, and which account owns it: the same for every entity of the directory. */
import { builder } from './builder.js';
import { proto } from './proto.js';

/** The facts behind `ObjectDetails`. */
export interface Details {
  readonly sequence: bigint;
  readonly createdAt: Date | string;
  readonly updatedAt: Date | string;
  readonly resourceOwner: string;
}

/** The GraphQL type of {@link Details}. */
export const ObjectDetails = builder.objectRef<Details>('ObjectDetails').implement({
  ...proto('zitadel.v1.ObjectDetails'),
  fields: (t) => ({
    sequence: t.expose('sequence', { type: 'UInt64', ...proto('zitadel.v1.ObjectDetails.sequence') }),
    creationDate: t.expose('createdAt', { type: 'DateTime', ...proto('zitadel.v1.ObjectDetails.creation_date') }),
    changeDate: t.expose('updatedAt', { type: 'DateTime', ...proto('zitadel.v1.ObjectDetails.change_date') }),
    resourceOwner: t.exposeID('resourceOwner', proto('zitadel.v1.ObjectDetails.resource_owner')),
  }),
});

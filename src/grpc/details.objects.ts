/** When objects were made and changed, as messages tell it. */
import type { zitadel } from '../generated/proto.js';
import { toTimestamp, toUnsigned } from './wire.js';

/** What every object of the directory has. `*Ns` are nanoseconds beyond the millisecond. */
export interface Changes {
  readonly sequence: bigint;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly createdNs: number;
  readonly updatedNs: number;
  readonly resourceOwner: string;
}

type Details = zitadel.v1.ObjectDetails.$Properties;

const common = ({ sequence, resourceOwner }: Changes): Details => ({ sequence: toUnsigned(sequence), resourceOwner });
const created = ({ createdAt, createdNs }: Changes): Details => ({ creationDate: toTimestamp(createdAt, createdNs) });
const changed = ({ updatedAt, updatedNs }: Changes): Details => ({ changeDate: toTimestamp(updatedAt, updatedNs) });

/** Of an object that was read. */
export const detailsOf = (row: Changes): Details => ({ ...common(row), ...created(row), ...changed(row) });

/** Of an object that was made just now. */
export const detailsOfNew = (row: Changes): Details => ({ ...common(row), ...created(row) });

/** Of an object that was changed just now. */
export const detailsOfChanged = (row: Changes): Details => ({ ...common(row), ...changed(row) });

/** Of an object that is gone: its last state, and when it went. */
export const detailsOfGone = (row: Changes, now: Date): Details =>
  detailsOfChanged({ ...row, sequence: row.sequence + 1n, updatedAt: now, updatedNs: 0 });

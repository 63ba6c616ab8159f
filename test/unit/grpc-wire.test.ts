/** Values in protobuf messages: instants with nanoseconds and year 1, 64-bit integers, enums, presence. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mgmt } from '../../src/generated/proto.js';
import { codecOf } from '../../src/grpc/codecs.js';
import { validate } from '../../src/grpc/validate.js';
import { fromEnum, fromLong, fromTimestamp, toTimestamp, toUnsigned } from '../../src/grpc/wire.js';
import { AppError } from '../../src/kernel/errors.js';
import { wireEnum } from '../../src/kernel/wire-enum.js';

const roles = wireEnum({ ADMIN: 1, VIEWER: 3 });
const thrown = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

describe('instants', () => {
  it('survive the years 1 and 9999 and keep nanoseconds', () => {
    for (const text of ['0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999999999Z', '1969-12-31T23:59:59.000000001Z']) {
      expect(fromTimestamp(toTimestamp(text), [])).toBe(text);
    }
  });

  it('come back as the moment they were, whatever it was', () => {
    const moments = fc.date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(moments, (moment) => {
        expect(new Date(fromTimestamp(toTimestamp(moment), []) ?? '')).toEqual(moment);
      }),
    );
  });

  it('are refused outside those years, with the field', () => {
    const late = { ...toTimestamp('9999-12-31T23:59:59Z'), nanos: 1_000_000_000 };
    expect(thrown(() => fromTimestamp(late, ['expires_at']))).toMatchObject({
      kind: 'invalid',
      inputPath: ['expires_at'],
    });
    expect(fromTimestamp(null, [])).toBeNull();
  });
});

describe('64-bit integers', () => {
  it('are exact up to the largest', () => {
    const most = 2n ** 64n - 1n;
    const bytes = codecOf('mgmt.v1alpha1.GetAccountStatusResponse').encode({ usedRecordCount: toUnsigned(most) });
    expect(fromLong(mgmt.v1alpha1.GetAccountStatusResponse.decode(bytes).usedRecordCount)).toBe(most);
  });

  it('keep the difference between zero and absent where the field is optional', () => {
    const { IsAccountStatusValidRequest } = mgmt.v1alpha1;
    const zero = IsAccountStatusValidRequest.decode(
      IsAccountStatusValidRequest.encode({ requestedRecordCount: toUnsigned(0n) }).finish(),
    );
    const absent = IsAccountStatusValidRequest.decode(new Uint8Array());
    expect([zero.requestedRecordCount == null, absent.requestedRecordCount == null]).toEqual([false, true]);
  });
});

describe('enums', () => {
  it('are null for zero, and refused for numbers that nobody defined', () => {
    expect(fromEnum(roles, 3, ['role'])).toBe('VIEWER');
    expect([fromEnum(roles, 0, ['role']), fromEnum(roles, undefined, ['role'])]).toEqual([null, null]);
    expect(thrown(() => fromEnum(roles, 2, ['role']))).toMatchObject({ kind: 'invalid', inputPath: ['role'] });
    expect(thrown(() => fromEnum(roles, -1, ['role']))).toBeInstanceOf(AppError);
  });
});

describe('the decoder', () => {
  it('refuses what is no message of the type as invalid, whatever the bytes', () => {
    const codec = codecOf('zitadel.management.v1.ListUsersRequest');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const result = thrown(() => codec.decode(bytes));
        if (result instanceof Error) expect(result).toMatchObject({ kind: 'invalid', reason: 'MALFORMED_MESSAGE' });
      }),
      { numRuns: 2_000 },
    );
  });

  it('refuses nesting without overflowing the stack', () => {
    const groups = Buffer.alloc(1024 * 1024, 0xfb);
    expect(thrown(() => codecOf('mgmt.v1alpha1.GetUserRequest').decode(groups))).toMatchObject({ kind: 'invalid' });
    let bytes = Buffer.alloc(0);
    for (let depth = 0; depth < 200; depth++) {
      const inner = Buffer.concat([Buffer.from([0x0a, ...varint(bytes.length)]), bytes]);
      bytes = Buffer.concat([Buffer.from([0x6a, ...varint(inner.length)]), inner]);
    }
    expect(thrown(() => codecOf('zitadel.user.v1.SearchQuery').decode(bytes))).toMatchObject({ kind: 'invalid' });
  });
});

describe('the rules of the proto files', () => {
  it('hold in the messages inside a message, and only the last member of a oneof counts', () => {
    const name = 'zitadel.user.v1.SearchQuery';
    const codec = codecOf(name);
    expect(thrown(() => validate(name, codec.decode(new Uint8Array())))).toMatchObject({ inputPath: ['query'] });
    const both = codec.decode(
      Buffer.concat([
        codec.encode({ userNameQuery: { userName: 'x'.repeat(201) } }),
        codec.encode({ emailQuery: { emailAddress: 'y' } }),
      ]),
    );
    expect(thrown(() => validate(name, both))).toBeUndefined();
    const long = codec.decode(codec.encode({ userNameQuery: { userName: 'x'.repeat(201) } }));
    expect(thrown(() => validate(name, long))).toMatchObject({ inputPath: ['user_name_query', 'user_name'] });
    const undefinedMethod = codec.decode(codec.encode({ userNameQuery: { userName: 'x', method: 8 } }));
    expect(thrown(() => validate(name, undefinedMethod))).toMatchObject({ inputPath: ['user_name_query', 'method'] });
  });

  it('count characters, not their halves', () => {
    const name = 'zitadel.user.v1.SearchQuery';
    const faces = codecOf(name).decode(codecOf(name).encode({ userNameQuery: { userName: '😀'.repeat(200) } }));
    expect(thrown(() => validate(name, faces))).toBeUndefined();
  });
});

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}

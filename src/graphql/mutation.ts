/** How every mutation is made: one `input`, a payload with `errors`, and what a caller can correct answered as data. */
import type { InputFieldMap, InputFieldBuilder, FieldMap, ObjectFieldBuilder } from '@pothos/core';
import type { z } from 'zod';
import { AppError, kinds, type ErrorCode } from '../kernel/errors.js';
import { builder } from './builder.js';
import type { Context } from './context.js';
import type { Carried } from './proto.js';

type Types = (typeof builder)['$inferSchemaTypes'];

interface UserError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly path: readonly string[];
}

const errorCode = builder.enumType('ErrorCode', {
  description: 'What kind of refusal an error is. Also found in `extensions.code` of top-level errors.',
  values: {
    BAD_USER_INPUT: { description: 'The input is wrong.' },
    UNAUTHENTICATED: { description: 'No usable credential came with the request.' },
    FORBIDDEN: { description: 'The caller may not do this, or the account is unknown: the two look alike.' },
    NOT_FOUND: { description: 'There is no such thing, or the caller may not see it: the two look alike.' },
    CONFLICT: { description: 'It clashes with something that exists, or with a change at the same time.' },
    FAILED_PRECONDITION: { description: 'Things are not in the state that this needs.' },
    LIMIT_EXCEEDED: { description: 'More than a limit allows; the error names the limit.' },
    RATE_LIMITED: { description: 'Too many tries in too short a time.' },
    FEATURE_DISABLED: { description: 'This instance does not offer it in its present mode.' },
    UNAVAILABLE: { description: 'Something that is needed cannot be reached now. Try again later.' },
    TIMEOUT: { description: 'It took too long and was stopped.' },
    INTERNAL_SERVER_ERROR: { description: 'Something went wrong on our side; the request id leads to the cause.' },
  } satisfies Record<ErrorCode, { description: string }>,
});

const userError = builder.objectRef<UserError>('UserError').implement({
  description: 'What the caller of a mutation can correct.',
  fields: (t) => ({
    code: t.field({ type: errorCode, description: 'What kind of refusal it is.', resolve: (error) => error.code }),
    message: t.exposeString('message', { description: 'A sentence for people.' }),
    path: t.stringList({
      description: 'Where in `input` the fault is, outermost first. Empty when it is not about one field.',
      resolve: (error) => [...error.path],
    }),
  }),
});

/** A payload: what the mutation answers, or why it could not. */
export type Payload<Data> = Partial<Data> & { readonly errors: readonly UserError[] };

/** What a mutation may answer besides its data. */
export interface Committed {
  /** What failed after the change was committed: told in `errors`, beside the data. */
  readonly refusals?: readonly AppError[];
}

/** What a mutation is made of. */
export interface Mutation<Input extends z.ZodType, Data extends object> {
  /** Its words, and the RPC it does the work of: `rpc('CreateTeamAccount')`. */
  readonly carries: Carried;
  /** Reads the input: faults in it are told before anybody's permission is asked. */
  readonly reads: Input;
  /** The fields of the input type; left out where the input is empty, and then optional. */
  readonly input?: (t: InputFieldBuilder<Types, 'InputObject'>) => InputFieldMap;
  /** Does it. Stands before `payload`, whose types follow from it. */
  readonly resolve: (context: Context, input: z.output<Input>) => Promise<Data & Committed>;
  /** The fields of the payload besides `errors`. All are nullable: with errors they are null. */
  readonly payload: (t: ObjectFieldBuilder<Types, Payload<Data>>) => FieldMap;
  /** True for what invites guessing: one such mutation an operation. */
  readonly sensitive?: boolean;
  /** The action as the audit record names it when the outer door refuses it; the mutation's name unless said. */
  readonly action?: string;
}

/** Adds a mutation with its input and payload types, named after it. */
export function mutation<Input extends z.ZodType, Data extends object>(
  name: string,
  made: Mutation<Input, Data>,
): void {
  const typeName = name[0]?.toUpperCase() + name.slice(1);
  const inputType = builder.inputType(`${typeName}Input`, {
    description: `What \`${name}\` takes.`,
    fields:
      made.input ?? ((t) => ({ clientMutationId: t.string({ description: 'Ignored; for clients that send one.' }) })),
  });
  const payloadType = builder.objectRef<Payload<object>>(`${typeName}Payload`).implement({
    description: `What \`${name}\` answers.`,
    fields: (t) => ({
      ...made.payload(t as unknown as ObjectFieldBuilder<Types, Payload<Data>>),
      errors: t.field({
        type: [userError],
        description: 'Why it was not done, where the caller can correct that. Empty when it was done.',
        extensions: { cost: 0 },
        resolve: (payload) => payload.errors,
      }),
    }),
  });
  builder.mutationField(name, (t) =>
    t.field({
      type: payloadType,
      description: made.carries.description,
      extensions: {
        ...made.carries.extensions,
        ...(made.sensitive === true ? { sensitive: true } : {}),
        [inputReader]: made.reads,
        [auditedAction]: made.action ?? name,
      },
      args: { input: t.arg({ type: inputType, required: made.input !== undefined, description: 'What to do.' }) },
      resolve: async (_root, args, context): Promise<Payload<object>> => {
        const { refusals = [], ...data } = await made.resolve(context, args.input as z.output<Input>);
        return { ...data, errors: refusals.map(userErrorOf) };
      },
    }),
  );
}

/** The extension in which a mutation field keeps the reader of its input, for the door before the shield. */
export const inputReader = 'reads';

/** The extension in which a mutation field keeps its name in the audit record. */
export const auditedAction = 'action';

/** The payload of a mutation that was refused: an error the caller can correct, or a top-level error thrown again. */
export function refused(error: unknown): Payload<object> {
  if (!(error instanceof AppError) || !kinds[error.kind].correctable) throw error;
  return { errors: [userErrorOf(error)] };
}

const userErrorOf = ({ kind, message, inputPath: path }: AppError): UserError => ({
  code: kinds[kind].code,
  message,
  path,
});

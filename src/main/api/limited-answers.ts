// Removes external text from responses to callers who are limited to projects. Schemas mark fields with external text
// (shared/outside.ts); engine/access/limited-view.ts decides what replaces it.
import { z } from 'zod';
import type { OutsidePart } from '../../shared/outside.ts';
import {
  limitCaaLock,
  limitDeploymentSteps,
  limitError,
  limitEvent,
  limitPersistReport,
  limitRun,
  limitSentence,
} from '../engine/access/limited-view.ts';
import type { CertdeskError } from '../engine/core/errors.ts';
import { innerOf } from './field-reach.ts';

/** @returns a failure without external text; the original is its cause, which only the log shows */
export function limitFailure(failure: CertdeskError): CertdeskError {
  const { error, details } = limitError(failure.toBody());
  return failure.reword(error, details);
}

/** @param value The output of the schema. */
export function limitAnswer(schema: z.ZodType | undefined, value: unknown): unknown {
  if (schema === undefined || value === undefined || value === null) return value;
  const part = schema.meta()?.outside;
  return part === undefined ? limitChildren(schema, value) : VIEWS[part](value);
}

function limitChildren(schema: z.ZodType, value: unknown): unknown {
  const wrapped = innerOf(schema);
  if (schema instanceof z.ZodUnion) {
    const option = wrapped.find((each) => each.safeParse(value).success);
    return limitAnswer(option, value);
  }
  const [inner] = wrapped;
  if (inner !== undefined) return limitAnswer(inner, value);
  if (Array.isArray(value))
    return schema instanceof z.ZodArray
      ? value.map((each) => limitAnswer(schema.element as z.ZodType, each))
      : value;
  if (typeof value !== 'object' || value === null) return value;
  const schemaOf = (name: string): z.ZodType | undefined => {
    if (schema instanceof z.ZodObject) return (schema.shape as Record<string, z.ZodType>)[name];
    return schema instanceof z.ZodRecord ? (schema.valueType as z.ZodType) : undefined;
  };
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, limitAnswer(schemaOf(name), member)]),
  );
}

const VIEWS: Readonly<Record<OutsidePart, (value: unknown) => unknown>> = {
  error: (value) => limitError(value as Parameters<typeof limitError>[0]),
  event: (value) => limitEvent(value as Parameters<typeof limitEvent>[0]),
  'renewal-status': (value) => {
    const status = value as { lastRenewError: string | null; lastRenewErrorCode: string | null };
    const lastRenewError = limitSentence(status.lastRenewError, status.lastRenewErrorCode);
    // With a private CA, anyone may control the URL.
    return { ...status, lastRenewError, renewExplanationUrl: null };
  },
  'next-action': (value) => {
    const action = value as { lastError: string | null; lastErrorCode: string | null };
    return { ...action, lastError: limitSentence(action.lastError, action.lastErrorCode) };
  },
  'obtain-failure': (value) => {
    const failure = value as { error: string; code: string };
    return { ...failure, error: limitSentence(failure.error, failure.code) };
  },
  'deployment-steps': (value) => limitDeploymentSteps(value as Parameters<typeof limitDeploymentSteps>[0]),
  // A private address.
  'deployment-options': (value) => {
    const { endpoint: _, ...options } = value as Record<string, string>;
    return options;
  },
  'caa-lock': (value) => limitCaaLock(value as Parameters<typeof limitCaaLock>[0]),
  'persist-report': (value) => limitPersistReport(value as Parameters<typeof limitPersistReport>[0]),
  'deployment-run': (value) => limitRun(value as Parameters<typeof limitRun>[0]),
};

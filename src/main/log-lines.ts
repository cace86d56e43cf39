// Defines the log lines of the server and the desktop application: one JSON object per line with time, level and message,
// and project, job, step and CA if known. pino-pretty reads the same lines.
import { type LoggerOptions, stdSerializers, stdTimeFunctions } from 'pino';

export const MESSAGE_KEY = 'message';

export function logOptions(): LoggerOptions {
  return {
    base: null,
    messageKey: MESSAGE_KEY,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (level) => ({ level }), log: toLine },
    serializers: { err: stdSerializers.err },
  };
}

type Fields = Record<string, unknown>;

/** Renames the fields of the engine's records to those of the log and omits null fields. */
export function toLine(fields: Fields): Fields {
  // Lines of requests, by far the most frequent, have no fields to rename.
  if (!('projectId' in fields || 'jobId' in fields || 'data' in fields)) return withoutNothing(fields);
  const { projectId, jobId, data, ...rest } = fields;
  const { step, title: _, more, ca, ...other } = isFields(data) ? data : {};
  const found = { project: projectId, job: jobId, step, ca, ...rest };
  const detail = isFields(data) ? { ...other, ...(isFields(more) ? { more } : {}) } : data;
  return withoutNothing({ ...found, data: isFields(detail) && isEmpty(detail) ? null : detail });
}

function withoutNothing(fields: Fields): Fields {
  if (!Object.values(fields).some(isNothing)) return fields;
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isNothing(value)));
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(fields: Fields): boolean {
  return Object.keys(fields).length === 0;
}

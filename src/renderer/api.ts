// The tRPC client. A browser uses batched HTTP, with server-sent events for subscriptions, and sends the session cookie
// and the page secret. The Electron window uses createIpcTransport (window/ipc-link.ts) instead of
// `createHttpTransport`.
import {
  createTRPCClient,
  httpBatchLink,
  httpLink,
  httpSubscriptionLink,
  splitLink,
  type TRPCClient,
  TRPCClientError,
  type TRPCLink,
} from '@trpc/client';
import { createTRPCContext } from '@trpc/tanstack-react-query';
import { EventSource } from 'eventsource';
import type { AppRouter } from '../main/api/router.ts';
import type { ErrorBody } from '../shared/errors.ts';

export type { AppRouter };
export type Api = TRPCClient<AppRouter>;
export type Transport = TRPCLink<AppRouter>;

export const {
  TRPCProvider: ApiProvider,
  useTRPC: useApi,
  useTRPCClient: useApiClient,
} = createTRPCContext<AppRouter>();

/** Inputs that contain secrets go in the body, because proxies log URLs. */
const IN_THE_BODY: ReadonlySet<string> = new Set(['certificates.download']);

/** @param headers Returns the headers of a call; read for each call. */
export function createHttpTransport(url: string, headers: () => Readonly<Record<string, string>>): Transport {
  return splitLink({
    condition: (op) => op.type === 'subscription',
    // The browser's own EventSource cannot send headers.
    true: httpSubscriptionLink({
      url,
      EventSource,
      eventSourceOptions: {
        fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, ...headers() } }),
      },
    }),
    false: splitLink({
      condition: (op) => IN_THE_BODY.has(op.path),
      true: httpLink({ url, headers, methodOverride: 'POST' }),
      false: httpBatchLink({ url, headers, maxURLLength: 4000, maxItems: 40 }),
    }),
  });
}

/**
 * Returns the server's base URL for this page, such as `https://example.com/certdesk` behind a proxy. @param page The
 * page's URL.
 */
export function serverAddress(page: string): string {
  return new URL('.', page).href.replace(/\/$/, '');
}

export function createApi(transport: Transport): Api {
  return createTRPCClient<AppRouter>({ links: [transport] });
}

/** A failed call as the page shows it: `body` is null if Certdesk did not answer. */
export type Failure =
  | { readonly kind: 'refused'; readonly body: ErrorBody }
  | { readonly kind: 'unreachable'; readonly body: null };

export function failureOf(error: unknown): Failure {
  const body = error instanceof TRPCClientError ? readBody(error.data) : null;
  return body === null ? { kind: 'unreachable', body: null } : { kind: 'refused', body };
}

export function isSignedOut(error: unknown): boolean {
  return failureOf(error).body?.code === 'UNAUTHENTICATED';
}

function readBody(data: unknown): ErrorBody | null {
  const body = typeof data === 'object' && data !== null ? Reflect.get(data, 'body') : null;
  return typeof body === 'object' && body !== null && 'code' in body && 'error' in body
    ? (body as ErrorBody)
    : null;
}

/** An invalid field of a form, as INVALID_REQUEST reports it. */
export interface FieldIssue {
  readonly field: string;
  readonly message: string;
}

/** Returns the fields that an error names: `details.issues`, or the single `details.field`. */
export function fieldIssues(body: ErrorBody): readonly FieldIssue[] {
  const details = body.details;
  if (typeof details !== 'object' || details === null) return [];
  const issues: unknown = Reflect.get(details, 'issues');
  if (Array.isArray(issues)) {
    return issues.flatMap((issue: { field?: unknown; message?: unknown } | null) =>
      typeof issue?.field === 'string' ? [{ field: issue.field, message: String(issue.message) }] : [],
    );
  }
  const field: unknown = Reflect.get(details, 'field');
  return typeof field === 'string' ? [{ field, message: body.error }] : [];
}

// The tRPC client. In a browser: HTTP in batches, events as server-sent events, with the session's cookie and page
// secret. In the Electron window createIpcTransport (window/ipc-link.ts) takes the place of `createHttpTransport`.
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

/** Inputs that hold a secret are sent in the body, where a log of addresses cannot see them. */
const IN_THE_BODY: ReadonlySet<string> = new Set(['certificates.download']);

/** @param headers Of each call; read anew each time. */
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

/** Where the server is for this page: `https://example.com/certdesk` behind a proxy. @param page The page's address. */
export function serverAddress(page: string): string {
  return new URL('.', page).href.replace(/\/$/, '');
}

export function createApi(transport: Transport): Api {
  return createTRPCClient<AppRouter>({ links: [transport] });
}

/** A failed call as the page shows it: refused by Certdesk with a reason, or not answered at all. */
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

/** One wrong field of a form, as INVALID_REQUEST names it. */
export interface FieldIssue {
  readonly field: string;
  readonly message: string;
}

/** The fields that a refusal names: `details.issues`, or one `details.field`. */
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

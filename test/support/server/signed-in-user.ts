// A user signed in with a browser, as a REST client: for operations of reach `system`, which no token may call.
import { PAGE_SECRET_HEADER } from '../../../src/shared/page-secret-header.ts';
import { type Answer, type Call, callApi } from './app.ts';

/** @param path Below /api/v1. */
export type CallAsUser = (method: string, path: string, call?: Omit<Call, 'token'>) => Promise<Answer>;

/** Signs in. @param link As `certdesk login-link` prints it. */
export async function signIn(link: string): Promise<CallAsUser> {
  const { origin, hash } = new URL(link);
  const body = { secret: hash.slice(1) };
  const answer = await callApi(`${origin}/login`, 'POST', { body, headers: { Origin: origin } });
  if (answer.status !== 200) throw new Error(`The sign-in was answered by ${answer.status}: ${answer.text}`);
  const [cookie = ''] = (answer.headers.get('set-cookie') ?? '').split(';');
  const secrets = { Cookie: cookie, [PAGE_SECRET_HEADER]: String(answer.body.pageSecret) };
  return (method, path, call = {}) =>
    callApi(`${origin}/api/v1${path}`, method, {
      ...call,
      headers: { Origin: origin, ...secrets, ...call.headers },
    });
}

/** @returns a function that creates something by POST, and returns its id. It throws if the answer is an error. */
export function createPoster(asUser: CallAsUser): (path: string, body: object) => Promise<string> {
  return async (path, body) => {
    const { status, body: answer, text } = await asUser('POST', path, { body });
    if (status >= 300) throw new Error(`POST ${path}: ${text}`);
    return String(answer.id);
  };
}

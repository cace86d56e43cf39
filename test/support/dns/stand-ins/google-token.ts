// Google's token endpoint for service accounts: accepts only a JWT that is signed with the account's key and has the
// required claims. https://developers.google.com/identity/protocols/oauth2/service-account
import { createPublicKey, generateKeyPairSync, randomBytes, verify } from 'node:crypto';
import { z } from 'zod';
import type { RecordedRequest, StandInAnswer } from './stand-in.ts';

/** In the format of the file that the console offers for download. */
export type KeyFile = Readonly<Record<string, string>>;

export interface TokenEndpoint {
  readonly keyFile: KeyFile;
  /** The answer to `POST /token`. */
  handle(request: RecordedRequest, state: { readonly revoked: boolean }): StandInAnswer;
  /** Whether it issued this bearer token. */
  knows(token: string): boolean;
}

const HeaderSchema = z.object({ alg: z.literal('RS256'), typ: z.literal('JWT').optional() });
const ClaimsSchema = z.object({
  iss: z.string(),
  scope: z.literal('https://www.googleapis.com/auth/ndev.clouddns.readwrite'),
  aud: z.literal('https://oauth2.googleapis.com/token'),
  iat: z.number(),
  exp: z.number(),
});

/** Several endpoints may share one, because an RSA key takes long to generate. */
export function createKeyFile(projectId: string): KeyFile {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    type: 'service_account',
    project_id: projectId,
    private_key_id: randomBytes(20).toString('hex'),
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    client_email: `certdesk@${projectId}.iam.gserviceaccount.com`,
    client_id: '104867498723498723987',
    auth_uri: 'https://accounts.google.com/o/oauth2/auth',
    // Never requested: the audience is Google's, whatever a pasted file says.
    token_uri: 'https://token.attacker.example/token',
  };
}

/** @param onToken Receives every token that is issued. */
export function createTokenEndpoint(keyFile: KeyFile, onToken: (token: string) => void): TokenEndpoint {
  const given = new Set<string>();
  return {
    keyFile,
    knows: (token) => given.has(token),
    handle(request, { revoked }) {
      if (request.headers['content-type'] !== 'application/x-www-form-urlencoded') {
        return refuse('invalid_request', 'Bad Request');
      }
      const form = new URLSearchParams(request.body);
      if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') {
        return refuse('unsupported_grant_type', `Invalid grant_type: ${form.get('grant_type')}`);
      }
      const problem = revoked
        ? 'Invalid grant: account not found'
        : checkJwt(form.get('assertion') ?? '', keyFile);
      if (problem !== null) return refuse('invalid_grant', problem);
      const token = `ya29.c.${randomBytes(60).toString('base64url')}`;
      given.add(token);
      onToken(token);
      return { status: 200, body: { access_token: token, expires_in: 3599, token_type: 'Bearer' } };
    },
  };
}

/** The problem, in Google's words, or null. */
function checkJwt(jwt: string, keyFile: KeyFile): string | null {
  const [header = '', payload = '', signature = ''] = jwt.split('.');
  const claims = ClaimsSchema.safeParse(decode(payload));
  if (!HeaderSchema.safeParse(decode(header)).success || !claims.success) return 'Bad Request';
  const { iss, iat, exp } = claims.data;
  if (iss !== keyFile.client_email) return 'Invalid grant: account not found';
  const now = Date.now() / 1000;
  if (iat > now + 300 || exp < now || exp > iat + 3600) {
    return 'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.';
  }
  const key = createPublicKey(keyFile.private_key ?? '');
  const right = verify(
    'sha256',
    Buffer.from(`${header}.${payload}`),
    key,
    Buffer.from(signature, 'base64url'),
  );
  return right ? null : 'Invalid JWT Signature.';
}

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}

function refuse(error: string, description: string): StandInAnswer {
  return { status: 400, body: { error, error_description: description } };
}

// A strict stand-in for AWS Certificate Manager, written from its API reference
// (https://docs.aws.amazon.com/acm/latest/APIReference/): ImportCertificate, GetCertificate and ListCertificates.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Stored {
  certificate: string;
  chain: string | undefined;
  readonly tags: readonly object[];
}

export interface AcmStandIn {
  readonly endpoint: string;
  readonly certificates: ReadonlyMap<string, Stored>;
  /** The names of the operations that were called, in order. */
  readonly calls: string[];
  /** Carries out the next call of the operation, and closes the connection instead of answering. */
  loseNextAnswer(operation: string): void;
  /** Refuses the operation like IAM. */
  deny(operation: string): void;
  /** Adds a certificate that somebody else has imported, with tags. */
  add(arn: string, certificate: string, tags: readonly object[]): void;
  stop(): Promise<void>;
}

const REGION = 'eu-central-1';
const PREFIX = `arn:aws:acm:${REGION}:123456789012:certificate/`;
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  ImportCertificate: ['Certificate', 'CertificateArn', 'CertificateChain', 'PrivateKey', 'Tags'],
  GetCertificate: ['CertificateArn'],
  ListCertificates: ['CertificateStatuses', 'Includes', 'MaxItems', 'NextToken', 'SortBy', 'SortOrder'],
};

class Refusal extends Error {
  readonly type: string;
  readonly status: number;
  constructor(type: string, message: string, status = 400) {
    super(message);
    this.type = type;
    this.status = status;
  }
}

export async function startAcmStandIn(keyId: string): Promise<AcmStandIn> {
  const certificates = new Map<string, Stored>();
  const calls: string[] = [];
  const denied = new Set<string>();
  const lost = new Set<string>();

  function importCertificate(body: Record<string, string | undefined> & { Tags?: object[] }) {
    const { Certificate = '', PrivateKey = '', CertificateChain, CertificateArn, Tags } = body;
    const certificate = Buffer.from(Certificate, 'base64').toString();
    if (certificate.match(/BEGIN CERTIFICATE/g)?.length !== 1)
      throw new Refusal('ValidationException', 'The certificate field contains more than one certificate.');
    const leaf = new X509Certificate(certificate);
    const key = createPrivateKey(Buffer.from(PrivateKey, 'base64').toString());
    if (!leaf.checkPrivateKey(key))
      throw new Refusal('ValidationException', 'The private key does not match the certificate.');
    const chain =
      CertificateChain === undefined ? undefined : Buffer.from(CertificateChain, 'base64').toString();
    if (CertificateArn === undefined) {
      const arn = `${PREFIX}${String(certificates.size).padStart(8, '0')}-0000-0000-0000-000000000000`;
      certificates.set(arn, { certificate, chain, tags: Tags ?? [] });
      return { CertificateArn: arn };
    }
    if (Tags !== undefined)
      throw new Refusal('InvalidParameterException', 'Tags cannot be specified with a certificate ARN.');
    const stored = found(CertificateArn);
    stored.certificate = certificate;
    stored.chain = chain;
    return { CertificateArn };
  }

  function found(arn: string | undefined): Stored {
    const stored = certificates.get(arn ?? '');
    if (stored === undefined)
      throw new Refusal('ResourceNotFoundException', `Could not find certificate ${arn}.`);
    return stored;
  }

  function listCertificates({ Includes }: { readonly Includes?: { readonly keyTypes?: readonly string[] } }) {
    const keyTypes = Includes?.keyTypes ?? ['RSA_1024', 'RSA_2048'];
    const all = [...certificates].map(([CertificateArn, { certificate }]) => {
      const leaf = new X509Certificate(certificate);
      const type = leaf.publicKey.asymmetricKeyType === 'rsa' ? 'RSA_2048' : 'EC_prime256v1';
      const DomainName = /DNS:([^,]+)/.exec(leaf.subjectAltName ?? '')?.[1];
      return { CertificateArn, DomainName, Type: 'IMPORTED', KeyAlgorithm: type };
    });
    return { CertificateSummaryList: all.filter(({ KeyAlgorithm }) => keyTypes.includes(KeyAlgorithm)) };
  }

  function answer(operation: string, request: IncomingMessage, text: string): object {
    const { authorization = '', 'content-type': type } = request.headers;
    if (request.method !== 'POST' || request.url !== '/' || type !== 'application/x-amz-json-1.1')
      throw new Refusal('UnknownOperationException', 'This is not a request of the JSON protocol.', 404);
    if (
      !authorization.includes(`Credential=${keyId}/`) ||
      !authorization.includes(`/${REGION}/acm/aws4_request`)
    )
      throw new Refusal(
        'UnrecognizedClientException',
        'The security token included in the request is invalid.',
      );
    if (denied.has(operation))
      throw new Refusal('AccessDeniedException', `User is not authorized to perform: acm:${operation}`);
    const body = JSON.parse(text);
    const unknown = Object.keys(body).find((name) => MEMBERS[operation]?.includes(name) !== true);
    if (unknown !== undefined) throw new Refusal('ValidationException', `${unknown} is not a member.`);
    if (operation === 'ImportCertificate') return importCertificate(body);
    if (operation === 'ListCertificates') return listCertificates(body);
    const { certificate, chain } = found(body.CertificateArn);
    return { Certificate: certificate, CertificateChain: chain };
  }

  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (part: string) => {
      text += part;
    });
    request.on('end', () => {
      const operation = String(request.headers['x-amz-target']).replace('CertificateManager.', '');
      calls.push(operation);
      try {
        const body = JSON.stringify(answer(operation, request, text));
        if (lost.delete(operation)) {
          request.socket.destroy();
          return;
        }
        response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(body);
      } catch (error) {
        const { type, status, message } =
          error instanceof Refusal ? error : new Refusal('InternalFailure', String(error), 500);
        response
          .writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
          .end(JSON.stringify({ __type: type, message }));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    certificates,
    calls,
    loseNextAnswer: (operation) => void lost.add(operation),
    deny: (operation) => void denied.add(operation),
    add: (arn, certificate, tags) => void certificates.set(arn, { certificate, chain: undefined, tags }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

// The curl commands of a project, for scripts.

export interface CurlCommand {
  readonly key: 'read' | 'status' | 'obtain' | 'renew' | 'downloadFull' | 'revoke' | 'remove';
  readonly command: string;
}

/** @param origin Base URL: `http://127.0.0.1:7878` */
export function curlCommands(origin: string, projectId: string): readonly CurlCommand[] {
  const base = `${origin}/api/v1/projects/${projectId}/certificate`;
  const auth = `-H "Authorization: Bearer $CERTDESK_TOKEN"`;
  const post = (path: string, body: object) =>
    `curl -X POST ${auth} \\\n  -H "Content-Type: application/json" \\\n  -d '${JSON.stringify(body)}' \\\n  ${base}${path}`;
  return [
    { key: 'read', command: `curl ${auth} \\\n  ${base}` },
    { key: 'status', command: `curl ${auth} \\\n  ${base}/status` },
    { key: 'obtain', command: post('/obtain', { challengeType: 'http-01', keyType: 'ec' }) },
    { key: 'renew', command: post('/renew', {}) },
    {
      key: 'downloadFull',
      command: `curl ${auth} -o fullchain.pem \\\n  "${base}/download?format=fullchain"`,
    },
    { key: 'revoke', command: post('/revoke', { reason: 'superseded' }) },
    { key: 'remove', command: `curl -X DELETE ${auth} \\\n  ${base}` },
  ];
}

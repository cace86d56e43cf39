// The commands that fetch certificate and key with a token of the scope certificates:download.
import { fileStem } from '../../../shared/server-snippets.ts';

/**
 * The token is read from a variable, so that it is not in the text that is copied.
 * @param origin Base URL: `http://127.0.0.1:7878`
 */
export function fetchCommands(origin: string, projectId: string, domain: string) {
  const file = `${fileStem(domain)}.pem`;
  return {
    curl: `curl -fsS -H "Authorization: Bearer $CERTDESK_TOKEN" \\\n  -o ${file} \\\n  ${origin}/api/v1/projects/${projectId}/certificate/key-pair`,
    cli: `CERTDESK_TOKEN=… certdesk fetch ${projectId} \\\n  --url ${origin} \\\n  --output ${file}`,
  };
}

// What stands at the root until the GUI does: what runs here, and how to begin.
import { type HealthState, useHealth } from './use-health.ts';

const HEALTH: Readonly<Record<HealthState, string>> = {
  asking: 'Asking the server …',
  well: 'The server runs and its secret store is open.',
  unwell: 'The server runs, but its secret store cannot be opened: unlock the keychain, or see the log.',
  gone: 'The server does not answer. Start it again.',
};

export function Welcome() {
  const health = useHealth();
  const api = `${location.origin}/api/v1`;
  return (
    <main>
      <h1>Certdesk</h1>
      <p>Obtains, checks, renews and revokes the TLS certificates of your projects.</p>
      <p role="status" className={health}>
        {HEALTH[health]}
      </p>
      <h2>Begin</h2>
      <p>Make an API token on the machine that runs Certdesk:</p>
      <pre>
        <code>npm run --silent certdesk -- token create --name me --scope projects:write</code>
      </pre>
      <p>Make a project, then obtain its certificate:</p>
      <pre>
        <code>{examples(api)}</code>
      </pre>
      <p>
        <a href="/api/docs">Every operation of the REST API</a>, or as a document:{' '}
        <a href="/api/v1/openapi.json">openapi.json</a>
      </p>
    </main>
  );
}

function examples(api: string): string {
  return [
    'TOKEN=…',
    `curl -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\`,
    `  -d '{"domain": "api.example.com"}' ${api}/projects`,
    `curl -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\`,
    `  -d '{"challengeType": "http-01", "email": "admin@example.com"}' \\`,
    `  ${api}/projects/ID/certificate/obtain`,
  ].join('\n');
}

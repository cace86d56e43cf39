// Clients generated from the OpenAPI document: each compiles, creates a project and reads a verdict. The generators
// come from their registries, in these versions.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/server/app.ts';
import { describeWith, toolPath } from '../support/tools/tools.ts';

const TYPESCRIPT = [
  'openapi-typescript@7.13.0',
  'openapi-fetch@0.17.0',
  'typescript@5.9.3',
  '@types/node@24.19.2',
];
const PYTHON = ['openapi-python-client==0.29.1', 'ruff==0.17.6', 'python-dateutil==2.9.0.post0'];
const GO = 'github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2';
/** A registry that does not answer is named, before the test's own limit. */
const STEP_MS = 240_000;
const GO_RUNTIME = 'github.com/oapi-codegen/runtime@v1.9.0';

let app: TestApp;
let folder: string;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'certdesk-client-'));
  await writeFile(join(folder, 'openapi.json'), (await app.call('GET', '/openapi.json')).text);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function run(program: string, ...args: readonly string[]): Promise<string> {
  const env = { ...process.env, GOFLAGS: '-mod=mod', GOBIN: folder };
  const options = { cwd: folder, env, maxBuffer: 16 << 20, timeout: STEP_MS };
  try {
    return (await promisify(execFile)(program, [...args], options)).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${program} ${args.join(' ')} has failed:\n${stdout}\n${stderr}`, { cause: error });
  }
}

const take = (name: string, as = name) =>
  cp(join(import.meta.dirname, '../fixtures/clients', name), join(folder, as));
const server = () => [`${app.app.address}/api/v1`, app.token] as const;
const said = (language: string) => `${language}.example.com CERTIFICATE_UNREADABLE\n`;

it('a TypeScript client (openapi-typescript, openapi-fetch)', async () => {
  await writeFile(join(folder, 'package.json'), '{"type":"module","private":true}');
  await run('npm', 'install', '--no-audit', '--no-fund', ...TYPESCRIPT);
  const bin = (name: string) => join(folder, 'node_modules/.bin', name);
  await run(bin('openapi-typescript'), 'openapi.json', '-o', 'api.ts');
  await take('call.ts.txt', 'call.ts');
  const options = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2023', '--types', 'node'];
  await run(bin('tsc'), ...options, '--allowImportingTsExtensions', 'call.ts');
  expect(await run(process.execPath, 'call.ts', ...server())).toBe(said('typescript'));
});

describeWith('python', 'Python', () => {
  it('a client (openapi-python-client)', async () => {
    await run(toolPath('CERTDESK_TEST_PYTHON'), '-m', 'venv', 'venv');
    const bin = (name: string) => join(folder, 'venv/bin', name);
    await run(bin('pip'), 'install', '--quiet', ...PYTHON);
    const config =
      'package_name_override: certdesk_client\nproject_name_override: certdesk-client\npost_hooks: []\n';
    await writeFile(join(folder, 'config.yml'), config);
    const generate = [
      'generate',
      '--path',
      'openapi.json',
      '--meta',
      'none',
      '--output-path',
      'certdesk_client',
      '--config',
      'config.yml',
    ];
    const output = await run(bin('openapi-python-client'), ...generate, '--fail-on-warning');
    expect(output).not.toMatch(/unable|warning/i);
    await run(bin('python'), '-m', 'compileall', '-q', 'certdesk_client');
    await take('call.py');
    expect(await run(bin('python'), 'call.py', ...server())).toBe(said('python'));
  });
});

describeWith('go', 'Go', () => {
  it('a client (oapi-codegen)', async () => {
    const go = toolPath('CERTDESK_TEST_GO');
    await run(go, 'install', GO);
    await writeFile(join(folder, 'go.mod'), 'module check\n\ngo 1.24\n');
    await mkdir(join(folder, 'api'));
    const generate = ['-generate', 'types,client', '-package', 'api', '-o', 'api/api.go', 'openapi.json'];
    await run(join(folder, 'oapi-codegen'), ...generate);
    await take('call.go', 'main.go');
    await run(go, 'get', GO_RUNTIME);
    await run(go, 'mod', 'tidy');
    expect(await run(go, 'run', '.', ...server())).toBe(said('go'));
  });
});

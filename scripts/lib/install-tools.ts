// Finds the tools that tests need. Builds missing ones with Go, or unpacks them from Debian's packages; otherwise reports
// what to install.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { runChild } from './child.ts';
import { type Env, type Found, findTool, isWantedVersion, TOOLS_FOLDER } from './find-tool.ts';
import { TOOLS, type Tool, type ToolName } from './tools.ts';
import { createDebianUnpacker } from './unpack-debian.ts';

const INSTALL_TIMEOUT_MS = 900_000;

/** How to install; tests pass doubles. Each resolves to null when done, otherwise to the reason of the failure. */
export interface Installers {
  go(tool: Tool): Promise<string | null>;
  debian(tool: Tool): Promise<string | null>;
}

export interface Tools {
  /** Variables for the tests: the path of each program, and the missing ones in CERTDESK_TEST_MISSING. */
  readonly env: Readonly<Record<string, string>>;
  /** Why a tool is missing, and what to install. */
  readonly missing: Readonly<Partial<Record<ToolName, string>>>;
}

export interface PrepareOptions {
  readonly env: Env;
  readonly install: Installers;
  /** Prints a line for the person who waits. */
  readonly say: (line: string) => void;
  readonly toolsFolder?: string;
}

/** Prepares the tools in order. A missing one does not stop the others. */
export async function prepareTools(names: readonly ToolName[], options: PrepareOptions): Promise<Tools> {
  const env: Record<string, string> = {};
  const missing: Partial<Record<ToolName, string>> = {};
  for (const name of names) {
    const { found, reasons } = await prepare(name, options);
    if ('paths' in found) {
      Object.assign(env, found.paths);
      const note = reasons.length === 0 ? '' : `  (not ${TOOLS[name].what} as wanted: ${reasons.join('; ')})`;
      options.say(`${name}: ${Object.values(found.paths).join(', ')}${note}`);
    } else {
      missing[name] = [`${found.lacking} is not installed`, ...reasons, TOOLS[name].elsewhere].join('; ');
      options.say(`${name}: MISSING, its suites are skipped: ${missing[name]}`);
    }
  }
  return { env: { ...env, CERTDESK_TEST_MISSING: JSON.stringify(missing) }, missing };
}

async function prepare(
  name: ToolName,
  { env, install, say, toolsFolder = TOOLS_FOLDER }: PrepareOptions,
): Promise<{ found: Found; reasons: readonly string[] }> {
  const tool: Tool = TOOLS[name];
  const find = (): Found => findTool(tool, env, toolsFolder);
  const reasons: string[] = [];
  let found = find();
  const named = tool.programs.some(({ variable }) => env[variable]);
  if (named || ('paths' in found && isWantedVersion(tool, found))) return { found, reasons };
  if (tool.go !== undefined) {
    say(`${name}: installing ${tool.go.module} ${tool.go.version} with Go …`);
    const failure = await install.go(tool);
    if (failure !== null) reasons.push(failure);
    found = find();
  }
  if (!('paths' in found)) {
    say(`${name}: unpacking Debian's ${tool.debian.join(', ')} …`);
    const failure = await install.debian(tool);
    if (failure !== null) reasons.push(failure);
    found = find();
  }
  return { found, reasons };
}

/**
 * The real installers. They change nothing outside the folder and need no root.
 * @param folder .tools by default.
 */
export function createInstallers(folder = TOOLS_FOLDER): Installers {
  const debian = createDebianUnpacker(join(folder, 'debian'), run);
  return {
    async go({ go }) {
      if (go === undefined) return null;
      const bin = join(folder, 'bin');
      mkdirSync(bin, { recursive: true });
      const packages = go.packages.map((path) => `${go.module}/${path}@${go.version}`);
      return run('go', ['install', ...packages], { GOBIN: bin });
    },
    debian: (tool) => debian.unpack(tool),
  };
}

async function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string | null> {
  const { code, output } = await runChild(program, args, {
    stdio: 'collect',
    timeoutMs: INSTALL_TIMEOUT_MS,
    env,
  });
  if (code === 0) return null;
  if (code === 127) return `${program} is not installed`;
  return `${program} ${args.find((arg) => /^[a-z]/.test(arg)) ?? ''} failed: ${output.trim().split('\n').at(-1) ?? code}`;
}

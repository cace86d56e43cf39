// Finds a tool of tools.ts: first where the environment says, then in .tools/bin (built by npm test), on the machine, and
// in .tools/debian/bin (unpacked by npm test).
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { type Program, TOOLS, type Tool, type ToolVariable } from './tools.ts';

/** The folder for tools of npm test, ignored by git. `bin` is built by Go, `debian` unpacked from packages. */
export const TOOLS_FOLDER = resolve(import.meta.dirname, '../../.tools');
/** Debian installs servers (named) in folders that are not on every user's PATH. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

export type Env = Readonly<Record<string, string | undefined>>;

/** The path of each program by its variable, or the name of the first missing one. */
export type Found = { readonly paths: Readonly<Record<string, string>> } | { readonly lacking: string };

/** Searches only; installs nothing. */
export function findTool(tool: Tool, env: Env, toolsFolder = TOOLS_FOLDER): Found {
  const paths: Record<string, string> = {};
  for (const program of tool.programs) {
    const path = findProgram(program, env, toolsFolder);
    if (path === null) return { lacking: env[program.variable] || program.names[0] };
    paths[program.variable] = path;
  }
  return { paths };
}

function findProgram(program: Program, env: Env, toolsFolder: string): string | null {
  const named = env[program.variable];
  if (named) return isProgram(named) ? resolve(named) : null; // a named program that does not exist is not replaced
  const folders = [
    join(toolsFolder, 'bin'), // first, because a specific version is needed
    ...(env.PATH ?? '').split(delimiter).filter(Boolean),
    ...SYSTEM_FOLDERS,
    join(toolsFolder, 'debian/bin'), // last, because the machine's own programs fit its libraries
  ];
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const candidates = program.names.flatMap((name) => folders.map((folder) => join(folder, name + suffix)));
  return candidates.find(isProgram) ?? null;
}

/**
 * The path of a program that exists.
 * @param variable Its variable in tools.ts.
 */
export function toolPath(variable: ToolVariable): string {
  for (const tool of Object.values<Tool>(TOOLS)) {
    if (!tool.programs.some((program) => program.variable === variable)) continue;
    const found = findTool(tool, process.env);
    if ('paths' in found) return found.paths[variable] ?? '';
    throw new Error(
      `${found.lacking} is not installed. Run npm test once, which installs it, or set ${variable}`,
    );
  }
  throw new Error(`no tool of scripts/lib/tools.ts has the variable ${variable}`);
}

/** Whether the programs that were found have the required version; true if any version is fine. */
export function isWantedVersion(tool: Tool, found: Found): boolean {
  if (tool.go === undefined) return true;
  if (!('paths' in found)) return false;
  // The Go linker writes `mod<TAB>module<TAB>version` into every program (runtime/debug.BuildInfo).
  const mark = `mod\t${tool.go.module}\t${tool.go.version}\t`;
  return Object.values(found.paths).every((path) => readFileSync(path).includes(mark));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

// Suites that need a program from outside (scripts/lib/tools.ts has the table): where it is not there they are
// skipped, with the reason in their name, and never counted as passed.
import { describe } from 'vitest';
import { findTool } from '../../scripts/lib/find-tool.ts';
import { TOOLS, type Tool, type ToolName, type ToolVariable } from '../../scripts/lib/tools.ts';

/**
 * describe() for suites that need tools; npm test reads the names from the call, so write them out as literals:
 * `describeWith('pebble', 'issuing', () => …)`, `describeWith(['pebble', 'chromium'], …)`. The body is also run where
 * the suite is skipped (to count its tests): start programs in hooks and tests only.
 */
export function describeWith(tools: ToolName | readonly ToolName[], title: string, body: () => void): void {
  const reasons = [tools].flat().flatMap((name) => missing(name) ?? []);
  if (reasons.length === 0) describe(title, body);
  else describe.skip(`${title} [skipped: ${reasons.join('; ')}]`, body);
}

/**
 * The path of a program, for use inside describeWith: what the environment names (npm test does), else .tools/bin,
 * else the PATH.
 */
export function toolPath(variable: ToolVariable): string {
  for (const tool of Object.values<Tool>(TOOLS)) {
    if (!tool.programs.some((program) => program.variable === variable)) continue;
    const found = findTool(tool, process.env);
    if ('paths' in found) return found.paths[variable] ?? '';
    throw new Error(`${found.lacking} is not there: run npm test once, or set ${variable}`);
  }
  throw new Error(`no tool of scripts/lib/tools.ts has the variable ${variable}`);
}

/** Why the tool is not there, or null where it is. Under npm test: what the installation failed with. */
function missing(name: ToolName): string | null {
  const tool: Tool = TOOLS[name];
  const found = findTool(tool, process.env);
  if ('paths' in found) return null;
  const reasons: Partial<Record<string, string>> = JSON.parse(process.env.CERTDESK_TEST_MISSING ?? '{}');
  return `${name}: ${reasons[name] ?? `${found.lacking} is not there; ${tool.elsewhere}`}`;
}

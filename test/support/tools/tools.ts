// Suites that need a program from outside (scripts/lib/tools.ts has the table): where it is not there they are
// skipped, with the reason in their name, and never counted as passed.
import { describe } from 'vitest';
import { findTool } from '../../../scripts/lib/find-tool.ts';
import { TOOLS, type Tool, type ToolName } from '../../../scripts/lib/tools.ts';

export { toolPath } from '../../../scripts/lib/find-tool.ts';

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

/** Why the tool is not there, or null where it is. Under npm test: what the installation failed with. */
function missing(name: ToolName): string | null {
  const tool: Tool = TOOLS[name];
  const found = findTool(tool, process.env);
  if ('paths' in found) return null;
  const reasons: Partial<Record<string, string>> = JSON.parse(process.env.CERTDESK_TEST_MISSING ?? '{}');
  return `${name}: ${reasons[name] ?? `${found.lacking} is not there; ${tool.elsewhere}`}`;
}

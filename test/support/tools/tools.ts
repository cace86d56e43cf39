// Suites that need an external program (scripts/lib/tools.ts has the table): without it they are skipped, with the
// reason in their name, and never counted as passed.
import { describe } from 'vitest';
import { findTool } from '../../../scripts/lib/find-tool.ts';
import { TOOLS, type Tool, type ToolName } from '../../../scripts/lib/tools.ts';

export { toolPath } from '../../../scripts/lib/find-tool.ts';

/**
 * describe() for suites that need tools; npm test reads the names from the call, so write them as literals:
 * `describeWith('pebble', 'issuing', () => …)`, `describeWith(['pebble', 'chromium'], …)`. The body also runs if the
 * suite is skipped (to count its tests), so start programs only in hooks and tests.
 * @param lacking Why the suite cannot run for another reason than its tools.
 */
export function describeWith(
  tools: ToolName | readonly ToolName[],
  title: string,
  body: () => void,
  lacking: string | null = null,
): void {
  const reasons = [
    ...[tools].flat().flatMap((name) => missing(name) ?? []),
    ...(lacking === null ? [] : [lacking]),
  ];
  if (reasons.length === 0) describe(title, body);
  else describe.skip(`${title} [skipped: ${reasons.join('; ')}]`, body);
}

/** Why the tool is missing, or null if it exists. Under npm test: the error of its installation. */
function missing(name: ToolName): string | null {
  const tool: Tool = TOOLS[name];
  const found = findTool(tool, process.env);
  if ('paths' in found) return null;
  const reasons: Partial<Record<string, string>> = JSON.parse(process.env.CERTDESK_TEST_MISSING ?? '{}');
  return `${name}: ${reasons[name] ?? `${found.lacking} is not there; ${tool.elsewhere}`}`;
}

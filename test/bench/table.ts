// The rows of the bench for readers: what was measured, compared with what, the target, and whether it is met.
import type { Times } from './measure.ts';

export interface Row {
  readonly work: string;
  readonly measured: string;
  readonly beside: string;
  readonly target: string;
  /** Null without a target. */
  readonly met: boolean | null;
}

export const ms = (value: number): string => (value < 10 ? value.toFixed(1) : Math.round(value).toString());

/** Median, and the range. */
export const timesText = ({ medianMs, minMs, maxMs }: Times): string =>
  `${ms(medianMs)} ms (${ms(minMs)}–${ms(maxMs)})`;

export function peersText(peers: Readonly<Record<string, Times>>): string {
  const texts = Object.entries(peers).map(([name, times]) => `${name} ${timesText(times)}`);
  return texts.join(', ') || 'no peer here';
}

/** The smallest median; infinite without peers. */
export function fastest(peers: Readonly<Record<string, Times>>): number {
  return Math.min(Number.POSITIVE_INFINITY, ...Object.values(peers).map(({ medianMs }) => medianMs));
}

/** Markdown, which is readable in a terminal. */
export function tableText(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ work, measured, beside, target, met }) =>
      `| ${work} | ${measured} | ${beside} | ${target} | ${met === null ? '' : met ? 'yes' : '**no**'} |`,
  );
  return ['| work | Certdesk | beside it | target | met |', '|---|---|---|---|---|', ...lines].join('\n');
}

// Prints tables and descriptions.
import type { CliColumn } from '../../shared/command-line.ts';
import { colorOfState, paint, printLine } from './terminal.ts';
import { type At, textOf, valueAt } from './values.ts';

export interface Shown extends At {
  readonly columns: readonly CliColumn[];
  /** Maps IDs of projects to their domains. */
  readonly projects: ReadonlyMap<string, string>;
}

interface Cell {
  readonly text: string;
  readonly color: ReturnType<typeof colorOfState>;
}

function cellOf(row: unknown, { field, as, empty = '' }: CliColumn, { now, zone, projects }: Shown): Cell {
  const value = valueAt(row, field) ?? (empty === '' ? undefined : empty);
  const text =
    as === 'project'
      ? (projects.get(String(value)) ?? String(value ?? ''))
      : textOf(value, as, { now, zone });
  return { text: paint(text), color: as === 'state' ? colorOfState(String(value)) : null };
}

/** Prints one line per row below a line of headings. Columns that are empty in every row are omitted. */
export function printTable(rows: readonly unknown[], shown: Shown): void {
  const all = shown.columns.map((column) => ({
    title: column.title.toUpperCase(),
    cells: rows.map((row) => cellOf(row, column, shown)),
  }));
  const columns = all.filter(({ cells }) => cells.some(({ text }) => text !== ''));
  const widths = columns.map(({ title, cells }) =>
    Math.max(...[title, ...cells.map(({ text }) => text)].map(widthOf)),
  );
  const line = (cells: readonly Cell[]) =>
    printLine(
      cells
        .map(({ text, color }, at) => {
          const padding = at === cells.length - 1 ? '' : ' '.repeat((widths[at] ?? 0) - widthOf(text) + 2);
          return `${color === null ? text : paint(text, color)}${padding}`;
        })
        .join('')
        .trimEnd(),
    );
  line(columns.map(({ title }) => ({ text: title, color: 'dim' })));
  rows.forEach((_, at) => {
    line(columns.flatMap(({ cells }) => cells[at] ?? []));
  });
}

/** Prints one line per column that has a value. */
export function printDescription(answer: unknown, shown: Shown): void {
  const lines = shown.columns
    .map((column) => ({ title: column.title, ...cellOf(answer, column, shown) }))
    .filter(({ text }) => text !== '');
  const width = Math.max(0, ...lines.map(({ title }) => title.length));
  for (const { title, text, color } of lines)
    printLine(`${paint(title.padEnd(width + 2), 'dim')}${color === null ? text : paint(text, color)}`);
}

/** In columns of a terminal, roughly: code points. */
const widthOf = (text: string): number => [...text].length;

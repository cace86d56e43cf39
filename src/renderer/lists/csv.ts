// Writes a table as CSV (RFC 4180) that spreadsheets open as it is meant.

export interface CsvColumn<Row> {
  readonly title: string;
  value(row: Row): string | number | boolean | null | undefined;
}

/** Excel reads a file without it in the local 8-bit encoding. */
const BYTE_ORDER_MARK = '\uFEFF';

export function toCsv<Row>(columns: readonly CsvColumn<Row>[], rows: readonly Row[]): string {
  const lines = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map((column) => String(column.value(row) ?? ''))),
  ];
  return BYTE_ORDER_MARK + lines.map((line) => `${line.map(quote).join(',')}\r\n`).join('');
}

/** A value that a spreadsheet would take for a formula begins with an apostrophe (OWASP, CSV injection). */
function quote(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

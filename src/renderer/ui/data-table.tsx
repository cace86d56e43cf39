// A table whose rows become cards where the table has little room: each value then stands beside its column's name.
import type { ReactNode } from 'react';
import classes from './data-table.module.css';

export interface Column<Row> {
  readonly label: string;
  /** Where the label is not text, such as a check box for all rows. */
  readonly head?: ReactNode;
  readonly align?: 'right';
  /** CSS width; by content otherwise. */
  readonly width?: string;
  /** For short values such as a date, which stay in one line. */
  readonly nowrap?: boolean;
  cell(row: Row): ReactNode;
  title?(row: Row): string | undefined;
}

export interface DataTableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  keyOf(row: Row): string | number;
}

export function DataTable<Row>({ label, columns, rows, keyOf }: DataTableProps<Row>) {
  return (
    <div className={classes.box}>
      <table className={classes.table} aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.label}
                scope="col"
                data-align={column.align}
                style={column.width === undefined ? undefined : { width: column.width }}
              >
                {column.head ?? column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column) => (
                <td
                  key={column.label}
                  data-label={column.label}
                  data-align={column.align}
                  data-nowrap={column.nowrap}
                  title={column.title?.(row)}
                >
                  <div>{column.cell(row)}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

// A list of rows as high as their content.
import type { ReactNode } from 'react';
import classes from './lists.module.css';

export function Rows({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <ul className={classes.rows} aria-label={label}>
      {children}
    </ul>
  );
}

export function Row({ children }: { readonly children: ReactNode }) {
  return <li className={classes.plainRow}>{children}</li>;
}

export interface LinkRowProps {
  /** The row's columns. */
  readonly className: string | undefined;
  readonly children: ReactNode;
}

/** A row that a click opens. Its link has the class `open` of lists.module.css. */
export function LinkRow({ className, children }: LinkRowProps) {
  return <li className={`${classes.linkRow} ${className}`}>{children}</li>;
}

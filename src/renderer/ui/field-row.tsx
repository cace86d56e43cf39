// Fields beside each other where they have room, and below each other where they do not.
import type { ReactNode } from 'react';
import classes from './ui.module.css';

export function FieldRow({ children }: { readonly children: ReactNode }) {
  return <div className={classes.fieldRow}>{children}</div>;
}

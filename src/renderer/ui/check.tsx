// A plain check box, for lists of many rows: it costs a tenth of the library's.
import type { ChangeEvent } from 'react';
import classes from './ui.module.css';

export interface CheckProps {
  readonly checked: boolean;
  /** Some of what it stands for is chosen. */
  readonly indeterminate?: boolean;
  readonly label: string;
  onChange(checked: boolean): void;
}

export function Check({ checked, indeterminate = false, label, onChange }: CheckProps) {
  return (
    <input
      type="checkbox"
      className={classes.check}
      ref={(input) => {
        if (input !== null) input.indeterminate = indeterminate;
      }}
      checked={checked}
      onChange={(event: ChangeEvent<HTMLInputElement>) => onChange(event.currentTarget.checked)}
      aria-label={label}
    />
  );
}

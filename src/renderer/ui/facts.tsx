// A list of labels and values. On narrow screens a value is below its label.
import type { ReactNode } from 'react';
import classes from './facts.module.css';

export interface Fact {
  readonly label: string;
  readonly value: ReactNode;
}

/** @param facts Null entries are skipped. */
export function Facts({ facts }: { readonly facts: readonly (Fact | null)[] }) {
  return (
    <div className={classes.box}>
      <dl className={classes.facts}>
        {facts.map((fact) =>
          fact === null ? null : (
            <div key={fact.label} className={classes.fact}>
              <dt>{fact.label}</dt>
              <dd>{fact.value}</dd>
            </div>
          ),
        )}
      </dl>
    </div>
  );
}

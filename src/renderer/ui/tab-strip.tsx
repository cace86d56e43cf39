// The tabs of a page in one line, which scrolls sideways where it has too little room. The selected tab is in view.
import { Tabs } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import classes from './ui.module.css';

export interface TabStripProps {
  readonly label: string;
  /** The selected tab. */
  readonly value: string;
  readonly children: ReactNode;
}

export function TabStrip({ label, value, children }: TabStripProps) {
  const list = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab is selected.
  useEffect(() => {
    const tab = list.current?.querySelector('[aria-selected="true"]');
    tab?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [value]);
  return (
    <Tabs.List ref={list} mb="md" aria-label={label} className={classes.tabStrip}>
      {children}
    </Tabs.List>
  );
}

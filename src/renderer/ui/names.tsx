// Host names, each as a piece that is not broken in the middle.
import { Group } from '@mantine/core';
import classes from './ui.module.css';

export function Names({ names }: { readonly names: readonly string[] }) {
  return (
    <Group gap={6}>
      {names.map((name) => (
        <span key={name} className={`${classes.pill} mono`}>
          {name}
        </span>
      ))}
    </Group>
  );
}

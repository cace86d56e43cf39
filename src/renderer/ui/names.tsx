// Host names as text that does not break inside a name.
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

/** Prefixes a text with the project's name, unless the text already names it. */
export function withProject(words: string, project: string | null | undefined): string {
  return project === null || project === undefined || words.includes(project)
    ? words
    : `${project}: ${words}`;
}

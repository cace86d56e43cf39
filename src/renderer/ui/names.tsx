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

/** What is told of a project, with its name in front where the words themselves do not name it. */
export function withProject(words: string, project: string | null | undefined): string {
  return project === null || project === undefined || words.includes(project)
    ? words
    : `${project}: ${words}`;
}

// The tags of a project or a host as labels.
import classes from './tags.module.css';

export interface TagListProps {
  readonly tags: readonly string[];
  /** Within one line of text, which cuts what is too long. */
  readonly inline?: boolean;
}

export function TagList({ tags, inline = false }: TagListProps) {
  return (
    <span className={inline ? classes.inline : classes.list}>
      {tags.map((tag) => (
        <span key={tag} className={classes.tag}>
          {tag}
        </span>
      ))}
    </span>
  );
}

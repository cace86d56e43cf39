// The tags of a host as labels.
import classes from '../ui/ui.module.css';
import own from './hosts.module.css';

export function Tags({ tags }: { readonly tags: readonly string[] }) {
  return (
    <div className={own.tags}>
      {tags.map((tag) => (
        <span key={tag} className={classes.pill}>
          {tag}
        </span>
      ))}
    </div>
  );
}

// What uses a host or a credential, for the errors that refuse its removal.
export interface User {
  readonly id: string;
  readonly name: string;
  /** The project of a deployment; missing for a host. */
  readonly project?: string;
}

const MAX_NAMED = 5;

/** Such as `nginx of shop.example.com, nginx of www.example.com and 3 more`. */
export function describeUsers(users: readonly User[]): string {
  const named = users
    .slice(0, MAX_NAMED)
    .map(({ name, project }) => (project === undefined ? name : `${name} of ${project}`));
  const more = users.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

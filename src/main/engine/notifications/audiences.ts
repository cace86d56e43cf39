// Channels with the same tags are one audience: they hear of the same projects, so they get the same messages.
import type { Stores } from '../core/stores.ts';

export interface Audience {
  /** The tags of its channels. */
  readonly tags: readonly string[];
  /** The projects that it hears of; null for everything, including what concerns no project. */
  readonly projectIds: ReadonlySet<string> | null;
}

/** The audience of channels without tags. Messages about Certdesk itself are for it alone. */
export const EVERYTHING: readonly string[] = [];

/** Finds the audiences of the enabled channels. A project belongs to one if it has one of the tags now. */
export async function findAudiences({ notifications, projects }: Stores): Promise<readonly Audience[]> {
  const enabled = (await notifications.channels()).filter((channel) => channel.enabled);
  const different = new Map(enabled.map(({ tags }) => [JSON.stringify(tags), tags]));
  return Promise.all(
    [...different.values()].map(async (tags) => {
      const projectIds = tags.length === 0 ? null : new Set(await projects.idsWithTags(tags));
      return { tags, projectIds };
    }),
  );
}

/** Tags are stored sorted (shared/tag-form.ts). */
export const isSameAudience = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((tag, index) => tag === b[index]);

/** @param concerned The projects that a message is about; none if it is about Certdesk itself or a host. */
export const hearsOf = ({ projectIds }: Audience, concerned: readonly string[]): boolean =>
  projectIds === null || concerned.some((id) => projectIds.has(id));

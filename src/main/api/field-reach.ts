// What a request needs by the fields that it holds: their schemas say it (shared/reach.ts).
import { z } from 'zod';
import { type Need, REACHES } from '../../shared/reach.ts';

export const NEAREST_NEED: Need = { reach: 'project', allProjects: false };

/** The further reach of the two. */
export function combineNeeds(a: Need, b: Need): Need {
  const reach = REACHES.indexOf(a.reach) >= REACHES.indexOf(b.reach) ? a.reach : b.reach;
  return { reach, allProjects: a.allProjects === true || b.allProjects === true };
}

/**
 * What the fields need that `value` holds: the furthest reach counts.
 * @param value As it was sent, not validated: what does not fit the schema needs nothing, because it is refused later.
 */
export function needOfFields(schema: z.ZodType, value: unknown): Need {
  if (value === undefined) return NEAREST_NEED;
  const { reach = 'project', allProjects = false, reachOf } = schema.meta() ?? {};
  const own = combineNeeds({ reach, allProjects }, reachOf?.(value) ?? NEAREST_NEED);
  return childrenOf(schema, value).reduce<Need>(
    (need, [child, part]) => combineNeeds(need, needOfFields(child, part)),
    own,
  );
}

type Child = readonly [schema: z.ZodType, value: unknown];

/** The schemas right below this one, each with the part of the value that it validates. */
function childrenOf(schema: z.ZodType, value: unknown): readonly Child[] {
  const wrapped = innerOf(schema);
  if (wrapped.length > 0) return wrapped.map((inner) => [inner, value]);
  if (typeof value !== 'object' || value === null) return [];
  if (schema instanceof z.ZodObject)
    return Object.entries(schema.shape as Record<string, z.ZodType>).map(([name, field]) => [
      field,
      Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined,
    ]);
  if (schema instanceof z.ZodArray)
    return Object.values(value).map((element) => [schema.element as z.ZodType, element]);
  if (schema instanceof z.ZodRecord)
    return Object.values(value).map((element) => [schema.valueType as z.ZodType, element]);
  return [];
}

/** What a schema wraps: of a union every option, because the value is not validated yet. */
export function innerOf(schema: z.ZodType): readonly z.ZodType[] {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodReadonly
  )
    return [schema.unwrap() as z.ZodType];
  if (schema instanceof z.ZodUnion) return schema.options as readonly z.ZodType[];
  if (schema instanceof z.ZodPipe) return [schema.in as z.ZodType];
  return [];
}

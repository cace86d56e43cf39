// Derives the reach that a request needs from the fields it contains; their schemas declare it (shared/reach.ts).
import { z } from 'zod';
import { type Need, REACHES } from '../../shared/reach.ts';

const NEAREST_NEED: Need = { reach: 'project', allProjects: false };

/** @returns the larger reach, and whether either needs all projects */
export function combineNeeds(a: Need, b: Need): Need {
  const reach = REACHES.indexOf(a.reach) >= REACHES.indexOf(b.reach) ? a.reach : b.reach;
  return { reach, allProjects: a.allProjects === true || b.allProjects === true };
}

/**
 * Combines the needs of all fields in `value`; the largest reach counts.
 * @param value The input before validation. Invalid parts need nothing, because validation rejects them later.
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

/** @returns the direct child schemas, each with the part of the value that it validates */
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

/** @returns the schemas inside a wrapper; for a union every option, because the value is not validated yet */
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

// The settings of dns-01's wait for its record, in place of what each provider suggests.
import { z } from 'zod';
import type { SettingStore } from '../stores.ts';

export const PropagationOverrideSchema = z.strictObject({
  /** Seconds until it is given up. */
  timeout: z.number().int().min(1).max(86_400).optional(),
  /** Seconds between two polls at most. */
  interval: z.number().min(0.1).max(600).optional(),
  /** `resolvers`: ask the resolvers only, for networks that let nothing but their own resolver do DNS. */
  ask: z.enum(['authoritative', 'resolvers']).optional(),
});
export type PropagationOverride = Partial<z.infer<typeof PropagationOverrideSchema>>;

export const PROPAGATION_SETTING = 'dns-propagation';

/** What was set; nothing where nothing was, or where it is not well formed. */
export async function readPropagation(settings: SettingStore): Promise<PropagationOverride> {
  const parsed = PropagationOverrideSchema.safeParse(await settings.get(PROPAGATION_SETTING));
  return parsed.success ? parsed.data : {};
}

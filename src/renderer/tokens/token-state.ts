// Returns whether a token is active, expired or revoked.
import { IconBan, IconClock } from '@tabler/icons-react';
import type { Token } from '../../shared/token.ts';
import { tokens as tokenTexts } from '../messages/tokens.ts';
import type { Face } from '../ui/status-style.ts';

const text = tokenTexts;

/** Returns null for an active token. */
export function faceOf({ revokedAt, expiresAt }: Token, now: number): Face | null {
  if (revokedAt !== null) return { tone: 'idle', icon: IconBan, label: text.revoked };
  if (expiresAt !== null && Date.parse(expiresAt) <= now)
    return { tone: 'idle', icon: IconClock, label: text.expired };
  return null;
}

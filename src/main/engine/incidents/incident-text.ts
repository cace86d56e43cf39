// The texts of the notification about an incident. Pure.

export interface IncidentText {
  /** The CA's name. */
  readonly ca: string;
  readonly total: number;
  readonly byHand: number;
  readonly explanationUrl: string | null;
}

export function incidentMessage(of: IncidentText): { readonly title: string; readonly text: string } {
  return { title: INCIDENT_TITLE, text: incidentSentence(of) };
}

export const INCIDENT_TITLE = 'A CA requests early renewal of many certificates';

/** `Let's Encrypt has moved the renewal of 120 certificates to an earlier time so far. Certdesk renews them automatically.` */
export function incidentSentence({ ca, total, byHand, explanationUrl }: IncidentText): string {
  const moved = `${ca} has moved the renewal of ${plural(total)} to an earlier time so far.`;
  const automatic =
    byHand === 0
      ? 'Certdesk renews them automatically.'
      : `Certdesk renews ${total - byHand} automatically; a person must renew ${plural(byHand)}.`;
  const why = explanationUrl === null ? '' : ` The CA explains why at ${explanationUrl}`;
  return `${capitalize(moved)} ${automatic}${why}`;
}

const plural = (count: number): string => `${count} ${count === 1 ? 'certificate' : 'certificates'}`;
const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

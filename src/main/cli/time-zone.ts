// The time zone of the times that the command line prints: that of the GUI and of messages, so that all agree.
import { isTimeZone, systemTimeZone } from '../../shared/time-zone.ts';
import { callJson, type Server } from './request.ts';
import { valueAt } from './values.ts';

/** @returns an IANA name; the terminal's if the server does not say, for example to a token without `projects:read` */
export async function readTimeZone(server: Server): Promise<string> {
  const answer = await callJson(server, 'GET', '/time-zone').catch(() => null);
  const zone = valueAt(answer?.value, 'timeZone');
  return typeof zone === 'string' && isTimeZone(zone) ? zone : systemTimeZone();
}

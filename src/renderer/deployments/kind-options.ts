// The options of deployments without a host. The server checks their values.
import { HOSTLESS_KINDS, type HostlessKind } from '../../shared/deployment-kinds.ts';
import { deployments as deploymentTexts } from '../messages/deployments.ts';

const text = deploymentTexts.form;

export type HostlessService = HostlessKind;
export const isHostlessService = (service: string): service is HostlessService =>
  Object.hasOwn(HOSTLESS_KINDS, service);

export const KIND_FIELDS = {
  'acme-sh-hook': [{ name: 'script', required: true }],
  'aws-acm': [
    { name: 'region', required: true },
    { name: 'credentialId', required: false },
    { name: 'arn', required: false },
    { name: 'endpoint', required: false },
  ],
} as const satisfies Readonly<
  Record<HostlessService, readonly { readonly name: string; readonly required: boolean }[]>
>;

/** @returns the errors by field */
export function checkOptions(
  service: HostlessService,
  options: Readonly<Record<string, string>>,
): Record<string, string | null> {
  return Object.fromEntries(
    KIND_FIELDS[service]
      .filter(({ name, required }) => required && (options[name] ?? '').trim() === '')
      .map(({ name }) => [`options.${name}`, text.fieldMissing(text.kindFields[name].label)]),
  );
}

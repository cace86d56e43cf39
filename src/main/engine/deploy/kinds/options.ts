// The options of the kinds without a host: which fields each one has, and which values they may have. Pure.

import type { DeploymentKind } from '../../../../shared/deployment.ts';
import { type HostlessKind, isHostless } from '../../../../shared/deployment-kinds.ts';
import { invalid } from '../../core/invalid.ts';

export type KindOptions = Readonly<Record<string, string>>;

interface Field {
  readonly required: boolean;
  readonly isValid: (value: string) => boolean;
  /** The end of the sentence "options.NAME …". */
  readonly problem: string;
}

const FIELDS: Readonly<Record<HostlessKind, Readonly<Record<string, Field>>>> = {
  'acme-sh-hook': {
    script: {
      required: true,
      isValid: (value) => /^\w{1,60}$/.test(value),
      problem: 'is not the name of a script in deploy/, such as haproxy',
    },
  },
  'aws-acm': {
    region: {
      required: true,
      isValid: (value) => /^[a-z]{2}(-[a-z]+)+-\d{1,2}$/.test(value),
      problem: 'is not a region, such as eu-central-1. CloudFront needs us-east-1',
    },
    credentialId: { required: false, isValid: () => true, problem: '' },
    arn: {
      required: false,
      isValid: (value) => /^arn:[\w-]+:acm:[\w-]+:\d{12}:certificate\/[\w-]{1,64}$/.test(value),
      problem: 'is not the ARN of a certificate in AWS Certificate Manager',
    },
    endpoint: {
      required: false,
      isValid: (value) => ['http:', 'https:'].includes(URL.parse(value)?.protocol ?? ''),
      problem: 'is not an http or https URL',
    },
  },
};

/**
 * Returns the options without empty ones.
 * @param before Of the saved deployment: the request replaces the fields that it has, and an empty value removes one.
 * @throws INVALID_REQUEST that names the field
 */
export function checkOptions(
  kind: DeploymentKind,
  given: KindOptions,
  before: KindOptions = {},
): KindOptions {
  if (!isHostless(kind)) return {};
  const fields = FIELDS[kind];
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(fields, name));
  if (unknown !== undefined)
    throw invalid(
      `options.${unknown.slice(0, 40)}`,
      `is unknown: the kind has ${Object.keys(fields).join(', ')}`,
    );
  const merged = Object.entries({ ...before, ...given }).map(
    ([name, value]) => [name, value.trim()] as const,
  );
  const options = Object.fromEntries(merged.filter(([, value]) => value !== ''));
  for (const [name, { required, isValid, problem }] of Object.entries(fields)) {
    const value = options[name];
    if (value === undefined && required) throw invalid(`options.${name}`, 'is missing');
    if (value !== undefined && !isValid(value)) throw invalid(`options.${name}`, problem);
  }
  const { arn, region } = options;
  if (arn !== undefined && arn.split(':')[3] !== region)
    throw invalid('options.arn', `is of another region than ${region}`);
  return options;
}

// Fills in the placeholder {domain} of a deployment that is created for many projects. Pure.
import { type CreateDeployment, CreateDeploymentSchema } from '../../../shared/deployment.ts';
import type { DeploymentKind } from '../../../shared/deployment-kinds.ts';
import { toName } from '../../../shared/identifiers.ts';
import { toPathPart } from '../../../shared/ip-address.ts';
import { coversName } from '../../../shared/names.ts';
import { invalid } from '../core/invalid.ts';
import type { ProjectRecord } from '../core/model.ts';

const OF_ALL = ['name'];
const OF_HOSTS = [...OF_ALL, 'verify.serverName', 'steps.environment.value'];

/** The fields of each kind that may contain {domain}. Positions in lists are left out. */
const FIELDS: Readonly<Record<DeploymentKind, readonly string[]>> = {
  files: [...OF_HOSTS, 'options', 'files.path', 'steps.validateCommand', 'steps.reloadCommand'],
  command: [...OF_HOSTS, 'command.argv'],
  'acme-sh-hook': [...OF_ALL, 'steps.environment.value'],
  'aws-acm': OF_ALL,
};

/** In these fields a domain is a name. Everywhere else it is a part of a path. */
const AS_NAME = ['name', 'verify.serverName'];

/** `{{word}}` stands for `{word}`, and `${word}` belongs to a shell. */
const PLACEHOLDER = /\{\{(\w+)\}\}|\$\{\w+\}|\{(\w+)\}/g;

/** What a domain may be as a part of a path and of a command: no separator, no character of a shell, no leading hyphen. */
const SAFE_PART = /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9_])?$/;
/** Bytes that a name in a folder has at most, on all file systems of Linux. */
const LONGEST_PART = 255;

/**
 * Checks what is the same for all projects.
 * @throws INVALID_REQUEST that names the field: an unknown placeholder, or {domain} where it is not filled in
 */
export function checkTemplate(template: CreateDeployment): void {
  if (template.after !== null)
    throw invalid('after', 'belongs to one project, so a deployment for many cannot have it');
  mapTexts(template, (text, field, path) => {
    if (!isFilled(template.kind, field)) {
      if (/(?<!\$)\{domain\}/.test(text)) throw invalid(path, notFilled(field));
      return text;
    }
    for (const [, , word] of text.matchAll(PLACEHOLDER))
      if (word !== undefined && word !== 'domain')
        throw invalid(
          path,
          `has the unknown placeholder {${word.slice(0, 40)}}. There is {domain}; write {{${word.slice(0, 40)}}} for the text in braces`,
        );
    return text;
  });
}

const notFilled = (field: string): string =>
  field === 'command.script'
    ? 'contains {domain}, which is not filled in in a script. Use the variable $CERTDESK_DOMAIN'
    : 'contains {domain}, which is not filled in here';

/**
 * @returns the deployment of one project
 * @throws INVALID_REQUEST that names the field: the project has no domain, or the text is not allowed with its domain
 */
export function fillTemplate(
  template: CreateDeployment,
  { domain, altNames }: Pick<ProjectRecord, 'domain' | 'altNames'>,
): CreateDeployment {
  if (template.recipe !== null && domain !== null) partOf(domain, 'recipe'); // its defaults use {domain} too
  const filled = mapTexts(template, (text, field, path) => {
    if (!isFilled(template.kind, field)) return text;
    return text.replace(PLACEHOLDER, (all: string, literal?: string, word?: string) => {
      if (literal !== undefined) return `{${literal}}`;
      if (word === undefined) return all;
      const part = partOf(domain, path);
      return AS_NAME.includes(field) && domain !== null ? domain.replace(/^\*\./, '') : part;
    });
  });
  const { success, data, error } = CreateDeploymentSchema.safeParse(filled);
  if (!success) {
    const [issue] = error.issues;
    throw invalid(issue?.path.map(String).join('.') ?? '', issue?.message ?? 'is invalid');
  }
  checkLengths(data);
  const names = [...(domain === null ? [] : [domain]), ...altNames];
  const serverName = data.verify?.serverName ?? null;
  const isOfTemplate = serverName !== (template.verify?.serverName ?? null);
  if (serverName !== null && isOfTemplate && !names.some((name) => coversName(name, serverName)))
    throw invalid('verify.serverName', `is ${serverName}, which is none of the names of the project`);
  return data;
}

/** @throws INVALID_REQUEST */
function partOf(domain: string | null, path: string): string {
  if (domain === null) throw invalid(path, 'uses {domain}, and the project has no domain');
  const part = toPathPart(domain);
  if (toName(domain) !== domain || !SAFE_PART.test(part) || part.includes('..'))
    throw invalid(path, 'uses {domain}, and the domain of the project is not a valid name');
  return part;
}

function checkLengths({ files = [], options }: CreateDeployment): void {
  const paths = [
    ...files.map(({ path }, at) => [`files.${at}.path`, path] as const),
    ...Object.entries(options).map(([name, value]) => [`options.${name}`, value] as const),
  ];
  for (const [field, path] of paths)
    if (path.split('/').some((part) => Buffer.byteLength(part) > LONGEST_PART))
      throw invalid(field, `has a name of more than ${LONGEST_PART} bytes, which file systems do not take`);
}

const isFilled = (kind: DeploymentKind, field: string): boolean =>
  FIELDS[kind].some((known) => field === known || (known === 'options' && field.startsWith('options.')));

type MapText = (text: string, field: string, path: string) => string;

/** Maps all texts. @param map Receives the field without positions, and its whole path. */
function mapTexts<T>(value: T, map: MapText, path: readonly string[] = []): T {
  if (typeof value === 'string') {
    const field = path.filter((part) => !/^\d+$/.test(part)).join('.');
    return map(value, field, path.join('.')) as T;
  }
  if (Array.isArray(value)) return value.map((each, at) => mapTexts(each, map, [...path, String(at)])) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, mapTexts(each, map, [...path, name])]),
  ) as T;
}

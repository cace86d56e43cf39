// The state of the form for a deployment: values, errors of the form and of the server, and a reset of results that are
// about other values.
import { useState } from 'react';
import { formErrors } from '../ui/form-errors.ts';
import { useUnsavedWarning } from '../ui/use-unsaved-warning.ts';
import { type DeploymentErrors, type DeploymentValues, isWithoutRecipe } from './deployment-values.ts';
import { isHostlessService, KIND_FIELDS } from './kind-options.ts';

/** A result of a request that a change of the form makes obsolete. */
interface Outcome {
  readonly error: unknown;
  reset(): void;
}

const ALIASES = {
  'hosts.ids': 'hosts',
  'hosts.tag': 'hosts',
  'steps.validateCommand': 'validateCommand',
  'steps.reloadCommand': 'reloadCommand',
  'steps.timeoutSeconds': 'timeoutSeconds',
  'verify.port': 'port',
  'verify.protocol': 'protocol',
  'verify.serverName': 'serverName',
  'verify.graceSeconds': 'graceSeconds',
} as const;

export interface DeploymentForm {
  readonly values: DeploymentValues;
  readonly errors: DeploymentErrors;
  /** The error of a request that concerns no field; null if there is none. */
  readonly failure: unknown;
  change(patch: Partial<DeploymentValues>): void;
  /** Shows the errors that the form has found. @returns whether there are none */
  accept(found: DeploymentErrors): boolean;
}

/**
 * Asks before the user leaves with unsaved input; a page that has saved navigates with `ignoreBlocker`.
 * @param optionsOf Returns the names of the fields of a recipe, as the server reports them.
 */
export function useDeploymentForm(
  initial: () => DeploymentValues,
  outcomes: readonly Outcome[],
  optionsOf: (service: string) => readonly string[] = () => [],
): DeploymentForm {
  const [values, setValues] = useState(initial);
  const [wrong, setWrong] = useState<DeploymentErrors>({});
  const [isDirty, setDirty] = useState(false);
  useUnsavedWarning(isDirty);
  const error = outcomes.find((outcome) => outcome.error !== null)?.error ?? null;
  const refused = formErrors(error, [...fieldsOf(values), ...optionsOf(values.service)], aliasesOf(values));
  return {
    values,
    errors: { ...refused, ...wrong },
    failure: Object.keys(refused).length === 0 ? error : null,
    change(patch) {
      setValues((before) => ({ ...before, ...patch }));
      // The address has the service too, so that choosing one loses nothing.
      if (!('service' in patch)) setDirty(true);
      setWrong({});
      for (const outcome of outcomes) outcome.reset();
    },
    accept(found) {
      setWrong(found);
      return Object.keys(found).length === 0;
    },
  };
}

/** The fields that are on the page now: an error of another one is shown as a whole. */
function fieldsOf({ service, custom, files, environment, verify }: DeploymentValues): readonly string[] {
  const own = custom || isWithoutRecipe(service);
  return [
    'name',
    'hosts',
    'serverName',
    'window.days',
    'window.start',
    'window.end',
    'window.timeZone',
    'rollout.concurrency',
    'rollout.groups',
    'after',
    ...(isHostlessService(service) ? KIND_FIELDS[service].map(({ name }) => `options.${name}`) : []),
    ...(own ? ['files', 'command', 'validateCommand', 'reloadCommand', 'timeoutSeconds'] : []),
    ...(own && verify ? ['port', 'protocol', 'graceSeconds'] : []),
    ...(own ? files.flatMap((_, at) => FILE_FIELDS.map((field) => `files.${at}.${field}`)) : []),
    ...(own
      ? environment.flatMap((_, at) => VARIABLE_FIELDS.map((field) => `environment.${at}.${field}`))
      : []),
  ];
}

const FILE_FIELDS = ['content', 'path', 'owner', 'group', 'mode', 'passwordCredentialId'];
const VARIABLE_FIELDS = ['name', 'value', 'credentialId'];

function aliasesOf({ environment }: DeploymentValues): Readonly<Record<string, string>> {
  const variables = environment.flatMap((_, at) =>
    VARIABLE_FIELDS.map(
      (field) => [`steps.environment.${at}.${field}`, `environment.${at}.${field}`] as const,
    ),
  );
  return { ...ALIASES, ...Object.fromEntries(variables) };
}

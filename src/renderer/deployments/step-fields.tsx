// The commands of a deployment, their environment, and the check of the served certificate.

import {
  ActionIcon,
  Button,
  Checkbox,
  Group,
  Input,
  NumberInput,
  Radio,
  Select,
  SimpleGrid,
  Stack,
  Textarea,
  TextInput,
} from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { type DeploymentVerify, VERIFY_PROTOCOLS } from '../../shared/deployment.ts';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import {
  type DeploymentValues,
  newVariable,
  type PartProps,
  type VariableValues,
} from './deployment-values.ts';
import { useSecrets } from './file-fields.tsx';

const text = deploymentTexts.form;

/** A field for a program and its arguments on one line. */
function CommandLine({
  field,
  placeholder,
  values,
  errors,
  onChange,
}: PartProps & { readonly field: 'validateCommand' | 'reloadCommand'; readonly placeholder: string }) {
  return (
    <TextInput
      label={text[field]}
      description={text.noCommand}
      placeholder={placeholder}
      autoComplete="off"
      spellCheck={false}
      classNames={{ input: 'mono' }}
      value={values[field]}
      error={errors[field]}
      onChange={(event) => onChange({ [field]: event.currentTarget.value })}
    />
  );
}

export function StepFields(props: PartProps) {
  const { values, errors, onChange } = props;
  return (
    <Stack gap="md">
      {values.service !== 'command' && values.service !== 'acme-sh-hook' && (
        <>
          <CommandLine {...props} field="validateCommand" placeholder="nginx -t" />
          <CommandLine {...props} field="reloadCommand" placeholder="systemctl reload nginx" />
        </>
      )}
      <NumberInput
        label={text.timeout}
        min={1}
        max={3600}
        maw={300}
        allowDecimal={false}
        value={values.timeoutSeconds}
        error={errors.timeoutSeconds}
        onChange={(timeoutSeconds) => onChange({ timeoutSeconds })}
      />
      <Environment {...props} />
    </Stack>
  );
}

function Environment({ values, errors, onChange }: PartProps) {
  const { environment } = values;
  const mayUseSecrets =
    values.service === 'acme-sh-hook' || (values.service === 'command' && values.commandAs === 'script');
  const change = (key: number, patch: Partial<VariableValues>): void =>
    onChange({ environment: environment.map((each) => (each.key === key ? { ...each, ...patch } : each)) });
  return (
    <Input.Wrapper label={text.environment} description={text.environmentHint} labelElement="div">
      <Stack gap="xs" mt="xs">
        {environment.map((variable, at) => (
          <Group key={variable.key} gap="xs" align="flex-start" wrap="nowrap">
            <SimpleGrid cols={{ base: 1, sm: mayUseSecrets ? 3 : 2 }} spacing="xs" style={{ flex: 1 }}>
              <TextInput
                aria-label={text.variableName}
                placeholder={text.variableName}
                autoComplete="off"
                spellCheck={false}
                value={variable.name}
                error={errors[`environment.${at}.name`]}
                onChange={(event) => change(variable.key, { name: event.currentTarget.value })}
              />
              <TextInput
                aria-label={text.variableValue}
                placeholder={text.variableValue}
                autoComplete="off"
                spellCheck={false}
                disabled={variable.credentialId !== null}
                value={variable.value}
                error={errors[`environment.${at}.value`]}
                onChange={(event) => change(variable.key, { value: event.currentTarget.value })}
              />
              {mayUseSecrets && (
                <Secret
                  credentialId={variable.credentialId}
                  error={errors[`environment.${at}.credentialId`]}
                  onChange={(credentialId) => change(variable.key, { credentialId })}
                />
              )}
            </SimpleGrid>
            <ActionIcon
              variant="subtle"
              color="red"
              size={36}
              aria-label={text.removeVariable(variable.name)}
              title={text.removeVariable(variable.name)}
              onClick={() => onChange({ environment: environment.filter(({ key }) => key !== variable.key) })}
            >
              <IconTrash size={18} stroke={1.75} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        <Button
          variant="default"
          size="xs"
          style={{ alignSelf: 'flex-start' }}
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => onChange({ environment: [...environment, newVariable()] })}
        >
          {text.addVariable}
        </Button>
      </Stack>
    </Input.Wrapper>
  );
}

interface SecretProps {
  readonly credentialId: string | null;
  readonly error: string | undefined;
  onChange(credentialId: string | null): void;
}

function Secret({ credentialId, error, onChange }: SecretProps) {
  return (
    <Select
      aria-label={text.variableSecret}
      placeholder={text.variableSecret}
      clearable
      data={useSecrets()}
      value={credentialId}
      error={error}
      onChange={onChange}
    />
  );
}

/** The command of the kind `command`. @param scriptLines Of the stored script; null if none is stored. */
export function CommandFields({
  values,
  errors,
  scriptLines,
  onChange,
}: PartProps & { readonly scriptLines: number | null }) {
  return (
    <Stack gap="md">
      <Radio.Group
        label={text.commandAs}
        value={values.commandAs}
        onChange={(value) => onChange({ commandAs: value as DeploymentValues['commandAs'] })}
      >
        <Group gap="md" mt="xs">
          {(['argv', 'script'] as const).map((value) => (
            <Radio key={value} value={value} label={text.commandKinds[value]} />
          ))}
        </Group>
      </Radio.Group>
      {values.commandAs === 'argv' ? (
        <TextInput
          label={text.command}
          description={text.argvHint}
          placeholder="/usr/local/bin/install-certificate --reload"
          withAsterisk
          autoComplete="off"
          spellCheck={false}
          classNames={{ input: 'mono' }}
          value={values.argv}
          error={errors.command}
          onChange={(event) => onChange({ argv: event.currentTarget.value })}
        />
      ) : (
        <Textarea
          label={text.script}
          description={scriptLines === null ? text.scriptHint : text.scriptKept(scriptLines)}
          withAsterisk={scriptLines === null}
          autosize
          minRows={6}
          maxRows={20}
          spellCheck={false}
          classNames={{ input: 'mono' }}
          value={values.script}
          error={errors.command}
          onChange={(event) => onChange({ script: event.currentTarget.value })}
        />
      )}
    </Stack>
  );
}

export function VerifyFields({ values, errors, onChange }: PartProps) {
  return (
    <Stack gap="md">
      <Checkbox
        label={text.verify}
        description={text.verifyHint}
        checked={values.verify}
        onChange={(event) => onChange({ verify: event.currentTarget.checked })}
      />
      {values.verify && (
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          <NumberInput
            label={text.port}
            min={1}
            max={65_535}
            allowDecimal={false}
            value={values.port}
            error={errors.port}
            onChange={(port) => onChange({ port })}
          />
          <Select
            label={text.protocol}
            allowDeselect={false}
            data={VERIFY_PROTOCOLS.map((value) => ({ value, label: text.protocols[value] }))}
            value={values.protocol}
            error={errors.protocol}
            onChange={(value) => onChange({ protocol: value as DeploymentVerify['protocol'] })}
          />
          <TextInput
            label={text.serverName}
            description={text.serverNameHint}
            autoComplete="off"
            spellCheck={false}
            value={values.serverName}
            error={errors.serverName}
            onChange={(event) => onChange({ serverName: event.currentTarget.value })}
          />
          <NumberInput
            label={text.grace}
            description={text.graceHint}
            min={0}
            max={600}
            allowDecimal={false}
            value={values.graceSeconds}
            error={errors.graceSeconds}
            onChange={(graceSeconds) => onChange({ graceSeconds })}
          />
          <Select
            label={text.onWorse}
            allowDeselect={false}
            data={(['rollback', 'keep'] as const).map((value) => ({ value, label: text.onWorses[value] }))}
            value={values.onWorse}
            onChange={(value) => onChange({ onWorse: value as DeploymentVerify['onWorse'] })}
          />
        </SimpleGrid>
      )}
    </Stack>
  );
}

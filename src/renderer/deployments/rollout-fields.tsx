// In which order a deployment reaches its hosts, and after which other deployment of the project.
import { Checkbox, NumberInput, Select, SimpleGrid, Stack, TagsInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../api.ts';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import { Disclosure } from '../ui/disclosure.tsx';
import type { PartProps } from './deployment-values.ts';
import { isHostlessService } from './kind-options.ts';

const text = deploymentTexts.form.rollout;

export interface RolloutFieldsProps extends PartProps {
  /** Undefined if the deployment is for many projects: then none comes before it. */
  readonly projectId?: string;
  /** Of the edited deployment, which cannot come after itself. */
  readonly deploymentId?: string;
}

export function RolloutFields(props: RolloutFieldsProps) {
  const { values, errors, onChange } = props;
  const api = useApi();
  const hosts = useQuery(api.hosts.list.queryOptions()).data?.hosts ?? [];
  const { rollout } = values;
  const change = (patch: Partial<typeof rollout>) => onChange({ rollout: { ...rollout, ...patch } });
  const after = props.projectId !== undefined && <AfterField {...props} projectId={props.projectId} />;
  if (isHostlessService(values.service)) return after;
  return (
    <Disclosure label={text.label}>
      <Stack gap="md">
        <Checkbox
          label={text.canary}
          description={text.canaryHint}
          checked={rollout.strategy === 'canary'}
          onChange={(event) => change({ strategy: event.currentTarget.checked ? 'canary' : 'all' })}
        />
        <Checkbox
          label={text.stopOnFailure}
          description={text.stopOnFailureHint}
          checked={rollout.stopOnFailure}
          onChange={(event) => change({ stopOnFailure: event.currentTarget.checked })}
        />
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          <NumberInput
            label={text.concurrency}
            min={1}
            max={100}
            allowDecimal={false}
            value={rollout.concurrency}
            error={errors['rollout.concurrency']}
            onChange={(value) => change({ concurrency: Number(value) })}
          />
          <TagsInput
            label={text.groups}
            description={text.groupsHint}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            data={[...new Set(hosts.flatMap(({ tags }) => tags))].toSorted()}
            value={rollout.groups}
            error={errors['rollout.groups']}
            onChange={(groups) => change({ groups })}
          />
        </SimpleGrid>
        {after}
      </Stack>
    </Disclosure>
  );
}

/** The other deployments of the project to wait for, if there are any. */
function AfterField({
  values,
  errors,
  onChange,
  projectId,
  deploymentId,
}: RolloutFieldsProps & { readonly projectId: string }) {
  const api = useApi();
  const { data } = useQuery(api.deployments.ofProject.queryOptions({ id: projectId }));
  const others = (data?.deployments ?? []).filter(({ id }) => id !== deploymentId);
  if (others.length === 0) return null;
  return (
    <Select
      label={text.after}
      description={text.afterHint}
      clearable
      data={others.map(({ id, name }) => ({ value: id, label: name }))}
      value={values.after}
      error={errors.after}
      onChange={(after) => onChange({ after })}
    />
  );
}

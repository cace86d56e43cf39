// Shows what to add to the configuration of a service so that it uses the files of a deployment.

import { Stack, Text } from '@mantine/core';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import { CodeBlock } from '../ui/copy.tsx';
import { Panel } from '../ui/panel.tsx';
import { configOfService } from './service-config.ts';

const text = deploymentTexts.serviceConfig;

export interface ServiceConfigPanelProps {
  readonly recipe: { readonly id: string; readonly name: string } | undefined;
  /** Of the certificate, the domain first. */
  readonly names: readonly string[];
  readonly parts: Parameters<typeof configOfService>[2];
}

/** Renders nothing for services without known lines. */
export function ServiceConfigPanel({ recipe, names, parts }: ServiceConfigPanelProps) {
  const found = recipe === undefined ? null : configOfService(recipe.id, names, parts);
  if (recipe === undefined || found === null) return null;
  const { folders, configFile, config } = found;
  return (
    <Panel title={text.title(recipe.name)}>
      <Stack gap="sm">
        <Text>{text.text(recipe.name)}</Text>
        <Text>{text.folder(folders.length)}</Text>
        <CodeBlock code={`sudo install -d -m 0755 ${folders.join(' ')}`} what={text.folderCode} />
        <Text style={{ overflowWrap: 'anywhere' }}>{text.config(configFile)}</Text>
        <CodeBlock code={config} what={text.configCode(recipe.name)} />
        <Text c="dimmed" fz="sm">
          {text.noReload(recipe.name)}
        </Text>
      </Stack>
    </Panel>
  );
}

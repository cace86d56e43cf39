// Says in sentences what a deployment does.
import { List, Stack, Text } from '@mantine/core';
import type { DeploymentPreview } from '../../shared/deployment.ts';
import { Notice } from '../ui/notice.tsx';
import classes from './deployments.module.css';

export function PreviewSentences({ preview }: { readonly preview: DeploymentPreview }) {
  const [where, ...sentences] = preview.sentences;
  const { warnings } = preview;
  return (
    <Stack gap="sm">
      <Text>{where}</Text>
      <ol className={classes.sentences}>
        {sentences.map((sentence) => (
          <li key={sentence}>
            <Text component="span">{sentence}</Text>
          </li>
        ))}
      </ol>
      {warnings.length > 0 && (
        <Notice tone="warn" role="status">
          {warnings.length === 1 ? (
            <Text>{warnings[0]}</Text>
          ) : (
            <List>
              {warnings.map((warning) => (
                <List.Item key={warning}>{warning}</List.Item>
              ))}
            </List>
          )}
        </Notice>
      )}
    </Stack>
  );
}

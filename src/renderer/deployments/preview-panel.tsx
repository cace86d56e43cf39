// Says in sentences what a deployment does.
import { List, Stack, Text } from '@mantine/core';
import type { DeploymentPreview } from '../../shared/deployment.ts';
import { Notice } from '../ui/notice.tsx';
import classes from './deployments.module.css';

export function PreviewSentences({ preview }: { readonly preview: DeploymentPreview }) {
  const { sentences, warnings } = preview;
  // The steps follow "On web1:". Before it may be a sentence about the window.
  const start = Math.max(1, sentences.findIndex((sentence) => sentence.endsWith(':')) + 1);
  return (
    <Stack gap="sm">
      {sentences.slice(0, start).map((sentence) => (
        <Text key={sentence}>{sentence}</Text>
      ))}
      <ol className={classes.sentences}>
        {sentences.slice(start).map((sentence) => (
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

// An area for dropped files, with a button that opens the file picker.
import { Button, Group, Text } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import '@mantine/dropzone/styles.css';
import type { Icon } from '@tabler/icons-react';
import { useRef } from 'react';

export interface DropAreaProps {
  readonly icon: Icon;
  readonly label: string;
  readonly hint: string;
  /** The label of the button. */
  readonly choose: string;
  onDrop(files: readonly File[]): void;
}

export function DropArea({ icon: FileIcon, label, hint, choose, onDrop }: DropAreaProps) {
  const open = useRef<() => void>(null);
  return (
    <Dropzone
      onDrop={onDrop}
      openRef={open}
      activateOnClick={false}
      activateOnKeyboard={false}
      enablePointerEvents
      data-testid="drop"
      // The button below opens the same picker, so this area is no second control for screen readers.
      tabIndex={-1}
      inputProps={{ 'aria-label': choose, tabIndex: -1 }}
    >
      <Group justify="center" gap="md" mih={96}>
        <FileIcon size={28} stroke={1.5} aria-hidden />
        <div style={{ flex: '1 1 12rem' }}>
          <Text fw={600}>{label}</Text>
          <Text c="dimmed" fz="sm">
            {hint}
          </Text>
        </div>
        <Button variant="default" onClick={() => open.current?.()} style={{ flex: 'none' }}>
          {choose}
        </Button>
      </Group>
    </Dropzone>
  );
}

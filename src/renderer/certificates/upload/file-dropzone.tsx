// The drop area with file picker and text field, and the list of added files.
import { CloseButton, Group, List, Stack, Text, Textarea } from '@mantine/core';
import { IconFileCertificate, IconUpload } from '@tabler/icons-react';
import { useState } from 'react';
import { upload as uploadTexts } from '../../messages/upload.ts';
import { DropArea } from '../../ui/drop-area.tsx';
import { Notice } from '../../ui/notice.tsx';
import { readBytes } from './read-file.ts';
import { describe } from './uploaded-files.ts';
import type { Upload } from './use-upload.ts';

const text = uploadTexts;

export function FileDropzone({ upload }: { readonly upload: Upload }) {
  const { given, problems, missing: lacks } = upload;
  return (
    <Stack gap="md">
      <DropArea
        icon={IconUpload}
        label={text.drop}
        hint={text.dropHint}
        choose={text.choose}
        onDrop={(files) => void upload.drop(files)}
      />
      <PasteField upload={upload} />
      {problems.length > 0 && (
        <Notice tone="bad" role="alert">
          {problems.map((problem) => (
            <Text key={problem}>{problem}</Text>
          ))}
        </Notice>
      )}
      {given.length > 0 && <Taken upload={upload} />}
      {lacks !== null && (
        <Notice tone="info" role="status">
          {lacks}
        </Notice>
      )}
    </Stack>
  );
}

/** Clears the field once the text is added, so that a private key does not stay visible. */
function PasteField({ upload }: { readonly upload: Upload }) {
  const [value, setValue] = useState('');
  const take = (given: string): void => {
    setValue(upload.take(text.pasted, readBytes(text.pasted, new TextEncoder().encode(given))) ? '' : given);
  };
  const change = (next: string): void => {
    if (/-----END [A-Z0-9 #]+-----\s*$/.test(next)) take(next);
    else setValue(next);
  };
  return (
    <Textarea
      label={text.paste}
      description={text.pasteHint}
      minRows={3}
      maxRows={8}
      autosize
      spellCheck={false}
      autoComplete="off"
      value={value}
      onChange={(event) => change(event.currentTarget.value)}
      onPaste={(event) => {
        const pasted = event.clipboardData.getData('text');
        if (value !== '' || pasted.trim() === '') return;
        event.preventDefault();
        take(pasted);
      }}
      onBlur={() => {
        if (value.trim() !== '') take(value.trim());
      }}
    />
  );
}

function Taken({ upload: { given, remove } }: { readonly upload: Upload }) {
  return (
    <List listStyleType="none" aria-label={text.taken} spacing={4}>
      {given.map((each) => (
        <List.Item key={each.id} icon={<IconFileCertificate size={18} aria-hidden />}>
          <Group gap="xs" wrap="nowrap">
            <Text style={{ overflowWrap: 'anywhere' }}>
              <b>{each.name}</b>: {describe(each)}
            </Text>
            <CloseButton size="sm" aria-label={text.removeFile(each.name)} onClick={() => remove(each.id)} />
          </Group>
        </List.Item>
      ))}
    </List>
  );
}

// Copy buttons: alone, with a value, or with a code block.
import { ActionIcon, CopyButton, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { Fragment } from 'react';
import { messages } from '../messages.ts';
import classes from './ui.module.css';

/** @param what Names the copied value, for the label. */
export function CopyIcon({ value, what }: { readonly value: string; readonly what: string }) {
  return (
    <CopyButton value={value} timeout={1500}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? messages.copied : messages.copyOf(what)}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            onClick={copy}
            aria-label={messages.copyOf(what)}
          >
            {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}

export interface CopyTextProps {
  readonly value: string;
  readonly what: string;
  readonly mono?: boolean;
}

export function CopyText({ value, what, mono = true }: CopyTextProps) {
  return (
    <span className={classes.copyText}>
      <span className={mono ? 'mono' : undefined} style={mono ? { fontSize: '0.8125rem' } : undefined}>
        {value}
      </span>
      <CopyIcon value={value} what={what} />
    </span>
  );
}

/** @param value `AB:CD:EF`. Lines break between bytes, and are about equally long. */
export function CopyHex({ value, what }: Omit<CopyTextProps, 'mono'>) {
  return (
    <span className={classes.copyText}>
      <span className={`mono ${classes.hex}`}>
        {value.split(':').map((byte, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: bytes repeat, and never move
          <Fragment key={index}>
            {index > 0 && (
              <>
                :<wbr />
              </>
            )}
            {byte}
          </Fragment>
        ))}
      </span>
      <CopyIcon value={value} what={what} />
    </span>
  );
}

export interface CodeBlockProps {
  readonly code: string;
  /** Label of the region and of its button. */
  readonly what: string;
  readonly wrap?: boolean;
}

export function CodeBlock({ code, what, wrap = false }: CodeBlockProps) {
  return (
    // A button inside the scrolling part makes it scrollable by keyboard.
    <figure className={`${classes.code} ${wrap ? classes.codeWrap : ''}`} aria-label={what}>
      <div className={classes.codeCopy}>
        <CopyIcon value={code} what={what} />
      </div>
      <pre>{code}</pre>
    </figure>
  );
}

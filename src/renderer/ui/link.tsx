// Router links that look like buttons or text.
import { Anchor, type AnchorProps, Button, type ButtonProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, Ref } from 'react';

type Rest<Props> = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof Props> & {
  ref?: Ref<HTMLAnchorElement>;
};

function ButtonRoot(props: ButtonProps & Rest<ButtonProps>) {
  return <Button component="a" {...props} />;
}

function AnchorRoot(props: AnchorProps & Rest<AnchorProps>) {
  return <Anchor {...props} />;
}

export const LinkButton = createLink(ButtonRoot);
export const TextLink = createLink(AnchorRoot);

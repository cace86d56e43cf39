// The command that prints a sign-in link, exactly as it has to be typed on this server.
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../api.ts';
import { messages } from '../messages.ts';
import { CodeBlock } from '../ui/copy.tsx';

/** @returns the short form of the command until the server has answered, or if it does not answer */
function useSignInCommand(): string {
  const api = useApi();
  const { data } = useQuery(api.system.signInCommand.queryOptions(undefined, { staleTime: Infinity }));
  return data?.command ?? messages.session.command;
}

export function SignInCommand() {
  const command = useSignInCommand();
  return <CodeBlock code={command} what={command} wrap />;
}

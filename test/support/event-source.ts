// A browser's EventSource that sends headers of its own with each request (a cookie, a token), as none in a browser can.
import { Agent, type Dispatcher, EventSource } from 'undici';

export function createEventSource(headers: Readonly<Record<string, string>>): typeof EventSource {
  const dispatcher = new Agent().compose(
    (dispatch) => (options, handler) =>
      dispatch({ ...options, headers: withMore(options.headers, headers) }, handler),
  );
  return class extends EventSource {
    constructor(url: string | URL) {
      super(url, { node: { dispatcher } });
    }
  };
}

/** undici's fetch hands its headers to a dispatcher as an object or as a flat list. */
function withMore(
  given: Dispatcher.DispatchOptions['headers'],
  more: Readonly<Record<string, string>>,
): Dispatcher.DispatchOptions['headers'] {
  if (Array.isArray(given)) return [...given, ...Object.entries(more).flat()];
  return { ...(given as Record<string, string>), ...more };
}

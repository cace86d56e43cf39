// The sentence about an endpoint's problem below its name.

/** `a.example:25 does not answer.` -> `Does not answer.` @param name As in the sentence, formatEndpoint(). */
export function withoutName(sentence: string, name: string): string {
  if (!sentence.startsWith(name)) return sentence;
  const rest = sentence.slice(name.length).replace(/^:? /, '');
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

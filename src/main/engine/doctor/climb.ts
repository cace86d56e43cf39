/** The name and every name above it (RFC 8659 section 3). */
export function climb(name: string): readonly string[] {
  const labels = name.split('.');
  return labels.map((_, start) => labels.slice(start).join('.'));
}

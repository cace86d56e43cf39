// Structured-clone values as text, and back. The same source runs in Node and, as text, in the page: it uses nothing
// from outside, and no syntax that must be compiled.

export interface Codec {
  /** @throws DataCloneError for functions, symbols and DOM nodes, as Electron does. */
  encode(value: unknown): string;
  decode(text: string): unknown;
}

type Node =
  | { readonly t: 'undefined' }
  | { readonly t: 'plain'; readonly v: unknown }
  | { readonly t: 'number' | 'bigint'; readonly v: string }
  | { readonly t: 'ref'; readonly v: number }
  | { readonly t: 'array' | 'set'; readonly v: readonly Node[] }
  | { readonly t: 'date'; readonly v: number }
  | { readonly t: 'map'; readonly v: readonly (readonly [Node, Node])[] }
  | { readonly t: 'error'; readonly v: { readonly name: string; readonly message: string } }
  | { readonly t: 'bytes'; readonly v: readonly number[] }
  | { readonly t: 'object'; readonly v: readonly (readonly [string, Node])[] };

export function makeCodec(): Codec {
  function encode(given: unknown): string {
    const seen = new Map<object, number>();
    const walk = (value: unknown): Node => {
      if (value === undefined) return { t: 'undefined' };
      if (typeof value === 'bigint') return { t: 'bigint', v: String(value) };
      if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)))
        return { t: 'number', v: Object.is(value, -0) ? '-0' : String(value) };
      if (value === null || typeof value !== 'object') return { t: 'plain', v: value };
      const known = seen.get(value);
      if (known !== undefined) return { t: 'ref', v: known };
      seen.set(value, seen.size);
      if (Array.isArray(value)) return { t: 'array', v: Array.from(value, walk) };
      if (value instanceof Date) return { t: 'date', v: value.getTime() };
      if (value instanceof Set) return { t: 'set', v: [...value].map(walk) };
      if (value instanceof Map)
        return { t: 'map', v: [...value].map(([key, each]) => [walk(key), walk(each)]) };
      if (value instanceof Error) return { t: 'error', v: { name: value.name, message: value.message } };
      if (value instanceof ArrayBuffer) return { t: 'bytes', v: [...new Uint8Array(value)] };
      if (ArrayBuffer.isView(value))
        return { t: 'bytes', v: [...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)] };
      return { t: 'object', v: Object.entries(value).map(([key, each]) => [key, walk(each)]) };
    };
    return JSON.stringify(walk(structuredClone(given)));
  }

  function decode(text: string): unknown {
    const seen: unknown[] = [];
    const keep = <T>(value: T): T => {
      seen.push(value);
      return value;
    };
    const walk = (node: Node): unknown => {
      switch (node.t) {
        case 'undefined':
          return undefined;
        case 'plain':
          return node.v;
        case 'number':
          return Number(node.v);
        case 'bigint':
          return BigInt(node.v);
        case 'ref':
          return seen[node.v];
        case 'date':
          return keep(new Date(node.v));
        case 'bytes':
          return keep(Uint8Array.from(node.v));
        case 'error':
          return keep(Object.assign(new Error(node.v.message), { name: node.v.name }));
        case 'array': {
          const array: unknown[] = keep([]);
          for (const each of node.v) array.push(walk(each));
          return array;
        }
        case 'set': {
          const set = keep(new Set<unknown>());
          for (const each of node.v) set.add(walk(each));
          return set;
        }
        case 'map': {
          const map = keep(new Map<unknown, unknown>());
          for (const [key, each] of node.v) map.set(walk(key), walk(each));
          return map;
        }
        default: {
          const object: Record<string, unknown> = keep({});
          for (const [key, each] of node.v) object[key] = walk(each);
          return object;
        }
      }
    };
    return walk(JSON.parse(text));
  }

  return { encode, decode };
}

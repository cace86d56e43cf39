// Works around a crash of V8 (docs/adr/0022-keep-webassembly-code.md).
import { setFlagsFromString } from 'node:v8';

/** Keeps WebAssembly code that V8 has replaced by faster code. Applies to the whole process, at any time. */
export function keepWasmCode(): void {
  setFlagsFromString('--no-wasm-code-gc');
}

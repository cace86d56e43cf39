// Checks whether an A-label (RFC 5890) contains valid Punycode after `xn--`.

const [BASE, T_MIN, T_MAX, SKEW, DAMP, FIRST_BIAS, FIRST_CODE] = [36, 1, 26, 38, 700, 72, 128];
const MAX_CODE = 0x10ffff;

/** @param label In lower case, with `xn--`. @returns false for labels that CAs reject as "malformed punycode" */
export function isALabel(label: string): boolean {
  const decoded = decodePunycode(label.slice('xn--'.length));
  if (decoded === null) return false;
  try {
    return new URL(`http://${decoded}`).hostname === label;
  } catch {
    return false;
  }
}

/** RFC 3492 section 6.2. @returns null if the digits are not code points */
function decodePunycode(text: string): string | null {
  const end = text.lastIndexOf('-');
  const output = end > 0 ? [...text.slice(0, end)].map((each) => each.charCodeAt(0)) : [];
  const digits = text.slice(end + 1);
  let [code, index, bias, at] = [FIRST_CODE, 0, FIRST_BIAS, 0];
  while (at < digits.length) {
    const before = index;
    for (let [weight, k] = [1, BASE]; ; k += BASE) {
      const digit = digitOf(digits.charCodeAt(at));
      if (digit === null) return null;
      at += 1;
      index += digit * weight;
      const threshold = Math.min(Math.max(k - bias, T_MIN), T_MAX);
      if (digit < threshold) break;
      weight *= BASE - threshold;
      if (weight > MAX_CODE * BASE) return null;
    }
    const length = output.length + 1;
    bias = adapt(index - before, length, before === 0);
    code += Math.floor(index / length);
    if (code > MAX_CODE || (code >= 0xd800 && code < 0xe000)) return null;
    index %= length;
    output.splice(index, 0, code);
    index += 1;
  }
  return digits === '' ? null : String.fromCodePoint(...output);
}

/** @returns null for a character that is no digit, and for NaN, past the end of the text */
function digitOf(character: number): number | null {
  if (character >= 0x61 && character <= 0x7a) return character - 0x61;
  return character >= 0x30 && character <= 0x39 ? character - 0x30 + 26 : null;
}

function adapt(delta: number, length: number, isFirst: boolean): number {
  let rest = Math.floor(delta / (isFirst ? DAMP : 2));
  rest += Math.floor(rest / length);
  let k = 0;
  for (; rest > ((BASE - T_MIN) * T_MAX) / 2; k += BASE) rest = Math.floor(rest / (BASE - T_MIN));
  return k + Math.floor(((BASE - T_MIN + 1) * rest) / (rest + SKEW));
}

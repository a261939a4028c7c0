/** SM3 (GB/T 32905-2016): a photo has the same name on the phone, on its way and in the archive. */

const IV = [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e];
const rotate = (x: number, n: number): number => (x << (n & 31)) | (x >>> (32 - (n & 31)));

function compress(v: Int32Array, block: DataView, at: number, w: Int32Array): void {
  for (let j = 0; j < 16; j++) w[j] = block.getInt32(at + 4 * j);
  for (let j = 16; j < 68; j++) {
    const x = w[j - 16]! ^ w[j - 9]! ^ rotate(w[j - 3]!, 15);
    w[j] = x ^ rotate(x, 15) ^ rotate(x, 23) ^ rotate(w[j - 13]!, 7) ^ w[j - 6]!;
  }
  let [a, b, c, d, e, f, g, k] = v as unknown as [number, number, number, number, number, number, number, number];
  for (let j = 0; j < 64; j++) {
    const t = j < 16 ? 0x79cc4519 : 0x7a879d8a;
    const s1 = rotate((rotate(a, 12) + e + rotate(t, j % 32)) | 0, 7);
    const s2 = s1 ^ rotate(a, 12);
    const ff = j < 16 ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
    const gg = j < 16 ? e ^ f ^ g : (e & f) | (~e & g);
    const t1 = (ff + d + s2 + (w[j]! ^ w[j + 4]!)) | 0;
    const t2 = (gg + k + s1 + w[j]!) | 0;
    d = c; c = rotate(b, 9); b = a; a = t1;
    k = g; g = rotate(f, 19); f = e; e = t2 ^ rotate(t2, 9) ^ rotate(t2, 17);
  }
  const next = [a, b, c, d, e, f, g, k];
  for (let i = 0; i < 8; i++) v[i] = v[i]! ^ next[i]!;
}

/** The digest of some bytes as 64 hexadecimal digits. */
export function sm3(bytes: Uint8Array): string {
  const padded = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(padded.length - 4, (bytes.length << 3) >>> 0);
  const v = Int32Array.from(IV);
  const w = new Int32Array(68);
  for (let at = 0; at < padded.length; at += 64) compress(v, view, at, w);
  return Array.from(v, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

/** Every character of CP932 with its bytes: the decoder that everybody has, turned around. */
const table = (() => {
  const decoder = new TextDecoder('shift_jis', { fatal: true });
  const bytes = new Map<string, number[]>();
  const learn = (...code: number[]) => {
    try {
      const character = decoder.decode(Uint8Array.from(code));
      if ([...character].length === 1 && !bytes.has(character)) bytes.set(character, code);
    } catch {
      // No character has this code.
    }
  };
  for (let one = 0; one < 0x100; one++) learn(one);
  for (let lead = 0x81; lead < 0xfd; lead++) {
    for (let trail = 0x40; trail < 0xfd; trail++) learn(lead, trail);
  }
  return bytes;
})();

/** The text as Japanese Excel saves it. */
export function cp932(text: string): Buffer {
  return Buffer.from(
    [...text].flatMap((character) => {
      const code = table.get(character);
      if (!code) throw new Error(`CP932 has no ${character}`);
      return code;
    }),
  );
}

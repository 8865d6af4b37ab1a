/** Builds everything into a folder; yields plain names to hashed names. */
export function build(outdir: string): Promise<Record<string, string>>;
/** The site tag's code; fails when it is too large. */
export function siteTag(): Promise<Uint8Array>;

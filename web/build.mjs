// Builds the interface and the site tag into one folder: `node build.mjs OUTDIR`.
//
// Every file but tag.js carries a hash of its content in its name, so that it may
// be cached for ever; manifest.json maps the plain name to the hashed one.
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import * as esbuild from 'esbuild';

const HERE = dirname(fileURLToPath(import.meta.url));
const TAG_LIMIT_BYTES = 1024;
const TEXT = new Set(['.css', '.js', '.json', '.svg', '.txt']);

const compressed = {
  '.br': (bytes) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
  '.gz': (bytes) => promisify(gzip)(bytes, { level: 9 }),
};

/** The whole build; yields the manifest. */
export async function build(outdir) {
  await rm(outdir, { recursive: true, force: true });
  await mkdir(outdir, { recursive: true });
  const manifest = {
    ...(await buildInterface(outdir)),
    ...(await writeHashed(outdir, 'icons.svg', await iconSprite())),
    ...(await writeHashed(outdir, 'favicon.svg', await readFile(join(HERE, 'src/images/favicon.svg')))),
    'tag.js': 'tag.js',
  };
  await writeFile(join(outdir, 'tag.js'), await siteTag());
  await compressAll(outdir);
  await writeFile(join(outdir, 'manifest.json'), JSON.stringify(manifest, null, 2) + '\n');
  return manifest;
}

/** The site tag, which has to stay small enough that nobody notices it. */
export async function siteTag() {
  const { outputFiles } = await esbuild.build({
    entryPoints: [join(HERE, '../web-tag/src/tag.ts')],
    bundle: true,
    minify: true,
    write: false,
    target: 'es2018',
    format: 'iife',
    logLevel: 'warning',
  });
  const code = outputFiles[0].contents;
  const size = (await compressed['.gz'](code)).length;
  if (size >= TAG_LIMIT_BYTES) {
    throw new Error(`tag.js is ${size} bytes with gzip; it has to stay below ${TAG_LIMIT_BYTES}`);
  }
  return code;
}

async function buildInterface(outdir) {
  const shared = {
    absWorkingDir: HERE,
    bundle: true,
    minify: true,
    metafile: true,
    outdir,
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    assetNames: 'fonts/[name]-[hash]',
    loader: { '.woff2': 'file' },
    target: 'es2022',
    legalComments: 'linked',
    logLevel: 'warning',
  };
  const results = await Promise.all([
    esbuild.build({
      ...shared,
      // The editors are fetched by the page of the template editor and by no other.
      entryPoints: ['src/app.ts', 'src/dashboard.ts', 'src/builder/campaign-builder.ts', 'src/editor-code.ts', 'src/editor-visual.ts'],
      format: 'esm',
      splitting: true,
    }),
    // Alone on a page for people outside: small, and nothing of the interface.
    esbuild.build({ ...shared, entryPoints: ['src/seen.ts'], format: 'esm' }),
    // Runs before the first paint, hence neither a module nor deferred.
    esbuild.build({ ...shared, entryPoints: ['src/theme.ts'], format: 'iife' }),
    esbuild.build({ ...shared, entryPoints: ['src/app.css', 'src/editor-visual.css'] }),
  ]);
  const outputs = results.flatMap(({ metafile }) => Object.entries(metafile.outputs));
  return Object.fromEntries(
    outputs
      .filter(([, { entryPoint }]) => entryPoint?.startsWith('src/'))
      .map(([file, { entryPoint }]) => [
        basename(entryPoint).replace(/\.ts$/, '.js'),
        relative(outdir, resolve(HERE, file)),
      ]),
  );
}

/** One SVG with a symbol for each icon: `<svg class="icon"><use href="…#flame"/></svg>`. */
async function iconSprite() {
  const names = JSON.parse(await readFile(join(HERE, 'src/icons.json'), 'utf8'));
  const folder = join(HERE, 'node_modules/@tabler/icons/icons/outline');
  const symbols = await Promise.all(
    names.map(async (name) => {
      const drawing = (await readFile(join(folder, name + '.svg'), 'utf8'))
        .replace(/^[^]*?<svg[^>]*>/, '')
        .replace(/<\/svg>[^]*$/, '')
        .replace('<path stroke="none" d="M0 0h24v24H0z" fill="none" />', '')
        .replace(/\s*\n\s*/g, '');
      return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round">${drawing}</symbol>`;
    }),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>\n`;
}

async function writeHashed(outdir, name, content) {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 8).toUpperCase();
  const hashed = name.replace(/(\.\w+)$/, `-${hash}$1`);
  await writeFile(join(outdir, hashed), content);
  return { [name]: hashed };
}

/** Lays a `.br` and a `.gz` beside every text file that they make smaller. */
async function compressAll(outdir) {
  for (const entry of await readdir(outdir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !TEXT.has(extname(entry.name))) continue;
    const file = join(entry.parentPath, entry.name);
    const bytes = await readFile(file);
    for (const [suffix, compress] of Object.entries(compressed)) {
      const smaller = await compress(bytes);
      if (smaller.length < bytes.length) await writeFile(file + suffix, smaller);
    }
  }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [, , outdir] = process.argv;
  if (!outdir) throw new Error(`usage: node ${['.', 'build.mjs'].join(sep)} OUTDIR`);
  await build(resolve(outdir));
}

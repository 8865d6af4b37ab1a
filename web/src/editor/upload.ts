import { texts } from '../texts';
import { toast } from '../behaviours/toast';

/** A picture that the product keeps. */
export type Picture = {
  src: string;
  name: string;
  width: number;
  height: number;
};

/** Uploads pictures one by one; what cannot be taken is said, and the rest goes on. */
export async function upload(address: string, files: Iterable<File>): Promise<Picture[]> {
  const taken: Picture[] = [];
  for (const file of files) {
    const answer = await send(address, file).catch(() => ({ error: texts.networkFailed }));
    if ('data' in answer) taken.push(...answer.data);
    else toast(`${file.name}: ${answer.error}`, 'danger');
  }
  return taken;
}

/** The pictures that were uploaded before; none where they cannot be read. */
export async function pictures(address: string): Promise<Picture[]> {
  try {
    return ((await (await fetch(address)).json()) as { data: Picture[] }).data;
  } catch {
    return [];
  }
}

async function send(address: string, file: File): Promise<{ data: Picture[] } | { error: string }> {
  const body = new FormData();
  body.append('file', file);
  const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? '';
  const answer = await fetch(address, { method: 'POST', body, headers: { 'X-CSRF-Token': token } });
  if (answer.headers.get('content-type')?.startsWith('application/json')) {
    return (await answer.json()) as { data: Picture[] } | { error: string };
  }
  return { error: texts.networkFailed };
}

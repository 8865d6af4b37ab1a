import type { Problem } from './context';
import type { Definition } from './definition';

/** What came of saving. */
export type Saved =
  | { is: 'saved'; seen: string; problems: Problem[] }
  /** Somebody else has changed it meanwhile. */
  | { is: 'overtaken' }
  /** The person is not signed in any more. */
  | { is: 'signed-out' }
  | { is: 'refused'; reason: string }
  | { is: 'lost' };

/** Puts the definition, as it was edited on the state of `seen`. */
export async function save(address: string, definition: Definition, seen: string): Promise<Saved> {
  const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? '';
  try {
    const answer = await fetch(address, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': token },
      body: JSON.stringify({ definition, seen }),
      redirect: 'manual',
    });
    if (answer.type === 'opaqueredirect') return { is: 'signed-out' };
    if (answer.status === 409) return { is: 'overtaken' };
    const said = (await answer.json()) as { seen: string; problems: Problem[]; detail?: string; field?: string; title?: string };
    if (answer.ok) return { is: 'saved', seen: said.seen, problems: said.problems };
    return { is: 'refused', reason: [said.field, said.detail ?? said.title].filter(Boolean).join(': ') };
  } catch {
    return { is: 'lost' };
  }
}

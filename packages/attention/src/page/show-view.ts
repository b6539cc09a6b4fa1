import type { Html } from '@mixtention/core/page';

/** Puts a view in its place; whatever had the focus in it has it again. */
export function show(name: string, view: Html): void {
  const place = document.querySelector<HTMLElement>(`[data-view="${name}"]`);
  if (place === null) return;
  const active = document.activeElement as HTMLElement | null;
  const held =
    active !== null && place.contains(active)
      ? ['do', 'step', ...(active.dataset.step === undefined ? ['at'] : []), 'set']
          .map((part) => (active.dataset[part] === undefined ? '' : `[data-${part}="${active.dataset[part]}"]`))
          .join('')
      : '';
  place.innerHTML = view.html;
  if (held !== '') place.querySelector<HTMLElement>(held)?.focus({ preventScroll: true });
}

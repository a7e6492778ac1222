import type { ComponentChildren, JSX } from 'preact';

/** What may be wider or higher than its place: it scrolls, by keyboard too. */
export function Scroll({
  label,
  tall,
  children,
}: {
  label: string;
  tall?: boolean;
  children: ComponentChildren;
}): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without it no key could scroll it
    <section class={tall ? 'scroll tall' : 'scroll'} tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}

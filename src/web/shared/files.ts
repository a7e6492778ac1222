/** Files that a page makes, and text that it copies. */

export function download(name: string, content: Blob | string, type = 'text/plain'): void {
  const blob = typeof content === 'string' ? new Blob([content], { type }) : content;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Copies text; where a page may not, as one opened from disk in some browsers, by way of a selection. */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = document.createElement('textarea');
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand('copy');
    field.remove();
  }
}

/** A file's name from words. */
export function fileName(words: string, ending: string): string {
  return `${words.replace(/[^\w.-]+/g, '-').replace(/^-|-$/g, '')}.${ending}`;
}

/** A text as a cell of a table; one that begins so would be a formula to a spreadsheet. */
export function noFormula(text: string): string {
  return /^[=+\-@\t]/.test(text) ? `'${text}` : text;
}

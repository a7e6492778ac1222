/** What the file that this page is carries with it. */

/** Unpacks the page's data: gzip'd JSON as base64. */
export async function readPageData<T>(): Promise<T> {
  const text = document.getElementById('data')?.textContent ?? '';
  return unpack<T>(text);
}

export async function unpack<T>(base64: string): Promise<T> {
  const stream = new Blob([bytesOf(base64)]).stream().pipeThrough(new DecompressionStream('gzip'));
  return JSON.parse(await new Response(stream).text()) as T;
}

export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

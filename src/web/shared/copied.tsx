import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { copyText } from './files.js';

/** Text with a button that copies it. */
export function Copied({ text }: { text: string }): JSX.Element {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await copyText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <p class="command">
      <code>{text}</code>
      <button type="button" onClick={copy}>
        {copied ? 'Copied' : 'Copy'}
      </button>
    </p>
  );
}

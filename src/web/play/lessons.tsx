/** Three short lessons, each with a question, what to do, and an answer to open. */
import type { JSX } from 'preact';
import { PRESETS } from './presets.js';
import type { Setting } from './setting.js';

interface Lesson {
  readonly question: string;
  readonly steps: readonly { readonly words: string; readonly preset: string; readonly change?: Partial<Setting> }[];
  readonly answer: string;
}

const LESSONS: readonly Lesson[] = [
  {
    question: 'Why does feedback alignment fail in deep networks?',
    steps: [
      { words: 'FA with one hidden layer', preset: 'FA', change: { depth: 1 } },
      { words: 'FA with four', preset: 'FA', change: { depth: 4 } },
      { words: 'BP with four', preset: 'BP', change: { depth: 4 } },
    ],
    answer:
      'Look at the angles. Random feedback brings each layer some error, but with every layer that it passes it has less to do with the one that backpropagation would bring: near 90 degrees it is no better than noise. Weights can come to align with the feedback, but that takes thousands of images, and here there are 250.',
  },
  {
    question: 'What does eHebb do to the angles?',
    steps: [
      { words: 'FA', preset: 'FA' },
      { words: 'eHebb', preset: 'eHebb' },
    ],
    answer:
      'They fall. Between two layers the errors e of the upper and of the lower are related by the feedback B. A negative coefficient makes the term e e′ of these add to the weights what B would be, so that W turns towards B, and what comes back through B is then nearly what would come back through W. Turn its sign over, and see.',
  },
  {
    question: 'Why does Oja’s rule help?',
    steps: [
      { words: 'FA', preset: 'FA' },
      { words: 'Oja', preset: 'Oja' },
    ],
    answer:
      'It asks for no error at all. It makes the rows of W orthonormal (see the error of the hidden layers fall), so that each layer passes on what distinguishes its inputs instead of a random mixture. The output layer, which needs no feedback through others, then has something to learn from.',
  },
];

export function Lessons({ onSet }: { onSet: (change: Partial<Setting>) => void }): JSX.Element {
  return (
    <section aria-labelledby="lessons">
      <h2 id="lessons">Three lessons</h2>
      <ol class="lessons">
        {LESSONS.map(({ question, steps, answer }) => (
          <li key={question}>
            <h3>{question}</h3>
            <p>
              Compare:{' '}
              {steps.map(({ words, preset, change }) => (
                <button
                  type="button"
                  key={words}
                  onClick={() => onSet({ ...PRESETS.find(({ name }) => name === preset)!.setting, ...change })}
                >
                  {words}
                </button>
              ))}
            </p>
            <details>
              <summary>Answer</summary>
              <p>{answer}</p>
            </details>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Pictures: the images of an episode with the network's answers, and the network itself before and after. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { PageImage, PageMatrix, PageNetwork, PageRun, PageTask } from '../../page/data.js';
import { bytesOf } from '../shared/data.js';
import { shown } from '../shared/numbers.js';
import { Picture, tiled } from '../shared/picture.js';
import { Scroll } from '../shared/scroll.js';

export function Pictures({ runs }: { runs: readonly PageRun[] }): JSX.Element | null {
  const pictured = runs.filter(({ task, networks }) => task || networks);
  if (pictured.length === 0) return null;
  return (
    <section aria-labelledby="pictures">
      <h2 id="pictures">An episode, and its network</h2>
      {pictured.map(({ name, task, networks = [] }) => (
        <div key={name}>
          {runs.length > 1 && <h3>{name}</h3>}
          {task && <Task task={task} />}
          {networks.length > 0 && <Networks networks={networks} />}
        </div>
      ))}
    </section>
  );
}

function Task({ task }: { task: PageTask }): JSX.Element {
  const { train, query, perClass, labels, answers, classes, episode } = task;
  const [trained, asked] = useMemo(() => [bytesOf(train.bytes), bytesOf(query.bytes)], [train, query]);
  const right = answers.filter(({ label }, i) => label === labels[i]).length;
  return (
    <>
      <p>
        The task of episode {episode}: {classes.length} classes. To the left some of the images that the network learns
        from, to the right those it is asked about, with its answers: {right} of {labels.length} right.
      </p>
      <Scroll label="images of the episode">
        <table class="gallery">
          <tbody>
            {classes.map(({ label, name }, row) => (
              <tr key={label}>
                <th scope="row">{name}</th>
                <td>
                  {Array.from({ length: perClass }, (_, i) => (
                    <Picture
                      key={i}
                      {...imageAt(trained, train, row * perClass + i)}
                      zoom={32 / train.width}
                      colours="grey"
                      label={`training image of ${name}`}
                    />
                  ))}
                </td>
                {labels.map((of, i) => {
                  if (of !== label) return null;
                  const answer = answers[i]!;
                  const good = answer.label === label;
                  return (
                    <td key={i} class={good ? 'right' : 'wrong'}>
                      <Picture
                        {...imageAt(asked, query, i)}
                        zoom={32 / query.width}
                        colours="grey"
                        label={`query image of ${name}`}
                      />
                      <span>
                        {good ? '✓' : '✗'} {answer.name}
                      </span>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}

function imageAt(bytes: Uint8Array, { width, height }: PageImage, i: number) {
  const size = width * height;
  return { bytes: bytes.subarray(i * size, (i + 1) * size), width, height };
}

function Networks({ networks }: { networks: readonly PageNetwork[] }): JSX.Element {
  return (
    <>
      <p>
        Weights after the episode, and the feedback: blue is positive, orange negative. W1: what each of the first
        neurons of layer 1 looks for in the image. The other pictures are whole matrices, a row for each neuron above.
      </p>
      {networks.map(({ episode, accuracy, matrices }) => (
        <div key={episode}>
          <h4>
            Network of episode {episode}, accuracy {shown(accuracy, 3)}
          </h4>
          <div class="matrices">
            {matrices.map((matrix) => (
              <Matrix key={matrix.name} matrix={matrix} />
            ))}
          </div>
        </div>
      ))}
    </>
  );
}

export function Matrix({ matrix: { name, image, limit } }: { matrix: PageMatrix }): JSX.Element {
  const picture = useMemo(() => tiled(bytesOf(image.bytes), image, Math.ceil(Math.sqrt(image.count * 1.6))), [image]);
  return (
    <figure>
      <Picture
        {...picture}
        zoom={Math.max(1, Math.min(3, 220 / picture.width))}
        colours="signed"
        label={`weights ${name}, up to ${shown(limit, 2)}`}
      />
      <figcaption>
        {name}, ±{shown(limit, 2)}
      </figcaption>
    </figure>
  );
}

/** A field to draw a character in, and what the network makes of it. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { shown } from '../shared/numbers.js';
import type { Client } from './client.js';
import type { Answers } from './messages.js';

const [SIDE, ZOOM, PEN, BORDER] = [28, 7, 15, 2];

/** `learned` counts the networks: what is drawn is shown to each anew. */
export function Drawing({ client, learned }: { client: Client; learned: number }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [image, setImage] = useState<Uint8Array>();
  const [answers, setAnswers] = useState<Answers['classify']>([]);
  useEffect(() => {
    if (image) client.ask({ kind: 'classify', image }).then(setAnswers);
  }, [image, learned, client]);
  const context = () => canvas.current!.getContext('2d')!;
  const draw = (event: PointerEvent) => {
    if (event.buttons === 0) return;
    const pen = context();
    const { left, top } = canvas.current!.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    pen.lineWidth = PEN;
    pen.lineCap = 'round';
    pen.strokeStyle = '#fff';
    pen.beginPath();
    pen.moveTo(x - event.movementX, y - event.movementY);
    pen.lineTo(x, y);
    pen.stroke();
  };
  const clear = () => {
    const pen = context();
    pen.fillStyle = '#000';
    pen.fillRect(0, 0, SIDE * ZOOM, SIDE * ZOOM);
    setAnswers([]);
  };
  useEffect(clear, []);
  return (
    <div class="drawing">
      <canvas
        ref={canvas}
        width={SIDE * ZOOM}
        height={SIDE * ZOOM}
        role="img"
        aria-label="field to draw a character in, with the mouse or a finger"
        onPointerDown={(event) => canvas.current!.setPointerCapture(event.pointerId)}
        onPointerMove={draw}
        onPointerUp={() => setImage(centred(context()))}
      />
      <div>
        <button type="button" onClick={clear}>
          Clear
        </button>
        <ol aria-label="what the network takes it for" aria-live="polite">
          {answers.map(({ name, p }) => (
            <li key={name}>
              <b>{name}</b> <meter min="0" max="1" value={p} aria-label={`probability of ${name}`} /> {shown(p, 2)}
            </li>
          ))}
        </ol>
      </div>
    </div>
  );
}

/** As the data set has its images: the ink fills all but a border, centred. */
function centred(pen: CanvasRenderingContext2D): Uint8Array {
  const size = SIDE * ZOOM;
  const { data } = pen.getImageData(0, 0, size, size);
  const inked = Array.from({ length: size * size }, (_, i) => i).filter((i) => data[4 * i]! > 60);
  if (inked.length === 0) return new Uint8Array(SIDE * SIDE);
  const bounds = (of: (i: number) => number) =>
    inked.reduce(([low, high], i) => [Math.min(low!, of(i)), Math.max(high!, of(i))], [size, 0]) as [number, number];
  const [left, right] = bounds((i) => i % size);
  const [top, bottom] = bounds((i) => Math.floor(i / size));
  const side = Math.max(right - left, bottom - top) + 1;
  const small = document.createElement('canvas');
  small.width = SIDE;
  small.height = SIDE;
  const to = small.getContext('2d')!;
  to.fillRect(0, 0, SIDE, SIDE);
  const room = SIDE - 2 * BORDER;
  const [x, y] = [(left + right - side) / 2, (top + bottom - side) / 2];
  to.drawImage(pen.canvas, x, y, side, side, BORDER, BORDER, room, room);
  const pixels = to.getImageData(0, 0, SIDE, SIDE).data;
  return Uint8Array.from({ length: SIDE * SIDE }, (_, i) => pixels[4 * i]!);
}

/** The journal of a course of learning: the lines of its points. */
import type { CoursePoint } from './course.js';
import { type DecodeOptions, decodeLines, encodeLine, number, numbers, object } from './lines.js';

/** The line of a point, its newline included. */
export function encodePoint({ angles, orthonormality, ...point }: CoursePoint): string {
  return encodeLine({ ...point, angles: Array.from(angles), orthonormality: Array.from(orthonormality) });
}

/**
 * The points of a course; a last line without its newline is left out.
 * @throws JournalError where any other line is not that of a point.
 */
export function decodeCourse(text: string, options: DecodeOptions = {}): CoursePoint[] {
  return decodeLines(text, decodePoint, options);
}

function decodePoint(json: unknown): CoursePoint {
  const line = object(json, 'the line');
  return {
    images: number(line.images, 'images'),
    loss: number(line.loss, 'loss'),
    accuracy: number(line.accuracy, 'accuracy'),
    angles: Float64Array.from(numbers(line.angles, 'angles')),
    orthonormality: Float64Array.from(numbers(line.orthonormality, 'orthonormality')),
  };
}

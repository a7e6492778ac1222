/** The folder of a network that learns with a given rule: what it is, and its course so far. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CoursePoint } from '../meta/course.js';
import { decodeCourse, encodePoint } from '../meta/course-journal.js';
import { openJournal, readLines } from './journal-file.js';
import type { RunFile } from './run-file.js';
import { readJson, seal, writeJson } from './sealed.js';

const LEARN_FILE = 'learn.json';
const COURSE = 'learn.jsonl';

/** `learn.json`: its rule has one entry a term, then one a constant, which has no formula, each with its number. */
export interface LearnFile extends Omit<RunFile, 'rule'> {
  readonly rule: readonly { readonly name: string; readonly formula?: string; readonly theta: number }[];
}

export interface CourseLog {
  append(point: CoursePoint): void;
  /** @throws Error in one sentence where the course is there no more. */
  check(): void;
  close(): void;
}

/** Describes a new course in its folder, and opens its log. */
export async function openCourseLog(folder: string, description: LearnFile): Promise<CourseLog> {
  const file = seal(description);
  await writeJson(join(folder, LEARN_FILE), file);
  const { append, check, close } = await openJournal(join(folder, COURSE), file, decodeCourse);
  return { append: (point) => append(encodePoint(point)), check, close };
}

/** A course as it lies on the disk. */
export interface RecordedCourse {
  readonly folder: string;
  readonly file: LearnFile;
  readonly points: readonly CoursePoint[];
}

/**
 * Reads the course in a folder; undefined where there is none.
 * @throws Error in one sentence where its files are damaged, or do not belong together.
 */
export async function readCourse(folder: string): Promise<RecordedCourse | undefined> {
  const path = join(folder, LEARN_FILE);
  if (!existsSync(path)) return undefined;
  const file = await readJson(path);
  if (!isLearnFile(file))
    throw new Error(`${path} is not the file of a course: settings, rule, layers or data are missing`);
  return { folder, file, points: (await readLines(join(folder, COURSE), file, decodeCourse)).items };
}

function isLearnFile(value: object): value is LearnFile {
  const { settings, rule, layers, data } = value as Partial<LearnFile>;
  return (
    typeof settings === 'object' &&
    settings !== null &&
    Array.isArray(rule) &&
    Array.isArray(layers) &&
    typeof data?.checksum === 'string'
  );
}

/** A run's files as they grow: the journal, and main.py's text files beside it. */
import { appendFileSync, closeSync, openSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../files.js';
import { decodeJournal, encodeRecord } from '../meta/journal.js';
import type { EpisodeRecord } from '../meta/record.js';
import { appendTextLogs, rewriteTextLogs } from '../report/text-logs.js';

const JOURNAL = 'journal.jsonl';

export interface RunLog {
  /** Every episode so far. */
  readonly records: readonly EpisodeRecord[];
  /** Adds an episode to the journal, and then to the text files. */
  append(record: EpisodeRecord): void;
  close(): void;
}

/**
 * Opens the journal of a new run, or of one that stopped at any moment: what was being written then is cut off, and
 * the text files are written anew from what is left, so that nothing tells later that the run was interrupted.
 * @throws JournalError where the journal is damaged before its last line.
 */
export async function openRunLog(folder: string, terms: number): Promise<RunLog> {
  const path = join(folder, JOURNAL);
  await removeLeftovers(folder);
  const records = await readJournal(folder, terms);
  await writeAtomically(path, records.map(encodeRecord).join(''));
  await rewriteTextLogs(folder, records);
  const journal = openSync(path, 'a');
  return {
    records,
    append(record) {
      // One write a line: a process that is killed leaves whole lines, but perhaps for the last.
      appendFileSync(journal, encodeRecord(record));
      records.push(record);
      appendTextLogs(folder, record);
    },
    close: () => closeSync(journal),
  };
}

/** Temporary files of a process that was killed before it could rename them. */
async function removeLeftovers(folder: string): Promise<void> {
  const leftovers = (await readdir(folder)).filter((file) => file.endsWith('.tmp'));
  await Promise.all(leftovers.map((file) => rm(join(folder, file), { force: true })));
}

/** The episodes in a folder's journal; none where there is no journal yet. */
export async function readJournal(folder: string, terms: number): Promise<EpisodeRecord[]> {
  const text = await readFile(join(folder, JOURNAL), 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return decodeJournal(text, terms);
}

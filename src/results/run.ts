/** A run's files as they grow: the journal, and main.py's text files beside it. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeJournal, encodeRecord } from '../meta/journal.js';
import type { DecodeOptions } from '../meta/lines.js';
import type { EpisodeRecord } from '../meta/record.js';
import { appendTextLogs, rewriteTextLogs } from '../report/text-logs.js';
import { openJournal, readLines } from './journal-file.js';
import type { RunFile } from './run-file.js';

const JOURNAL = 'journal.jsonl';

export interface RunLog {
  /** Every episode so far. */
  readonly records: readonly EpisodeRecord[];
  /** Adds an episode to the journal, and then to the text files. */
  append(record: EpisodeRecord): void;
  /** @throws Error in one sentence where the journal is there no more. */
  check(): void;
  close(): void;
}

/**
 * Opens the journal of a new run, or of one that stopped at any moment: what was being written then is cut off, and
 * the text files are written anew from what is left, so that nothing tells later that the run was interrupted.
 * @throws JournalError where the journal is damaged before its last line.
 */
export async function openRunLog(folder: string, file: RunFile): Promise<RunLog> {
  await removeLeftovers(folder);
  const journal = await openJournal(join(folder, JOURNAL), file, decoder(file));
  const records = journal.items;
  await rewriteTextLogs(folder, records);
  return {
    records,
    append(record) {
      journal.append(encodeRecord(record));
      records.push(record);
      appendTextLogs(folder, record);
    },
    check: journal.check,
    close: journal.close,
  };
}

/** Temporary files of a process that was killed before it could rename them. */
async function removeLeftovers(folder: string): Promise<void> {
  const leftovers = (await readdir(folder)).filter((file) => file.endsWith('.tmp'));
  await Promise.all(leftovers.map((file) => rm(join(folder, file), { force: true })));
}

/**
 * The episodes in a folder's journal; none where there is no journal yet.
 * @throws JournalError where it is damaged, or is not that of `file`.
 */
export async function readJournal(folder: string, file: RunFile): Promise<EpisodeRecord[]> {
  return (await readLines(join(folder, JOURNAL), file, decoder(file))).items;
}

const decoder =
  ({ rule }: RunFile) =>
  (text: string, options: DecodeOptions) =>
    decodeJournal(text, rule.length, options);

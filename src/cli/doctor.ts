/** `meta-plasticity doctor`: what of this machine can be used, and whether it works. */
import { accessSync, constants } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { delimiter, join } from 'node:path';
import { defaultCacheDir, writableCache } from '../data/cache.js';
import { createEngine, ENGINE_NAMES, type EngineName } from '../engine/create.js';
import { command } from './command.js';
import { hasNvidiaGpu } from './gpu.js';
import { doctorManual } from './manual.js';
import { runOptions } from './options.js';
import { open } from './prepare.js';
import { selfCheck } from './self-check.js';
import type { Io, Terminal } from './terminal.js';
import { codeVersion } from './version.js';

const { engine, gpu_mode, database, data_dir, invert, dim } = runOptions;

/** One thing that was looked at. */
interface Finding {
  readonly what: string;
  readonly works: boolean;
  /** In one sentence; what to do where it does not work. */
  readonly says: string;
  /** Was it named by a flag? Then it must work. */
  readonly asked: boolean;
}

export const doctorCommand = command({
  name: 'doctor',
  options: { engine, gpu_mode, database, data_dir, invert, dim },
  manual: doctorManual,
  async run({ values, sources, io, terminal }) {
    const given = (name: string) => sources.some((source) => source.has(name));
    const { version, commit } = codeVersion();
    const [{ model = 'unknown processor' } = {}] = cpus();
    const machine = {
      version,
      ...(commit !== undefined && { commit }),
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      processor: model.trim(),
      cores: availableParallelism(),
      memory: totalmem(),
    };
    const gigabytes = (machine.memory / 2 ** 30).toFixed(0);
    terminal.say(`meta-plasticity ${version}${commit ? `, commit ${commit.slice(0, 7)}` : ''}; Node ${machine.node}`);
    terminal.say(`${machine.platform}, ${machine.processor}; ${machine.cores} cores, ${gigabytes} GB\n`);
    const findings: Finding[] = [];
    const note = (finding: Finding) => {
      findings.push(finding);
      const mark = finding.works ? 'yes' : finding.asked ? 'NO ' : 'no ';
      terminal.say(`${mark}  ${finding.what.padEnd(20)} ${finding.says}`);
    };
    for (const name of ENGINE_NAMES)
      note(await examineEngine(name, values.gpu_mode === 1, given('engine') && values.engine === name));
    note(examineGpu(values.engine, given('gpu_mode') && values.gpu_mode === 1));
    note(await examineCache(io));
    note(await examineData(values, io, terminal, given('database') || given('data_dir')));
    note(examineSlurm(io));
    const failed = findings.filter(({ asked, works }) => asked && !works);
    return { result: { machine, findings }, exitCode: failed.length > 0 ? 1 : 0 };
  },
});

async function examineEngine(name: EngineName, gpu: boolean, asked: boolean): Promise<Finding> {
  const what = `engine ${name}`;
  try {
    const engine = await createEngine(name, { gpu });
    try {
      const { agrees, relativeError } = await selfCheck(engine);
      const against = name === 'reference' ? 'central differences' : 'the reference engine';
      const says = `${agrees ? 'agrees' : 'does NOT agree'} with ${against}: largest error ${relativeError.toExponential(0)}`;
      const device = engine.name === name ? '' : ` (${engine.name})`;
      return { what, asked, works: agrees, says: `${says}${device}` };
    } finally {
      await engine.dispose();
    }
  } catch (error) {
    return { what, asked, works: false, says: (error as Error).message };
  }
}

function examineGpu(engine: string, asked: boolean): Finding {
  const present = hasNvidiaGpu();
  const works = present && engine === 'tensorflow';
  const uses = 'only --engine tensorflow with @tensorflow/tfjs-node-gpu computes on one';
  return { what: 'NVIDIA GPU', asked, works, says: `${present ? 'there is one' : 'none is seen'}; ${uses}` };
}

async function examineCache({ env }: Io): Promise<Finding> {
  const what = 'cache';
  try {
    return { what, asked: false, works: true, says: await writableCache(defaultCacheDir(env)) };
  } catch (error) {
    return { what, asked: false, works: false, says: (error as Error).message };
  }
}

async function examineData(
  values: Parameters<typeof open>[0],
  io: Io,
  terminal: Terminal,
  asked: boolean,
): Promise<Finding> {
  const what = 'data';
  // Unasked, nothing is downloaded.
  const wanted = asked ? values : { ...values, database: 'glyphs' };
  try {
    const { name, classes, labels, checksum } = await open(wanted, io, terminal);
    const says = `${name}: ${classes.length} classes, ${labels.length} images, SHA-256 ${checksum.slice(0, 12)}…`;
    return { what, asked, works: true, says };
  } catch (error) {
    return { what, asked, works: false, says: (error as Error).message };
  }
}

function examineSlurm({ env }: Io): Finding {
  const program = (env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'sbatch'));
  const found = program.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  return { what: 'Slurm', asked: false, works: found !== undefined, says: found ?? 'there is no sbatch on the PATH' };
}

/** What is known of the files that data sets are published as: their SHA-256 sums. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type IdxSums, MOST_BYTES } from './idx-file.js';

/** SHA-256 sums of a published file, in hex. */
export interface PublishedSums {
  /** As it is published, gzip'd. */
  readonly file?: string;
  /** Of what is packed in it. */
  readonly unpacked?: string;
  /** Of what is packed in another selection of 400 of NIST's images a class, which this project's results were made with. */
  readonly selection?: string;
}

/** By the files' names without .gz. Of texts: of their lines without blanks around them. */
export type Published = Readonly<Record<string, PublishedSums>>;

/** EMNIST's are of NIST's gzip.zip. */
export const PUBLISHED: Readonly<Record<'emnist' | 'mnist' | 'fashion-mnist', Published>> = {
  emnist: {
    'emnist-balanced-test-images-idx3-ubyte': {
      file: '117fc12b015e37ea98bfb2cbba3f77c3782c056cdbd219b87abfc8661d7135db',
      selection: '77786415da636fe6d2a2b252a346286bc96a91954431ff3d84b15e9878c70178',
    },
    'emnist-balanced-test-labels-idx1-ubyte': {
      file: 'a67cac948379b67270b9a4d0a01c8ec661598accf2f2b1964340b7c83cb175cd',
      selection: '8b3b5a5e36d9288de4dd43bd609c8691dc539bb3540bceaac6bfdc728300180e',
    },
    'emnist-byclass-test-images-idx3-ubyte': {
      file: '5ec835bd5d5b1a66378a132e727fef20fe994b3cc666899befcca5ac766f50cd',
    },
    'emnist-byclass-test-labels-idx1-ubyte': {
      file: '501e305eeeacb093b162592d80e8a2632040872360fa6d85cfcb2200d91ca92a',
    },
    'emnist-bymerge-test-images-idx3-ubyte': {
      file: '5e5815ec1b522089134435f7c55e75a00960b58414793593ffff23efc0821683',
    },
    'emnist-bymerge-test-labels-idx1-ubyte': {
      file: '8bda1516255683ba9071e141947ca0c91a911176065cdd6259b0b4d8dc5b5f35',
    },
    'emnist-digits-test-images-idx3-ubyte': {
      file: '20ebe43509264f7639d37c835a3f0b009e90b29e00a099a03101abe1644a3f63',
    },
    'emnist-digits-test-labels-idx1-ubyte': {
      file: 'bad1834c45d5988e270b99d43b13edc3fd898f658ffbc2caf2846ef27f7b05b0',
    },
    'emnist-letters-test-images-idx3-ubyte': {
      file: '50f0e93d75b99b463e9760b8345866f22587fa2c2fba472730a5ba09c693412d',
    },
    'emnist-letters-test-labels-idx1-ubyte': {
      file: '924955c31fe7fd809b7303b5c0141282955f4b8390c74cdfd5d80435e0f4b4cb',
    },
    'emnist-mnist-test-images-idx3-ubyte': {
      file: 'b25640fa9e356c618132f5df347c95ef5bae6d9c2596be1de40f7e0ae1c3eac6',
      unpacked: '0a5442aeabc1ec6cf0a8335d81debf853b46a7570f5d93805a4d6ef8b7281063',
    },
    'emnist-mnist-test-labels-idx1-ubyte': {
      file: 'bcc5385d38f083dba046f5f756e99b32f5ea7fad122c6243c71c2239873065ca',
      unpacked: 'a0ffd2d4ce92418e020d53cf36f2b6c154c4f59344098a5e8d3c6e588109f0a0',
    },
    'emnist-balanced-mapping.txt': { unpacked: '0b57cacbe7536ef91dd14bf1384f726f436dc619f026c03aa8c14a97e8730468' },
    'emnist-byclass-mapping.txt': { unpacked: 'ea02c181d813f1b49a6d220166b7097864d681f46ea87bbd8766db055debae71' },
    'emnist-digits-mapping.txt': { unpacked: '64e8200e94353bb873e464a7f68f734d200d3cd01121bc6ae0862e10d03afa2f' },
    'emnist-mnist-mapping.txt': { unpacked: '64e8200e94353bb873e464a7f68f734d200d3cd01121bc6ae0862e10d03afa2f' },
  },
  mnist: {
    't10k-images-idx3-ubyte': {
      file: '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6',
      unpacked: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
    },
    't10k-labels-idx1-ubyte': {
      file: 'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6',
      unpacked: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
    },
    'train-images-idx3-ubyte': {
      file: '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609',
      unpacked: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
    },
    'train-labels-idx1-ubyte': {
      file: '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c',
      unpacked: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
    },
  },
  'fashion-mnist': {
    't10k-images-idx3-ubyte': {
      file: '346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073',
      unpacked: '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
    },
    't10k-labels-idx1-ubyte': {
      file: '67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5',
      unpacked: '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
    },
    'train-images-idx3-ubyte': {
      file: '3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84',
      unpacked: 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
    },
    'train-labels-idx1-ubyte': {
      file: 'a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845',
      unpacked: 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
    },
  },
};

/** Whether a file is the published one of its name; undefined where its name, or its sum unpacked, is not known. */
export function isPublished(read: IdxSums, published: Published): boolean | undefined {
  // MNIST's go about with dots too: train-labels.idx1-ubyte.
  const name = basename(read.path, '.gz').replace('.idx', '-idx');
  if (!Object.hasOwn(published, name)) return undefined;
  const known = published[name]!;
  if (read.file === known.file) return true;
  const unpacked = read.unpacked();
  if (unpacked === known.unpacked || unpacked === known.selection) return true;
  return known.unpacked === undefined && read.file === unpacked ? undefined : false;
}

/** The sums of a file in memory. */
export function sumsOf(path: string, bytes: Uint8Array): IdxSums {
  return { path, file: sha256(bytes), unpacked: () => unpackedSum(path, bytes) };
}

function unpackedSum(path: string, bytes: Uint8Array): string {
  if (path.endsWith('.txt')) {
    const lines = Buffer.from(bytes).toString('utf8').trim().split('\n');
    return sha256(lines.map((line) => `${line.trim()}\n`).join(''));
  }
  try {
    return sha256(gunzipSync(bytes, { maxOutputLength: MOST_BYTES }));
  } catch {
    return ''; // What cannot be unpacked is none of them.
  }
}

function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

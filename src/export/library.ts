/** The array libraries of Python that a rule can be written for. */

import type { Activation } from '../network/activation.js';
import type { Notation } from './code.js';
import { JAX, NUMPY, PYTORCH } from './notation.js';

/** What differs between the libraries. */
export interface Library {
  readonly imports: readonly string[];
  /** The module of array functions. */
  readonly m: string;
  readonly notation: Notation;
  /** Expressions of z. */
  readonly activation: Readonly<Record<Activation, string>>;
  readonly softmax: readonly string[];
  /** To keep the summed axis; zeros of a shape. */
  readonly keep: string;
  readonly zeros: (shape: string) => string;
  /** Whether update() changes the given matrices themselves. */
  readonly inPlace: boolean;
  readonly decorator?: string;
  /** A function that expressions may use. */
  readonly helper?: readonly string[];
  /** What update does with the given matrices. */
  readonly returns: string;
  /** Double precision: how to ask for it, and a matrix of a list. */
  readonly prelude?: string;
  readonly array: string;
  /** Random numbers that follow from `seed`, and a matrix of `rows` x `columns` of them between -r and r. */
  readonly generator: string;
  readonly uniform: string;
}

const numpyLike = (m: string) => ({
  relu: `${m}.maximum(z, 0.0)`,
  tanh: `${m}.tanh(z)`,
  sigmoid: `1.0 / (1.0 + ${m}.exp(-z))`,
  identity: 'z',
});

export const LIBRARIES = {
  numpy: {
    imports: ['import numpy as np'],
    m: 'np',
    keep: 'keepdims=True',
    zeros: (shape) => `np.zeros(${shape})`,
    notation: NUMPY,
    activation: {
      softplus: 'np.logaddexp(0.0, beta * z) / beta',
      ...numpyLike('np'),
    },
    softmax: ['p = np.exp(z - z.max(-1, keepdims=True))', 'return p / p.sum(-1, keepdims=True)'],
    inPlace: false,
    returns: 'The matrices after one step, as new lists.',
    array: 'np.array(rows)',
    generator: 'rng = np.random.default_rng(seed)',
    uniform: 'rng.uniform(-r, r, (rows, columns))',
  },
  jax: {
    imports: ['import jax', 'import jax.numpy as jnp'],
    m: 'jnp',
    keep: 'keepdims=True',
    zeros: (shape) => `jnp.zeros(${shape})`,
    notation: JAX,
    activation: {
      softplus: 'jnp.logaddexp(0.0, beta * z) / beta',
      ...numpyLike('jnp'),
    },
    softmax: ['return jax.nn.softmax(z, axis=-1)'],
    inPlace: false,
    returns: 'The matrices after one step, as new lists.',
    prelude: 'jax.config.update("jax_enable_x64", True)',
    array: 'jnp.array(rows)',
    generator: 'keys = iter(jax.random.split(jax.random.PRNGKey(seed), 2 * len(layers)))',
    uniform: 'jax.random.uniform(next(keys), (rows, columns), minval=-r, maxval=r)',
  },
  pytorch: {
    imports: ['import torch'],
    m: 'torch',
    keep: 'keepdim=True',
    zeros: (shape) => `W_l.new_zeros(${shape})`,
    notation: PYTORCH,
    activation: {
      softplus: 'torch.logaddexp(torch.zeros_like(z), beta * z) / beta',
      ...numpyLike('torch'),
      relu: 'torch.relu(z)',
    },
    softmax: ['return torch.softmax(z, dim=-1)'],
    inPlace: true,
    helper: ['def tensor(x):', '    return x if torch.is_tensor(x) else torch.tensor(x, dtype=torch.float64)'],
    decorator: '@torch.no_grad()',
    returns: 'One step: changes the matrices in place (parameters of modules too) and returns them.',
    array: 'torch.tensor(rows, dtype=torch.float64)',
    generator: 'generator = torch.Generator().manual_seed(seed)',
    uniform: 'torch.empty(rows, columns).uniform_(-r, r, generator=generator)',
  },
} as const satisfies Readonly<Record<string, Library>>;

/** Rules to begin with. The coefficients are those that 600 episodes on these images came to, rounded, unless it says otherwise. */
import type { Setting } from './setting.js';

export interface Preset {
  readonly name: string;
  readonly why: string;
  readonly setting: Partial<Setting> & Pick<Setting, 'theta' | 'feedback'>;
}

export const PRESETS: readonly Preset[] = [
  {
    name: 'FA',
    why: 'Feedback alignment: gradient descent with errors that come back through fixed random connections. In a deep network they arrive at the lower layers as noise.',
    setting: { theta: { F0: 0.011 }, feedback: 'fix' },
  },
  {
    name: 'BP',
    why: 'Backpropagation: the same rule with the transposed weights as feedback. Efficient, but no synapse of a brain could know the weight of another.',
    setting: { theta: { F0: 0.018 }, feedback: 'sym' },
  },
  {
    name: 'F_bio',
    why: 'What the paper selects: feedback alignment with eHebb and Oja. Every term uses only what the two neurons at a synapse know, and it learns about as well as backpropagation.',
    setting: { theta: { F0: 0.011, F2: -0.05, F9: 0.0055 }, feedback: 'fix' },
  },
  {
    name: 'eHebb',
    why: 'Hebbian learning between errors, with a negative coefficient: it turns the weights towards the feedback, so that the errors align.',
    setting: { theta: { F0: 0.0136, F2: -0.11 }, feedback: 'fix' },
  },
  {
    name: 'Oja',
    why: 'Hebbian growth with a decay that keeps it bounded: a layer keeps what distinguishes its inputs, before any error has reached it.',
    setting: { theta: { F0: 0.0149, F9: 0.0078 }, feedback: 'fix' },
  },
  {
    name: 'DFA',
    why: 'Direct feedback: the error at the output goes straight to every layer. With so few images it learns next to nothing here.',
    setting: { theta: { F0: 0.0035 }, feedback: 'dfa' },
  },
  {
    name: 'Kolen-Pollack',
    why: 'Weights and feedback that change by the same product and decay alike become each other’s transpose. The feedback has to learn too, which only the reference engine can: at the command line, --fbk plastic --engine reference --vec kp. Here is what it comes to in the end: symmetric feedback, with weight decay.',
    setting: { theta: { F0: 0.018, F3: 0.0003 }, feedback: 'sym' },
  },
];

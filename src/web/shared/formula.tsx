/** Formulas of rules as MathML, in the paper's letters. */
import type { ComponentChildren, JSX } from 'preact';
import { type Expression, parseFormula } from '../../plasticity/grammar.js';

const LETTERS: Readonly<Record<string, readonly [letter: string, below: string]>> = {
  y: ['y', 'ℓ'],
  e: ['e', 'ℓ'],
  z: ['z', 'ℓ'],
  one: ['1', ''],
  y_pre: ['y', 'ℓ−1'],
  e_pre: ['e', 'ℓ−1'],
  one_pre: ['1', ''],
  W: ['W', 'ℓ'],
  B: ['B', 'ℓ'],
};

/** A term of a rule, its coefficient before its formula; as plain text where that cannot be read. */
export function TermFormula({ name, formula }: { name: string; formula: string }): JSX.Element {
  let expression: Expression;
  try {
    expression = parseFormula(formula);
  } catch {
    return <code>{formula}</code>;
  }
  const negative = expression.kind === 'negate';
  return (
    <math>
      <mrow>
        {negative && <mo>−</mo>}
        <Theta name={name} />
        <mo>&#8290;</mo>
        {bracket(expression.kind === 'negate' ? expression.of : expression)}
      </mrow>
    </math>
  );
}

/** A coefficient's symbol: theta with the term's number or name. */
function Theta({ name }: { name: string }): JSX.Element {
  const [, number] = /^F(\d+)$/.exec(name) ?? [];
  return (
    <msub>
      <mi>θ</mi>
      <mtext>{number ?? name}</mtext>
    </msub>
  );
}

function draw(at: Expression): ComponentChildren {
  switch (at.kind) {
    case 'number':
      return <mn>{at.value}</mn>;
    case 'name': {
      const [letter, below] = Object.hasOwn(LETTERS, at.name) ? LETTERS[at.name]! : [undefined, ''];
      if (letter === undefined) return <mi>{at.name}</mi>;
      const bold = <mi class="bold">{letter}</mi>;
      return below === '' ? bold : <msub>{[bold, <mi key="b">{below}</mi>]}</msub>;
    }
    case 'negate':
      return [<mo key="m">−</mo>, bracket(at.of)];
    case 'transpose':
      return (
        <msup>
          <mrow>{at.of.kind === 'name' ? draw(at.of) : brackets(at.of)}</mrow>
          <mo>⊤</mo>
        </msup>
      );
    case 'call': {
      const head = at.name === 'sum' ? <mo key="s">∑</mo> : <mi key="s">{at.name}</mi>;
      const args = at.args.map((one, i) => (i === 0 ? draw(one) : [<mo key={i}>,</mo>, draw(one)]));
      return [
        head,
        <mrow key="a">
          <mo>(</mo>
          {args}
          <mo>)</mo>
        </mrow>,
      ];
    }
    case 'power':
      return (
        <msup>
          <mrow>{at.of.kind === 'name' ? draw(at.of) : brackets(at.of)}</mrow>
          <mn>{at.exponent}</mn>
        </msup>
      );
    case 'divide':
      return at.each ? (
        [factor(at.left), <mo key="o">⊘</mo>, factor(at.right)]
      ) : (
        <mfrac>
          <mrow>{draw(at.left)}</mrow>
          <mrow>{draw(at.right)}</mrow>
        </mfrac>
      );
    case 'add': {
      const negative = at.right.kind === 'negate';
      return [
        draw(at.left),
        <mo key="o">{negative ? '−' : '+'}</mo>,
        bracket(at.right.kind === 'negate' ? at.right.of : at.right),
      ];
    }
    case 'elementwise':
      return [factor(at.left), <mo key="o">⊙</mo>, factor(at.right)];
    case 'product':
      return at.factors.map((one, i) => <mrow key={i}>{factor(one)}</mrow>);
  }
}

const brackets = (at: Expression): ComponentChildren => (
  <mrow>
    <mo>(</mo>
    {draw(at)}
    <mo>)</mo>
  </mrow>
);

function bracket(at: Expression): ComponentChildren {
  return at.kind === 'add' || at.kind === 'negate' ? brackets(at) : draw(at);
}

function factor(at: Expression): ComponentChildren {
  return ['name', 'transpose', 'call', 'power', 'number'].includes(at.kind) ? draw(at) : brackets(at);
}

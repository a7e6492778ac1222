/**
 * Text -> syntax tree.
 *
 *     term     = [name '='] sum
 *     sum      = ['+' | '-'] product { ('+' | '-') product }
 *     product  = factor { ['*' | '.*' | '/' | './'] factor }     '*' or nothing: matrix product; '.*', './': element by element
 *     factor   = atom { "'" | '^T' | '.^' exponent }
 *     exponent = ['-'] number | '(' ['-'] number ')'
 *     atom     = number | name | function '(' sum { ',' sum } ')' | '(' sum ')'
 */

import { printable, shortened } from '../text.js';
import { CALLS } from './functions.js';

/** What a formula may be at most: far more than a rule needs, and far less than the stack of a recursion holds. */
const MOST_CHARACTERS = 5000;
const MOST_NESTED = 100;

/** Characters of a name. */
const MOST_OF_A_NAME = 100;

/** Characters of a formula around its fault that a message shows. */
const EXCERPT = 100;

/** Where a piece stands in its text: [start, end). */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type Expression = Span &
  (
    | { readonly kind: 'number'; readonly value: number }
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'transpose' | 'negate'; readonly of: Expression }
    | { readonly kind: 'power'; readonly of: Expression; readonly exponent: number }
    | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
    | { readonly kind: 'add' | 'elementwise'; readonly left: Expression; readonly right: Expression }
    /** `each`: element by element. */
    | { readonly kind: 'divide'; readonly left: Expression; readonly right: Expression; readonly each: boolean }
    /** A chain of matrix products, which may be bracketed at will. */
    | { readonly kind: 'product'; readonly factors: readonly Expression[] }
  );

/** What is wrong with a formula, and where. The message is one sentence. */
export class RuleError extends Error {
  override readonly name: string = 'RuleError';

  constructor(message: string) {
    super(printable(message));
  }
}

/** It is a learned constant that is wrong, not a term. */
export class ConstantError extends RuleError {}

/** A RuleError that points into `text`. */
export function errorAt(text: string, at: Span, problem: string): RuleError {
  const from = text.length <= EXCERPT ? 0 : Math.max(0, at.start - EXCERPT / 2);
  const to = Math.min(text.length, from + EXCERPT);
  const excerpt = `${from > 0 ? '…' : ''}${text.slice(from, to)}${to < text.length ? '…' : ''}`;
  return new RuleError(`${problem}, at character ${at.start + 1} of "${excerpt}"`);
}

/** A formula has a name that means nothing. */
export class UnknownNameError extends RuleError {
  constructor(
    message: string,
    readonly unknown: string,
    /** The names that mean something there. */
    readonly valid: readonly string[],
  ) {
    super(message);
  }
}

interface Token extends Span {
  readonly text: string;
  readonly kind: 'number' | 'name' | 'symbol' | 'end';
}

/** @throws RuleError for a name that no line of a table, and no figure, has room for. */
export function checkLength(name: string, Fault = RuleError): void {
  if (name.length > MOST_OF_A_NAME)
    throw new Fault(
      `a name can have at most ${MOST_OF_A_NAME} characters, not ${name.length} ('${shortened(name, 20)}')`,
    );
}

/** A dot before *, / or ^ is the operation's, not the number's. */
const TOKEN =
  /\s*(?:((?:\d+(?:\.(?![*/^])\d*)?|\.\d+)(?:[eE][+-]?\d+)?)|([A-Za-z]\w*)|(\^T(?!\w)|\.[*/^]|[-+*/'(),]))/y;

/** What may be meant by what is not part of a formula. */
const MEANT: Readonly<Record<string, string>> = {
  '^': ": powers are written .^, as in y.^2, and the transpose ' or ^T",
  '.': ': element by element is .* or ./ or .^',
  '=': ': a term has one name, before its only =',
  ';': ': give each term by itself',
  '[': ': brackets are ( and )',
  ']': ': brackets are ( and )',
  '@': ': the matrix product is * or nothing',
};

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) {
      const start = from + (text.slice(from).length - text.slice(from).trimStart().length);
      const meant = MEANT[text[start]!] ?? '';
      throw errorAt(text, { start, end: start + 1 }, `'${text[start]}' is not part of a formula${meant}`);
    }
    const [all, number, name, symbol] = match;
    const piece = number ?? name ?? symbol ?? '';
    const start = match.index + all.length - piece.length;
    const kind = number !== undefined ? 'number' : name !== undefined ? 'name' : 'symbol';
    tokens.push({ text: piece, kind, start, end: start + piece.length });
  }
  tokens.push({ text: '', kind: 'end', start: end, end });
  return tokens;
}

/**
 * Parse one formula.
 * @param hides whether a name is a constant's, and no function's of that name
 * @throws RuleError pointing at the first character that does not fit.
 */
export function parseFormula(text: string, hides: (name: string) => boolean = () => false): Expression {
  if (text.length > MOST_CHARACTERS)
    throw new RuleError(`a formula can have at most ${MOST_CHARACTERS} characters, not ${text.length}`);
  const tokens = tokenize(text);
  let next = 0;
  let nested = 0;
  const peek = (): Token => tokens[next]!;
  const take = (...symbols: string[]): Token | undefined =>
    peek().kind === 'symbol' && symbols.includes(peek().text) ? tokens[next++] : undefined;
  const expect = (symbol: string): Token => {
    const token = take(symbol);
    if (!token) throw errorAt(text, peek(), `'${symbol}' expected instead of ${describe(peek())}`);
    return token;
  };

  /** Brackets, and transposes of transposes, each hold what is one deeper. */
  function deeper(depth: number, at: Token): void {
    if (depth > MOST_NESTED)
      throw errorAt(text, at, `brackets and transposes can be nested at most ${MOST_NESTED} deep`);
  }

  function inBrackets(open: Token): { of: Expression; close: Token } {
    deeper(++nested, open);
    const of = sum();
    nested--;
    return { of, close: expect(')') };
  }

  function sum(): Expression {
    const sign = take('-', '+');
    const first = product();
    let left: Expression =
      sign?.text === '-' ? { kind: 'negate', of: first, start: sign.start, end: first.end } : first;
    for (let sign = take('+', '-'); sign; sign = take('+', '-')) {
      const term = product();
      const right: Expression =
        sign.text === '-' ? { kind: 'negate', of: term, start: term.start, end: term.end } : term;
      left = { kind: 'add', left, right, start: left.start, end: right.end };
    }
    return left;
  }

  function product(): Expression {
    let chain = [factor()];
    const close = (): Expression =>
      chain.length === 1
        ? chain[0]!
        : { kind: 'product', factors: chain, start: chain[0]!.start, end: chain.at(-1)!.end };
    for (;;) {
      const operation = take('.*', './', '/')?.text;
      if (operation) {
        const left = close();
        const right = factor();
        const span = { left, right, start: left.start, end: right.end };
        const each = operation === './';
        chain = [operation === '.*' ? { kind: 'elementwise', ...span } : { kind: 'divide', each, ...span }];
      } else if (take('*') || peek().kind === 'number' || peek().kind === 'name' || peek().text === '(') {
        chain.push(factor());
      } else return close();
    }
  }

  function factor(): Expression {
    let of = atom();
    let depth = nested;
    for (let mark = take("'", '^T', '.^'); mark; mark = take("'", '^T', '.^')) {
      deeper(++depth, mark);
      if (mark.text === '.^') of = { kind: 'power', of, start: of.start, ...exponent() };
      else of = { kind: 'transpose', of, start: of.start, end: mark.end };
    }
    return of;
  }

  function exponent(): { exponent: number; end: number } {
    const open = take('(');
    const sign = take('-') ? -1 : 1;
    const token = peek();
    if (token.kind !== 'number') throw errorAt(text, token, `a number expected instead of ${describe(token)}`);
    next++;
    return { exponent: sign * Number(token.text), end: (open ? expect(')') : token).end };
  }

  function call(name: Token): Expression {
    const open = expect('(');
    deeper(++nested, open);
    const args = [sum()];
    while (take(',')) args.push(sum());
    nested--;
    const { end } = expect(')');
    const count = CALLS[name.text]!;
    if (args.length !== count)
      throw errorAt(
        text,
        name,
        `${name.text}() takes ${count === 1 ? 'one value' : `${count} values`}, not ${args.length}`,
      );
    return { kind: 'call', name: name.text, args, start: name.start, end };
  }

  function atom(): Expression {
    const token = peek();
    if (take('(')) {
      const { of, close } = inBrackets(token);
      return { ...of, start: token.start, end: close.end };
    }
    if (token.kind === 'number') {
      next++;
      const value = Number(token.text);
      if (!Number.isFinite(value)) throw errorAt(text, token, `${token.text} is too large a number`);
      return { kind: 'number', value, start: token.start, end: token.end };
    }
    if (token.kind === 'name') {
      next++;
      if (Object.hasOwn(CALLS, token.text) && !hides(token.text)) return call(token);
      return { kind: 'name', name: token.text, start: token.start, end: token.end };
    }
    throw errorAt(text, token, `a name, a number or '(' expected instead of ${describe(token)}`);
  }

  const whole = sum();
  if (peek().kind !== 'end') throw errorAt(text, peek(), `${describe(peek())} is one too many`);
  return whole;
}

const describe = (token: Token): string => (token.kind === 'end' ? 'the end' : `'${shortened(token.text)}'`);

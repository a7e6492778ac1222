import type { MatrixShape } from '../../network/layers.js';

/** A dense row-major matrix and the few ways in which the learning rules touch it. Vectors are columns. */
export class Matrix {
  constructor(
    readonly rows: number,
    readonly columns: number,
    readonly data: Float64Array = new Float64Array(rows * columns),
  ) {}

  copy(): Matrix {
    return new Matrix(this.rows, this.columns, this.data.slice());
  }

  copyFrom(other: Matrix): void {
    this.data.set(other.data);
  }

  /** out += W x */
  times(x: Float64Array, out: Float64Array): Float64Array {
    const { rows, columns, data } = this;
    for (let i = 0, at = 0; i < rows; i++) {
      let sum = 0;
      for (let j = 0; j < columns; j++) sum += data[at++]! * x[j]!;
      out[i]! += sum;
    }
    return out;
  }

  /** out += W'p, four rows a pass, which reads and writes `out` a quarter as often. */
  transposeTimes(p: Float64Array, out: Float64Array): Float64Array {
    const { rows, columns, data } = this;
    let i = 0;
    for (; i + 3 < rows; i += 4) {
      const [p0, p1, p2, p3] = [p[i]!, p[i + 1]!, p[i + 2]!, p[i + 3]!];
      const at = i * columns;
      for (let j = 0; j < columns; j++)
        out[j]! +=
          data[at + j]! * p0 +
          data[at + columns + j]! * p1 +
          data[at + 2 * columns + j]! * p2 +
          data[at + 3 * columns + j]! * p3;
    }
    for (; i < rows; i++) addTo(out, p[i]!, data.subarray(i * columns, (i + 1) * columns));
    return out;
  }

  /** W += u v' */
  add(u: Float64Array, v: Float64Array): void {
    const { rows, columns, data } = this;
    for (let i = 0, at = 0; i < rows; i++) {
      const factor = u[i]!;
      for (let j = 0; j < columns; j++) data[at++]! += factor * v[j]!;
    }
  }

  /** W = W .* V */
  multiplyEach({ data }: Matrix): void {
    for (let i = 0; i < data.length; i++) this.data[i]! *= data[i]!;
  }

  /** W += s V */
  addScaled(s: number, other: Matrix): void {
    addTo(this.data, s, other.data);
  }

  /** |this| with the signs of `other`; zero where that is zero. */
  signed(other: Matrix): Matrix {
    const data = this.data.map((value, i) => Math.abs(value) * Math.sign(other.data[i]!));
    return new Matrix(this.rows, this.columns, data);
  }

  /** `this` times the signs of `other`. */
  withSigns(other: Matrix): Matrix {
    const data = this.data.map((value, i) => value * Math.sign(other.data[i]!));
    return new Matrix(this.rows, this.columns, data);
  }

  /** A matrix of such data, or of zeros. */
  static of({ rows, columns }: MatrixShape, data?: Float32Array | Float64Array): Matrix {
    return new Matrix(rows, columns, data && Float64Array.from(data));
  }

  /** sum of the element-wise product with `other` */
  inner(other: Matrix): number {
    return dot(this.data, other.data);
  }
}

/** a'b */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** out += s x */
export function addTo(out: Float64Array, s: number, x: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i]! += s * x[i]!;
}

/** out += a .* b; an `a` of length 1 multiplies all of b. */
export function addProduct(out: Float64Array, a: Float64Array, b: Float64Array): void {
  if (a.length === 1) addTo(out, a[0]!, b);
  else for (let i = 0; i < out.length; i++) out[i]! += a[i]! * b[i]!;
}

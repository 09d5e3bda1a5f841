//! How are many vectors of whole numbers multiplied fast? Sixteen or thirty-two numbers at once where the machine can, a few vectors with a few rows at once,
//! so that each number is loaded seldom; short rows side by side, so that no sum need be added up. Sums of whole numbers are the same on every machine.

#[cfg(target_arch = "x86_64")]
mod wide;

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{__m256i, __m512i};

#[cfg(target_arch = "x86_64")]
use pulp::{
    NullaryFnOnce,
    x86::{V3, V4},
};

/// Vectors and rows that are multiplied at once: their sums fit in the registers.
const VECTORS: usize = 2;
const ROWS: usize = 4;

/// Rows that lie side by side.
pub const SIDE: usize = 16;
/// Vectors that are multiplied with them at once.
pub const TOGETHER: usize = 4;
/// Two numbers of each of [`SIDE`] rows, as bytes.
pub type Pairs = [u8; 2 * SIDE];

/// A number: signed, in eight bits as a byte, or in sixteen.
pub trait Value: Copy {
    /// As a number of 32 bits.
    fn whole(self) -> i32;

    /// Sixteen numbers of 16 bits.
    #[cfg(target_arch = "x86_64")]
    fn sixteen(simd: V3, values: &[Self; 16]) -> __m256i;

    /// Thirty-two numbers of 16 bits.
    #[cfg(target_arch = "x86_64")]
    fn thirty_two(simd: V4, values: &[Self; 32]) -> __m512i;
}

impl Value for u8 {
    #[inline(always)]
    fn whole(self) -> i32 {
        i32::from(self as i8)
    }

    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    fn sixteen(simd: V3, values: &[Self; 16]) -> __m256i {
        simd.avx2._mm256_cvtepi8_epi16(pulp::cast(*values))
    }

    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    fn thirty_two(simd: V4, values: &[Self; 32]) -> __m512i {
        simd.avx512bw._mm512_cvtepi8_epi16(pulp::cast(*values))
    }
}

impl Value for i16 {
    #[inline(always)]
    fn whole(self) -> i32 {
        i32::from(self)
    }

    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    fn sixteen(_: V3, values: &[Self; 16]) -> __m256i {
        pulp::cast(*values)
    }

    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    fn thirty_two(_: V4, values: &[Self; 32]) -> __m512i {
        pulp::cast(*values)
    }
}

/// The products of each of some vectors with each of some rows, `[vectors.len(), rows.len()]`. All are of the same length, and no sum exceeds 32 bits.
pub fn products<A: Value, B: Value>(vectors: &[&[A]], rows: &[&[B]]) -> Vec<i32> {
    #[cfg(target_arch = "x86_64")]
    if let Some(kernel) = V4::try_new() {
        return kernel.vectorize(Table {
            kernel,
            vectors,
            rows,
        });
    } else if let Some(kernel) = V3::try_new() {
        return kernel.vectorize(Table {
            kernel,
            vectors,
            rows,
        });
    }
    table(Plain, vectors, rows)
}

/// The same for vectors and rows of `dim` numbers that lie one after the other.
pub fn products_of_runs<A: Value, B: Value>(vectors: &[A], rows: &[B], dim: usize) -> Vec<i32> {
    let dim = dim.max(1);
    let (vectors, rows): (Vec<&[A]>, Vec<&[B]>) = (
        vectors.chunks_exact(dim).collect(),
        rows.chunks_exact(dim).collect(),
    );
    products(&vectors, &rows)
}

/// The products of up to [`TOGETHER`] vectors with rows that lie side by side in blocks of `n_pairs`: of each vector, [`SIDE`] products a block. Numbers that
/// a vector has beyond the rows count for nothing, and those that it lacks are zeros. No sum may exceed 32 bits.
pub fn products_side_by_side(
    blocks: &[Pairs],
    n_pairs: usize,
    vectors: &[&[i16]],
) -> [Vec<[i32; SIDE]>; TOGETHER] {
    let pairs = paired(vectors, n_pairs);
    #[cfg(target_arch = "x86_64")]
    if let Some(kernel) = V4::try_new() {
        return kernel.vectorize(SideBySide {
            kernel,
            blocks,
            pairs: &pairs,
        });
    } else if let Some(kernel) = V3::try_new() {
        return kernel.vectorize(SideBySide {
            kernel,
            blocks,
            pairs: &pairs,
        });
    }
    side_by_side(Plain, blocks, &pairs)
}

/// Pairs of numbers of up to [`TOGETHER`] vectors, side by side.
fn paired(vectors: &[&[i16]], n_pairs: usize) -> Vec<[[i16; 2]; TOGETHER]> {
    let mut pairs = vec![[[0; 2]; TOGETHER]; n_pairs];
    for (at, vector) in vectors.iter().enumerate().take(TOGETHER) {
        pairs
            .as_flattened_mut()
            .iter_mut()
            .skip(at)
            .step_by(TOGETHER)
            .zip(vector.chunks(2))
            .for_each(|(pair, numbers)| {
                pair[..numbers.len()].copy_from_slice(numbers);
            });
    }
    pairs
}

/// Multiplies a few vectors with a few rows.
trait Kernel: Copy {
    fn block<A: Value, B: Value, const V: usize, const R: usize>(
        self,
        vectors: [&[A]; V],
        rows: [&[B]; R],
    ) -> [[i32; R]; V];

    /// Multiplies pairs of each of some vectors with those of one block of rows.
    fn side(self, block: &[Pairs], vectors: &[[[i16; 2]; TOGETHER]]) -> [[i32; SIDE]; TOGETHER];
}

/// What every machine can.
#[derive(Clone, Copy)]
struct Plain;

impl Kernel for Plain {
    #[inline(always)]
    fn block<A: Value, B: Value, const V: usize, const R: usize>(
        self,
        vectors: [&[A]; V],
        rows: [&[B]; R],
    ) -> [[i32; R]; V] {
        vectors.map(|vector| {
            rows.map(|row| {
                vector
                    .iter()
                    .zip(row)
                    .map(|(a, b)| a.whole() * b.whole())
                    .sum()
            })
        })
    }

    #[inline(always)]
    fn side(self, block: &[Pairs], vectors: &[[[i16; 2]; TOGETHER]]) -> [[i32; SIDE]; TOGETHER] {
        let mut sums = [[0; SIDE]; TOGETHER];
        for (rows, vectors) in block.iter().zip(vectors) {
            for (sums, [a, b]) in sums.iter_mut().zip(vectors) {
                for (sum, row) in sums.iter_mut().zip(rows.as_chunks::<2>().0) {
                    *sum += a.whole() * row[0].whole() + b.whole() * row[1].whole();
                }
            }
        }
        sums
    }
}

/// All products with the instructions of a kernel's machine.
#[cfg(target_arch = "x86_64")]
struct Table<'a, K, A, B> {
    kernel: K,
    vectors: &'a [&'a [A]],
    rows: &'a [&'a [B]],
}

#[cfg(target_arch = "x86_64")]
impl<K: Kernel, A: Value, B: Value> NullaryFnOnce for Table<'_, K, A, B> {
    type Output = Vec<i32>;

    #[inline(always)]
    fn call(self) -> Vec<i32> {
        table(self.kernel, self.vectors, self.rows)
    }
}

/// The same for rows that lie side by side.
#[cfg(target_arch = "x86_64")]
struct SideBySide<'a, K> {
    kernel: K,
    blocks: &'a [Pairs],
    pairs: &'a [[[i16; 2]; TOGETHER]],
}

#[cfg(target_arch = "x86_64")]
impl<K: Kernel> NullaryFnOnce for SideBySide<'_, K> {
    type Output = [Vec<[i32; SIDE]>; TOGETHER];

    #[inline(always)]
    fn call(self) -> Self::Output {
        side_by_side(self.kernel, self.blocks, self.pairs)
    }
}

#[inline(always)]
fn side_by_side<K: Kernel>(
    kernel: K,
    blocks: &[Pairs],
    pairs: &[[[i16; 2]; TOGETHER]],
) -> [Vec<[i32; SIDE]>; TOGETHER] {
    let blocks = blocks.chunks_exact(pairs.len().max(1));
    let mut all: [Vec<[i32; SIDE]>; TOGETHER] =
        std::array::from_fn(|_| Vec::with_capacity(blocks.len()));
    for block in blocks {
        let sums = kernel.side(block, pairs);
        for (all, sums) in all.iter_mut().zip(sums) {
            all.push(sums);
        }
    }
    all
}

#[inline(always)]
fn table<K: Kernel, A: Value, B: Value>(kernel: K, vectors: &[&[A]], rows: &[&[B]]) -> Vec<i32> {
    let mut products = vec![0; vectors.len() * rows.len()];
    let (fours, last_rows) = rows.as_chunks::<ROWS>();
    let (pairs, last_vectors) = vectors.as_chunks::<VECTORS>();
    let n_rows = rows.len();
    for (number, rows) in fours.iter().enumerate() {
        let mut put = |vector: usize, of_rows: [i32; ROWS]| {
            let start = vector * n_rows + number * ROWS;
            products[start..start + ROWS].copy_from_slice(&of_rows);
        };
        for (pair, vectors) in pairs.iter().enumerate() {
            let block = kernel.block(*vectors, *rows);
            block
                .into_iter()
                .enumerate()
                .for_each(|(at, of_rows)| put(pair * VECTORS + at, of_rows));
        }
        for (at, vector) in last_vectors.iter().enumerate() {
            let [of_rows] = kernel.block([vector], *rows);
            put(pairs.len() * VECTORS + at, of_rows);
        }
    }
    for (at, row) in last_rows.iter().enumerate() {
        for (vector, numbers) in vectors.iter().enumerate() {
            let [[product]] = kernel.block([numbers], [*row]);
            products[vector * n_rows + fours.len() * ROWS + at] = product;
        }
    }
    products
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever the machine has and however many there are, products are those of the definition.
    #[test]
    fn the_fast_way_equals_the_definition() {
        for dim in [1, 15, 16, 40, 256] {
            for (n_vectors, n_rows) in [(0, 3), (1, 1), (2, 4), (3, 5), (5, 11)] {
                let vectors: Vec<i16> = (0..n_vectors * dim)
                    .map(|at| (at * 7919 % 8191) as i16 - 4095)
                    .collect();
                let rows: Vec<u8> = (0..n_rows * dim).map(|at| (at * 31 % 255) as u8).collect();
                let wide: Vec<i16> = rows.iter().map(|value| i16::from(*value as i8)).collect();
                let exact = |vector: usize, row: usize| -> i32 {
                    (0..dim)
                        .map(|at| {
                            i32::from(vectors[vector * dim + at]) * i32::from(wide[row * dim + at])
                        })
                        .sum()
                };
                let expected: Vec<i32> = (0..n_vectors)
                    .flat_map(|vector| (0..n_rows).map(move |row| (vector, row)))
                    .map(|(a, b)| exact(a, b))
                    .collect();
                assert_eq!(
                    products_of_runs(&vectors, &rows, dim),
                    expected,
                    "bytes, {dim}, {n_vectors}, {n_rows}"
                );
                assert_eq!(
                    products_of_runs(&vectors, &wide, dim),
                    expected,
                    "words, {dim}, {n_vectors}, {n_rows}"
                );
                let of_bytes: Vec<i32> = (0..n_rows)
                    .flat_map(|row| (0..n_vectors).map(move |vector| exact(vector, row)))
                    .collect();
                assert_eq!(
                    products_of_runs(&rows, &vectors, dim),
                    of_bytes,
                    "bytes as vectors, {dim}, {n_vectors}, {n_rows}"
                );
                let [vectors, wide] =
                    [&vectors, &wide].map(|runs| runs.chunks_exact(dim).collect::<Vec<_>>());
                assert_eq!(
                    table(Plain, &vectors, &wide),
                    expected,
                    "plain, {dim}, {n_vectors}, {n_rows}"
                );
                #[cfg(target_arch = "x86_64")]
                if let Some(kernel) = V3::try_new() {
                    assert_eq!(
                        table(kernel, &vectors, &wide),
                        expected,
                        "sixteen, {dim}, {n_vectors}, {n_rows}"
                    );
                }
            }
        }
    }

    #[test]
    fn rows_that_lie_side_by_side_have_the_same_products() {
        for (n_vectors, n_blocks, n_pairs) in [(1, 1, 1), (3, 2, 5), (4, 3, 48)] {
            let vectors: Vec<Vec<i16>> = (0..n_vectors)
                .map(|vector| {
                    (0..2 * n_pairs)
                        .map(|at| ((vector * 131 + at * 7919) % 8191) as i16 - 4095)
                        .collect()
                })
                .collect();
            let row = |row: usize, at: usize| (row * 57 + at * 31) as u8;
            let of_block = |block: usize| {
                (0..n_pairs).map(move |pair| {
                    std::array::from_fn(|at| row(block * SIDE + at / 2, 2 * pair + at % 2))
                })
            };
            let blocks: Vec<Pairs> = (0..n_blocks).flat_map(of_block).collect();
            let given: Vec<&[i16]> = vectors.iter().map(Vec::as_slice).collect();
            let products = products_side_by_side(&blocks, n_pairs, &given);
            for (vector, products) in vectors.iter().zip(&products) {
                let exact = |number: usize| -> i32 {
                    vector
                        .iter()
                        .enumerate()
                        .map(|(at, value)| i32::from(*value) * row(number, at).whole())
                        .sum()
                };
                assert_eq!(
                    products.as_flattened(),
                    (0..n_blocks * SIDE).map(exact).collect::<Vec<_>>(),
                    "{n_vectors}, {n_blocks}, {n_pairs}"
                );
            }
            let short: Vec<&[i16]> = vectors
                .iter()
                .map(|vector| &vector[..2 * n_pairs - 1])
                .collect();
            let cut: Vec<Vec<i16>> = short
                .iter()
                .map(|vector| vector.iter().copied().chain([0]).collect())
                .collect();
            let cut: Vec<&[i16]> = cut.iter().map(Vec::as_slice).collect();
            let pairs = paired(&given, n_pairs);
            assert_eq!(side_by_side(Plain, &blocks, &pairs), products, "plain");
            #[cfg(target_arch = "x86_64")]
            if let Some(kernel) = V3::try_new() {
                assert_eq!(side_by_side(kernel, &blocks, &pairs), products, "sixteen");
            }
            assert_eq!(
                products_side_by_side(&blocks, n_pairs, &short),
                products_side_by_side(&blocks, n_pairs, &cut)
            );
        }
    }
}

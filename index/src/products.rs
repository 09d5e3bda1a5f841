//! How are many vectors of whole numbers multiplied fast? Sixteen or thirty-two numbers at once where the machine can, a few vectors with a few rows at once,
//! so that each number is loaded seldom. Sums of whole numbers are the same on every machine.

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

/// A number of a row: signed, in eight bits as a byte, or in sixteen.
pub(crate) trait Value: Copy {
    fn whole(self) -> i32;

    #[cfg(target_arch = "x86_64")]
    fn sixteen(simd: V3, values: &[Self; 16]) -> __m256i;

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
pub(crate) fn products<T: Value>(vectors: &[&[i16]], rows: &[&[T]]) -> Vec<i32> {
    #[cfg(target_arch = "x86_64")]
    if let Some(kernel) = V4::try_new() {
        return kernel.vectorize(Table { kernel, vectors, rows });
    } else if let Some(kernel) = V3::try_new() {
        return kernel.vectorize(Table { kernel, vectors, rows });
    }
    table(Plain, vectors, rows)
}

/// The same for vectors and rows of `dim` numbers that lie one after the other.
pub(crate) fn products_of_runs<T: Value>(vectors: &[i16], rows: &[T], dim: usize) -> Vec<i32> {
    let dim = dim.max(1);
    let (vectors, rows): (Vec<&[i16]>, Vec<&[T]>) = (vectors.chunks_exact(dim).collect(), rows.chunks_exact(dim).collect());
    products(&vectors, &rows)
}

/// Multiplies a few vectors with a few rows.
trait Kernel: Copy {
    fn block<T: Value, const V: usize, const R: usize>(self, vectors: [&[i16]; V], rows: [&[T]; R]) -> [[i32; R]; V];
}

/// What every machine can.
#[derive(Clone, Copy)]
struct Plain;

impl Kernel for Plain {
    #[inline(always)]
    fn block<T: Value, const V: usize, const R: usize>(self, vectors: [&[i16]; V], rows: [&[T]; R]) -> [[i32; R]; V] {
        vectors.map(|vector| rows.map(|row| vector.iter().zip(row).map(|(a, b)| i32::from(*a) * b.whole()).sum()))
    }
}

/// Instructions for `LANES` numbers at once, which give half as many sums. What uses them has no closures: whether these become one with their caller, and so
/// run at all as these instructions, is left to the compiler.
#[cfg(target_arch = "x86_64")]
trait Wide<const LANES: usize>: Copy {
    type Sums: Copy;

    fn zero(self) -> Self::Sums;

    fn widened<T: Value>(self, values: &[T; LANES]) -> Self::Sums;

    fn add_products(self, sums: Self::Sums, vector: Self::Sums, row: Self::Sums) -> Self::Sums;

    /// Adds up to eight sums.
    fn eight(self, sums: Self::Sums) -> [i32; 8];
}

#[cfg(target_arch = "x86_64")]
impl Wide<16> for V3 {
    type Sums = __m256i;

    #[inline(always)]
    fn zero(self) -> __m256i {
        self.avx._mm256_setzero_si256()
    }

    #[inline(always)]
    fn widened<T: Value>(self, values: &[T; 16]) -> __m256i {
        T::sixteen(self, values)
    }

    #[inline(always)]
    fn add_products(self, sums: __m256i, vector: __m256i, row: __m256i) -> __m256i {
        self.avx2._mm256_add_epi32(sums, self.avx2._mm256_madd_epi16(vector, row))
    }

    #[inline(always)]
    fn eight(self, sums: __m256i) -> [i32; 8] {
        pulp::cast(sums)
    }
}

#[cfg(target_arch = "x86_64")]
impl Wide<32> for V4 {
    type Sums = __m512i;

    #[inline(always)]
    fn zero(self) -> __m512i {
        self.avx512f._mm512_setzero_si512()
    }

    #[inline(always)]
    fn widened<T: Value>(self, values: &[T; 32]) -> __m512i {
        T::thirty_two(self, values)
    }

    #[inline(always)]
    fn add_products(self, sums: __m512i, vector: __m512i, row: __m512i) -> __m512i {
        self.avx512f._mm512_add_epi32(sums, self.avx512bw._mm512_madd_epi16(vector, row))
    }

    #[inline(always)]
    fn eight(self, sums: __m512i) -> [i32; 8] {
        let [low, high]: [__m256i; 2] = pulp::cast(sums);
        pulp::cast(self.avx2._mm256_add_epi32(low, high))
    }
}

#[cfg(target_arch = "x86_64")]
impl Kernel for V3 {
    #[inline(always)]
    fn block<T: Value, const V: usize, const R: usize>(self, vectors: [&[i16]; V], rows: [&[T]; R]) -> [[i32; R]; V] {
        wide_block::<_, _, 16, V, R>(self, vectors, rows)
    }
}

#[cfg(target_arch = "x86_64")]
impl Kernel for V4 {
    #[inline(always)]
    fn block<T: Value, const V: usize, const R: usize>(self, vectors: [&[i16]; V], rows: [&[T]; R]) -> [[i32; R]; V] {
        wide_block::<_, _, 32, V, R>(self, vectors, rows)
    }
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn wide_block<K: Wide<LANES>, T: Value, const LANES: usize, const V: usize, const R: usize>(
    kernel: K,
    vectors: [&[i16]; V],
    rows: [&[T]; R],
) -> [[i32; R]; V] {
    let (wide_vectors, wide_rows) = (vectors.map(|vector| vector.as_chunks::<LANES>().0), rows.map(|row| row.as_chunks::<LANES>().0));
    let n = wide_vectors.iter().map(|vector| vector.len()).chain(wide_rows.iter().map(|row| row.len())).min().unwrap_or_default();
    let (wide_vectors, wide_rows) = (wide_vectors.map(|vector| &vector[..n]), wide_rows.map(|row| &row[..n]));
    let mut sums = [[kernel.zero(); R]; V];
    for at in 0..n {
        let mut widened = [kernel.zero(); R];
        for (widened, row) in widened.iter_mut().zip(wide_rows) {
            *widened = kernel.widened(&row[at]);
        }
        for (sums, vector) in sums.iter_mut().zip(wide_vectors) {
            let vector = kernel.widened(&vector[at]);
            for (sums, row) in sums.iter_mut().zip(widened) {
                *sums = kernel.add_products(*sums, vector, row);
            }
        }
    }
    let mut products = Plain.block(vectors.map(|vector| &vector[n * LANES..]), rows.map(|row| &row[n * LANES..]));
    for (products, sums) in products.iter_mut().zip(sums) {
        for (product, sums) in products.iter_mut().zip(sums) {
            *product += kernel.eight(sums).iter().sum::<i32>();
        }
    }
    products
}

/// All products with the instructions of a kernel's machine.
#[cfg(target_arch = "x86_64")]
struct Table<'a, K, T> {
    kernel: K,
    vectors: &'a [&'a [i16]],
    rows: &'a [&'a [T]],
}

#[cfg(target_arch = "x86_64")]
impl<K: Kernel, T: Value> NullaryFnOnce for Table<'_, K, T> {
    type Output = Vec<i32>;

    #[inline(always)]
    fn call(self) -> Vec<i32> {
        table(self.kernel, self.vectors, self.rows)
    }
}

#[inline(always)]
fn table<K: Kernel, T: Value>(kernel: K, vectors: &[&[i16]], rows: &[&[T]]) -> Vec<i32> {
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
            block.into_iter().enumerate().for_each(|(at, of_rows)| put(pair * VECTORS + at, of_rows));
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
                let vectors: Vec<i16> = (0..n_vectors * dim).map(|at| (at * 7919 % 8191) as i16 - 4095).collect();
                let rows: Vec<u8> = (0..n_rows * dim).map(|at| (at * 31 % 255) as u8).collect();
                let wide: Vec<i16> = rows.iter().map(|value| i16::from(*value as i8)).collect();
                let exact = |vector: usize, row: usize| -> i32 {
                    (0..dim).map(|at| i32::from(vectors[vector * dim + at]) * i32::from(wide[row * dim + at])).sum()
                };
                let expected: Vec<i32> =
                    (0..n_vectors).flat_map(|vector| (0..n_rows).map(move |row| (vector, row))).map(|(a, b)| exact(a, b)).collect();
                assert_eq!(products_of_runs(&vectors, &rows, dim), expected, "bytes, {dim}, {n_vectors}, {n_rows}");
                assert_eq!(products_of_runs(&vectors, &wide, dim), expected, "words, {dim}, {n_vectors}, {n_rows}");
                let [vectors, wide] = [&vectors, &wide].map(|runs| runs.chunks_exact(dim).collect::<Vec<_>>());
                assert_eq!(table(Plain, &vectors, &wide), expected, "plain, {dim}, {n_vectors}, {n_rows}");
                #[cfg(target_arch = "x86_64")]
                if let Some(kernel) = V3::try_new() {
                    assert_eq!(table(kernel, &vectors, &wide), expected, "sixteen, {dim}, {n_vectors}, {n_rows}");
                }
            }
        }
    }
}

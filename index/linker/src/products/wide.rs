//! Multiplication with the vector instructions of x86. No instruction stands in a closure: whether closures become one with their caller,
//! and so run at all as these instructions, is left to the compiler.

use std::arch::x86_64::{__m128i, __m256i, __m512i};

use pulp::x86::{V3, V4};

use super::{Kernel, Pairs, Plain, SIDE, TOGETHER, Value};

/// Instructions for `LANES` numbers at once, which give half as many sums.
trait Wide<const LANES: usize>: Copy {
    type Numbers: Copy;

    fn zero(self) -> Self::Numbers;

    fn widened<T: Value>(self, values: &[T; LANES]) -> Self::Numbers;

    /// The same two numbers everywhere.
    fn both(self, pair: [i16; 2]) -> Self::Numbers;

    fn add_products(
        self,
        sums: Self::Numbers,
        vector: Self::Numbers,
        row: Self::Numbers,
    ) -> Self::Numbers;

    /// Adds up pairs until eight are left.
    fn eight(self, sums: Self::Numbers) -> __m256i;

    /// Writes the sums down, as many as `to` has.
    fn write(self, sums: Self::Numbers, to: &mut [i32]);
}

/// Adds up four times eight sums.
#[inline(always)]
fn four(simd: V3, [a, b, c, d]: [__m256i; 4]) -> [i32; 4] {
    let (ab, cd) = (
        simd.avx2._mm256_hadd_epi32(a, b),
        simd.avx2._mm256_hadd_epi32(c, d),
    );
    let [low, high]: [__m128i; 2] = pulp::cast(simd.avx2._mm256_hadd_epi32(ab, cd));
    pulp::cast(simd.sse2._mm_add_epi32(low, high))
}

impl Wide<16> for V3 {
    type Numbers = __m256i;

    #[inline(always)]
    fn zero(self) -> __m256i {
        self.avx._mm256_setzero_si256()
    }

    #[inline(always)]
    fn widened<T: Value>(self, values: &[T; 16]) -> __m256i {
        T::sixteen(self, values)
    }

    #[inline(always)]
    fn both(self, pair: [i16; 2]) -> __m256i {
        self.avx._mm256_set1_epi32(pulp::cast(pair))
    }

    #[inline(always)]
    fn add_products(self, sums: __m256i, vector: __m256i, row: __m256i) -> __m256i {
        self.avx2
            ._mm256_add_epi32(sums, self.avx2._mm256_madd_epi16(vector, row))
    }

    #[inline(always)]
    fn eight(self, sums: __m256i) -> __m256i {
        sums
    }

    #[inline(always)]
    fn write(self, sums: __m256i, to: &mut [i32]) {
        let sums: [i32; 8] = pulp::cast(sums);
        to.copy_from_slice(&sums);
    }
}

impl Wide<32> for V4 {
    type Numbers = __m512i;

    #[inline(always)]
    fn zero(self) -> __m512i {
        self.avx512f._mm512_setzero_si512()
    }

    #[inline(always)]
    fn widened<T: Value>(self, values: &[T; 32]) -> __m512i {
        T::thirty_two(self, values)
    }

    #[inline(always)]
    fn both(self, pair: [i16; 2]) -> __m512i {
        self.avx512f._mm512_set1_epi32(pulp::cast(pair))
    }

    #[inline(always)]
    fn add_products(self, sums: __m512i, vector: __m512i, row: __m512i) -> __m512i {
        self.avx512f
            ._mm512_add_epi32(sums, self.avx512bw._mm512_madd_epi16(vector, row))
    }

    #[inline(always)]
    fn eight(self, sums: __m512i) -> __m256i {
        let [low, high]: [__m256i; 2] = pulp::cast(sums);
        self.avx2._mm256_add_epi32(low, high)
    }

    #[inline(always)]
    fn write(self, sums: __m512i, to: &mut [i32]) {
        let sums: [i32; 16] = pulp::cast(sums);
        to.copy_from_slice(&sums);
    }
}

impl Kernel for V3 {
    #[inline(always)]
    fn block<A: Value, B: Value, const V: usize, const R: usize>(
        self,
        vectors: [&[A]; V],
        rows: [&[B]; R],
    ) -> [[i32; R]; V] {
        wide_block::<_, _, _, 16, V, R>(self, self, vectors, rows)
    }

    #[inline(always)]
    fn side(self, block: &[Pairs], vectors: &[[[i16; 2]; TOGETHER]]) -> [[i32; SIDE]; TOGETHER] {
        wide_side::<_, 16, 2>(self, block, vectors)
    }
}

impl Kernel for V4 {
    #[inline(always)]
    fn block<A: Value, B: Value, const V: usize, const R: usize>(
        self,
        vectors: [&[A]; V],
        rows: [&[B]; R],
    ) -> [[i32; R]; V] {
        wide_block::<_, _, _, 32, V, R>(self, *self, vectors, rows)
    }

    #[inline(always)]
    fn side(self, block: &[Pairs], vectors: &[[[i16; 2]; TOGETHER]]) -> [[i32; SIDE]; TOGETHER] {
        wide_side::<_, 32, 1>(self, block, vectors)
    }
}

#[inline(always)]
fn wide_block<
    K: Wide<LANES>,
    A: Value,
    B: Value,
    const LANES: usize,
    const V: usize,
    const R: usize,
>(
    kernel: K,
    simd: V3,
    vectors: [&[A]; V],
    rows: [&[B]; R],
) -> [[i32; R]; V] {
    let (wide_vectors, wide_rows) = (
        vectors.map(|vector| vector.as_chunks::<LANES>().0),
        rows.map(|row| row.as_chunks::<LANES>().0),
    );
    let n = wide_vectors
        .iter()
        .map(|vector| vector.len())
        .chain(wide_rows.iter().map(|row| row.len()))
        .min()
        .unwrap_or_default();
    let (wide_vectors, wide_rows) = (
        wide_vectors.map(|vector| &vector[..n]),
        wide_rows.map(|row| &row[..n]),
    );
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
    let mut products = Plain.block(
        vectors.map(|vector| &vector[n * LANES..]),
        rows.map(|row| &row[n * LANES..]),
    );
    for (products, sums) in products.iter_mut().zip(sums) {
        for (products, sums) in products.chunks_mut(4).zip(sums.chunks(4)) {
            let mut eights = [simd.avx._mm256_setzero_si256(); 4];
            for (eight, sums) in eights.iter_mut().zip(sums) {
                *eight = kernel.eight(*sums);
            }
            for (product, sum) in products.iter_mut().zip(four(simd, eights)) {
                *product += sum;
            }
        }
    }
    products
}

/// `PARTS` times as many numbers as one instruction takes stand side by side.
#[inline(always)]
fn wide_side<K: Wide<LANES>, const LANES: usize, const PARTS: usize>(
    kernel: K,
    block: &[Pairs],
    vectors: &[[[i16; 2]; TOGETHER]],
) -> [[i32; SIDE]; TOGETHER] {
    let mut sums = [[kernel.zero(); PARTS]; TOGETHER];
    for (rows, vectors) in block.iter().zip(vectors) {
        let mut widened = [kernel.zero(); PARTS];
        for (widened, rows) in widened.iter_mut().zip(rows.as_chunks::<LANES>().0) {
            *widened = kernel.widened(rows);
        }
        for (sums, pair) in sums.iter_mut().zip(vectors) {
            let vector = kernel.both(*pair);
            for (sums, row) in sums.iter_mut().zip(widened) {
                *sums = kernel.add_products(*sums, vector, row);
            }
        }
    }
    let mut products = [[0; SIDE]; TOGETHER];
    for (products, sums) in products.iter_mut().zip(sums) {
        for (products, sums) in products.chunks_exact_mut(SIDE / PARTS).zip(sums) {
            kernel.write(sums, products);
        }
    }
    products
}

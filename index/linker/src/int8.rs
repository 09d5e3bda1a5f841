//! How are many vectors kept small and multiplied fast? As rows of signed bytes with one scale each; products are sums of integers, the same on every machine.

use std::borrow::Cow;

use crate::products::products;
use ndarray::Array2;
use skillgap_esco::error::{DataError, Result};

/// Largest magnitude of a component of a [`QuantisedQuery`]: products with 127 times as much, summed over 4,096 columns, still fit in 32 bits.
const FIXED_MAX: f32 = 4095.0;

/// Rows of int8 values, `[n_rows, dim]`, and a scale for each: a row means `values · scale`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Int8Rows {
    /// The values as bytes, row after row.
    values: Cow<'static, [u8]>,
    scale: Vec<f32>,
    dim: usize,
}

impl Int8Rows {
    /// Takes rows as they are in a file.
    ///
    /// # Errors
    /// [`DataError::Damaged`] with `file` where the number of values is not that of the scales times `dim`.
    pub fn new(
        file: &str,
        values: Cow<'static, [u8]>,
        scale: Vec<f32>,
        dim: usize,
    ) -> Result<Self> {
        if dim == 0 || values.len() != scale.len() * dim {
            return Err(DataError::damaged(file, "has another shape"));
        }
        Ok(Self { values, scale, dim })
    }

    /// Rounds each row to 255 steps between plus and minus its largest magnitude.
    pub fn quantise(rows: &Array2<f32>) -> Self {
        let (mut values, mut scale) = (
            Vec::with_capacity(rows.len()),
            Vec::with_capacity(rows.nrows()),
        );
        for row in rows.rows() {
            let largest = row
                .iter()
                .fold(0.0_f32, |largest, value| largest.max(value.abs()));
            let step = if largest > 0.0 { largest / 127.0 } else { 1.0 };
            values.extend(row.iter().map(|value| (value / step).round() as i8 as u8));
            scale.push(step);
        }
        Self {
            values: values.into(),
            scale,
            dim: rows.ncols().max(1),
        }
    }

    /// A copy of some rows, in their order.
    pub(crate) fn select(&self, rows: &[u32]) -> Self {
        let scale = rows.iter().map(|row| self.scale[*row as usize]).collect();
        let values: Vec<u8> = rows
            .iter()
            .flat_map(|row| self.row(*row as usize))
            .copied()
            .collect();
        Self {
            values: values.into(),
            scale,
            dim: self.dim,
        }
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.scale.len()
    }

    /// Length of a row.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// Bytes in memory.
    pub fn n_bytes(&self) -> usize {
        self.values.len() + 4 * self.scale.len()
    }

    /// Adds a row to `sum`, `[dim]`.
    pub fn add(&self, row: usize, sum: &mut [f32]) {
        let scale = self.scale[row];
        sum.iter_mut()
            .zip(self.row(row))
            .for_each(|(sum, value)| *sum += scale * f32::from(*value as i8));
    }

    /// The product of a row with a vector of the same length.
    pub fn product(&self, row: usize, vector: &QuantisedQuery) -> f32 {
        self.products_of(&[row], vector)
            .first()
            .copied()
            .unwrap_or_default()
    }

    /// The products of some rows with a vector of the same length, in their order.
    pub fn products_of(&self, rows: &[usize], vector: &QuantisedQuery) -> Vec<f32> {
        self.scaled(
            products(&[&vector.values], &self.rows(rows)),
            rows,
            std::slice::from_ref(vector),
        )
    }

    /// The products of some vectors of the same length with some rows, `[vectors.len(), rows.len()]`.
    pub fn table_of(&self, vectors: &[QuantisedQuery], rows: &[usize]) -> Vec<f32> {
        let all: Vec<&[i16]> = vectors
            .iter()
            .map(|vector| vector.values.as_slice())
            .collect();
        self.scaled(products(&all, &self.rows(rows)), rows, vectors)
    }

    /// The products of every row with a vector of the same length, `[n_rows]`.
    pub fn products(&self, vector: &QuantisedQuery) -> Vec<f32> {
        self.products_of(&(0..self.n_rows()).collect::<Vec<_>>(), vector)
    }

    fn rows(&self, rows: &[usize]) -> Vec<&[u8]> {
        rows.iter().map(|row| self.row(*row)).collect()
    }

    /// What products of whole numbers mean, `[vectors.len(), rows.len()]`.
    fn scaled(&self, products: Vec<i32>, rows: &[usize], vectors: &[QuantisedQuery]) -> Vec<f32> {
        let scales = vectors
            .iter()
            .flat_map(|vector| rows.iter().map(|row| self.scale[*row] * vector.scale));
        products
            .into_iter()
            .zip(scales)
            .map(|(product, scale)| product as f32 * scale)
            .collect()
    }

    /// The products of a row with some rows, in their order. The same either way round.
    pub fn products_of_row(&self, row: usize, others: &[usize]) -> Vec<f32> {
        let values = self.row(row).iter();
        let values: Vec<i16> = values.map(|value| i16::from(*value as i8)).collect();
        let products = products(&[&values], &self.rows(others)).into_iter();
        products
            .zip(others)
            .map(|(product, other)| product as f32 * (self.scale[row] * self.scale[*other]))
            .collect()
    }

    /// The scale of each row.
    pub(crate) fn scales(&self) -> &[f32] {
        &self.scale
    }

    /// The values of a row, signed, as bytes.
    pub(crate) fn row(&self, row: usize) -> &[u8] {
        &self.values[row * self.dim..(row + 1) * self.dim]
    }

    /// Scales as little-endian floats, then the values.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.scale
            .iter()
            .flat_map(|scale| scale.to_le_bytes())
            .chain(self.values.iter().copied())
            .collect()
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn from_bytes(file: &str, bytes: &[u8], n_rows: usize, dim: usize) -> Result<Self> {
        let (scale, values) = bytes
            .split_at_checked(4 * n_rows)
            .ok_or_else(|| DataError::damaged(file, "has another shape"))?;
        Self::new(file, values.to_vec().into(), floats(scale), dim)
    }
}

/// A vector in 13-bit fixed point, to be multiplied with [`Int8Rows`].
#[derive(Clone, Debug, PartialEq)]
pub struct QuantisedQuery {
    values: Vec<i16>,
    scale: f32,
}

impl QuantisedQuery {
    /// Rounds a vector of finite numbers, of which the largest decides the step.
    pub fn new(vector: &[f32]) -> Self {
        let largest = vector
            .iter()
            .fold(0.0_f32, |largest, value| largest.max(value.abs()));
        let step = if largest > 0.0 {
            largest / FIXED_MAX
        } else {
            1.0
        };
        Self {
            values: vector
                .iter()
                .map(|value| (value / step).round() as i16)
                .collect(),
            scale: step,
        }
    }

    /// The numbers, in steps.
    pub(crate) fn values(&self) -> &[i16] {
        &self.values
    }

    /// What a step means.
    pub(crate) fn scale(&self) -> f32 {
        self.scale
    }
}

/// Little-endian 32-bit floats; a rest of fewer than four bytes is dropped.
pub(crate) fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes
        .as_chunks::<4>()
        .0
        .iter()
        .map(|chunk| f32::from_le_bytes(*chunk))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Array2<f32> {
        Array2::from_shape_fn((7, 40), |(row, column)| {
            ((row * 37 + column * 11) % 23) as f32 / 23.0 - 0.4
        })
    }

    #[test]
    fn products_are_those_of_floats_within_the_rounding() {
        let (rows, vector) = (
            rows(),
            (0..40)
                .map(|at| (at as f32 * 0.7).sin())
                .collect::<Vec<f32>>(),
        );
        let (small, fixed) = (Int8Rows::quantise(&rows), QuantisedQuery::new(&vector));
        for (at, row) in rows.rows().into_iter().enumerate() {
            let exact: f32 = row.iter().zip(&vector).map(|(a, b)| a * b).sum();
            assert!(
                (small.product(at, &fixed) - exact).abs() < 0.03,
                "{at}: {} {exact}",
                small.product(at, &fixed)
            );
            let [of_two, of_table] = [
                small.products_of(&[3, at], &fixed)[1],
                small.table_of(&[fixed.clone(), fixed.clone()], &[3, at])[3],
            ];
            assert_eq!([of_two, of_table], [small.product(at, &fixed); 2], "{at}");
            let exact: f32 = row.iter().zip(rows.row(3)).map(|(a, b)| a * b).sum();
            let between = small.products_of_row(at, &[at, 3])[1];
            assert!((between - exact).abs() < 0.03, "{at}");
            assert_eq!([between], small.products_of_row(3, &[at])[..]);
        }
    }

    #[test]
    fn bytes_and_back_are_equal_and_cut_bytes_are_refused() {
        let small = Int8Rows::quantise(&rows());
        let bytes = small.to_bytes();
        assert_eq!(Int8Rows::from_bytes("x", &bytes, 7, 40).unwrap(), small);
        for length in 0..bytes.len() {
            assert!(
                Int8Rows::from_bytes("x", &bytes[..length], 7, 40).is_err(),
                "{length}"
            );
        }
    }

    #[test]
    fn rows_and_vectors_of_zeros_stay_zero() {
        let small = Int8Rows::quantise(&Array2::zeros((2, 8)));
        assert_eq!(small.product(1, &QuantisedQuery::new(&[0.0; 8])), 0.0);
        let mut sum = [0.0; 8];
        small.add(0, &mut sum);
        assert_eq!(sum, [0.0; 8]);
    }
}

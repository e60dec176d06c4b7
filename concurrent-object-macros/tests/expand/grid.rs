//! A generic object.

/// Rows of cells.
pub struct Grid<T, const N: usize> {
    rows: Vec<[T; N]>,
}

#[concurrent_object]
impl<T: Scalar, const N: usize> Grid<T, N>
where
    T: Default,
{
    /// Fills it.
    pub fn new(rows: usize, fill: T) -> Self {
        Self { rows: vec![[fill; N]; rows] }
    }

    /// One row.
    pub fn row(&self, at: usize) -> Option<&[T]> {
        self.rows.get(at).map(|row| &row[..])
    }

    /// How wide it is.
    pub fn width(&self) -> usize {
        N
    }

    /// All cells, from the least to the greatest.
    pub fn sorted(&self) -> Vec<T>
    where
        T: Ord,
    {
        sorted(&self.rows)
    }
}

//! Several measurements of one figure.

/// The median of several rounds, and the outermost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spread {
    /// The middle one, or the mean of the two middle ones.
    pub(crate) median: f64,
    /// The lowest.
    pub(crate) least: f64,
    /// The highest.
    pub(crate) most: f64,
}

impl Spread {
    /// Of the figures of all rounds; none of nothing.
    pub(crate) fn of(figures: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<f64> = figures.into_iter().collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let middle = sorted.len().checked_sub(1)?;
        Some(Self {
            median: f64::midpoint(sorted[middle / 2], sorted[middle.div_ceil(2)]),
            least: sorted[0],
            most: sorted[middle],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_and_the_spread_the_outermost() {
        let odd = Spread::of([3.0, 1.0, 2.0]).unwrap();
        assert!([odd.median, odd.least, odd.most] == [2.0, 1.0, 3.0]);
        let even = Spread::of([4.0, 1.0, 2.0, 3.0]).unwrap();
        assert!([even.median, even.least, even.most] == [2.5, 1.0, 4.0]);
        assert_eq!(Spread::of([]), None);
    }
}

//! Scaling of a column with several numbers in each cell.

use serde::{Deserialize, Serialize};

use super::cells::Cells;
use super::number::{Counts, Number};
use super::reading::{Piece, Reading};
use super::seen::Oddity;

/// The numbers of a column such as `120/80`: each is scaled by itself, as a column of its own would be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pieces {
    /// One for each place; only the first has flags, as all are missing together.
    numbers: Vec<Number>,
}

impl Pieces {
    /// Learns from the training cells, of whose numbers `first` is the first; `None` when no cell holds numbers.
    /// The counts are those of cells, which are constant if all of their numbers are.
    pub fn fit(columns: &[Cells], first: Piece, marks: &[String]) -> Option<(Self, Counts)> {
        let reading = |place| Reading::Piece(Piece { place, ..first });
        let (number, mut counts) = Number::fit(columns, &reading(0), marks)?;
        let mut numbers = vec![number];
        for place in 1..first.count {
            let (number, own) = Number::fit(columns, &reading(place), marks)?;
            counts.constant &= own.constant;
            numbers.push(Number { missing: 0.0, marks: Vec::new(), ..number });
        }
        Some((Self { numbers }, counts))
    }

    /// The first number.
    pub fn first(&self) -> &Number {
        &self.numbers[0]
    }

    /// All numbers, in order.
    pub fn numbers(&self) -> &[Number] {
        &self.numbers
    }

    /// The smallest (0) or largest (1) value of each number.
    pub fn ends(&self, end: usize) -> impl Iterator<Item = f64> + '_ {
        self.numbers.iter().filter_map(move |number| Some(number.range?[end]))
    }

    /// Features this column becomes.
    pub fn width(&self) -> usize {
        self.numbers.iter().map(Number::width).sum()
    }

    /// Writes the features of `cells` into the columns from `at` of the row-major `out` of `width` columns.
    pub fn encode(&self, cells: &Cells, out: &mut [f32], width: usize, at: usize) -> Oddity {
        let mut all = Oddity::default();
        let mut at = at;
        for (place, number) in self.numbers.iter().enumerate() {
            let oddity = number.encode(cells, out, width, at);
            at += number.width();
            all.beyond += oddity.beyond;
            if place == 0 {
                all = Oddity { beyond: all.beyond, ..oddity };
            }
        }
        all
    }

    /// Whether the numbers can be computed with.
    pub fn is_sound(&self) -> bool {
        let piece = |(place, number): (usize, &Number)| match number.reading {
            Reading::Piece(piece) => piece.place == place && piece.count == self.numbers.len(),
            _ => false,
        };
        self.numbers.len() > 1
            && self.numbers.iter().enumerate().all(piece)
            && self.numbers.iter().all(Number::is_sound)
    }
}

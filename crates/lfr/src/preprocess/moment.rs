//! Scaling of a column of dates or of times of day.

use std::f64::consts::TAU;

use serde::{Deserialize, Serialize};

use super::cells::Cells;
use super::number::{Counts, Number, squash};
use super::reading::{DAY, Reading, YEAR};
use super::seen::{Oddity, Seen, seen};

/// Days of a week that lie between 1970-01-01, a Thursday, and the Monday before.
const SINCE_MONDAY: f64 = 3.0;

/// A column of dates: the position in time as a number and, where training had times of day, the place in the week and in
/// the day, each on a circle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moment {
    /// Seconds since 1970, with the flags.
    pub position: Number,
    /// Day of the week, then time of day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub circles: Option<[Circle; 2]>,
}

/// A column of times of day, or of days of a year: the place in the day or year on a circle, so that 23:59 is near 00:01 and
/// the end of December near the beginning of January.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeOfDay {
    /// Seconds since midnight, or days since the first of January; of its features only the flags are used.
    pub number: Number,
    /// The place in the day or year.
    pub circle: Circle,
}

/// Places on a circle as two features, the coordinates, shifted and scaled together so that their variances sum to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Circle {
    /// Mean of the cosines, then of the sines.
    pub center: [f64; 2],
    /// Square root of the sum of both variances; positive.
    pub spread: f64,
}

impl Circle {
    /// Learns from angles in turns.
    fn fit(turns: impl Iterator<Item = f64> + Clone) -> Self {
        let count = turns.clone().count().max(1) as f64;
        let sum = |of: fn(f64) -> f64| turns.clone().map(|turn| of(turn * TAU)).sum::<f64>() / count;
        let center = [sum(f64::cos), sum(f64::sin)];
        let spread = (1.0 - center[0].powi(2) - center[1].powi(2)).max(0.0).sqrt();
        Self { center, spread: if spread > 1e-6 { spread } else { 1.0 } }
    }

    /// The two features of an angle in turns; 0 and 0 where there is none.
    fn encode(&self, turn: Option<f64>) -> [f32; 2] {
        let Some(turn) = turn else { return [0.0; 2] };
        let place = [(turn * TAU).cos(), (turn * TAU).sin()];
        [0, 1].map(|i| squash((place[i] - self.center[i]) / self.spread) as f32)
    }

    /// Whether the numbers can be computed with.
    pub fn is_sound(&self) -> bool {
        self.center.iter().all(|center| center.abs() <= 1.0 + 1e-9)
            && self.spread > 0.0
            && self.spread <= 1.0 + 1e-9
    }
}

fn day_of_week(seconds: f64) -> f64 {
    ((seconds / DAY).floor() + SINCE_MONDAY).rem_euclid(7.0) / 7.0
}

fn time_of_day(seconds: f64) -> f64 {
    seconds.rem_euclid(DAY) / DAY
}

/// How much of what a reading gives is once around the circle.
fn turn_of(reading: &Reading) -> f64 {
    if *reading == Reading::DayOfYear { YEAR } else { DAY }
}

/// The values of cells, in order.
fn values<'a>(cells: &'a [Cells], reading: &'a Reading) -> Vec<f64> {
    let seen = cells.iter().flat_map(|cells| seen(cells, reading, std::iter::empty()));
    seen.filter_map(|seen| if let Seen::Value(value) = seen { Some(value) } else { None }).collect()
}

impl Moment {
    /// Learns from the training cells; `None` when no cell has a date.
    pub fn fit(columns: &[Cells], reading: &Reading, marks: &[String]) -> Option<(Self, Counts)> {
        let (position, counts) = Number::fit(columns, reading, marks)?;
        let values = values(columns, reading);
        let timed = values.iter().any(|seconds| seconds.rem_euclid(DAY) != 0.0);
        let circle = |turn: fn(f64) -> f64| Circle::fit(values.iter().map(move |&seconds| turn(seconds)));
        let circles = timed.then(|| [circle(day_of_week), circle(time_of_day)]);
        Some((Self { position, circles }, counts))
    }

    /// Features this column becomes: position, flags, then two for each circle.
    pub fn width(&self) -> usize {
        self.position.width() + if self.circles.is_some() { 4 } else { 0 }
    }

    /// Writes the features of `cells` into the columns from `at` of the row-major `out` of `width` columns.
    pub fn encode(&self, cells: &Cells, out: &mut [f32], width: usize, at: usize) -> Oddity {
        let oddity = self.position.encode(cells, out, width, at);
        if let Some([week, day]) = &self.circles {
            let at = at + self.position.width();
            let reading = &self.position.reading;
            for (row, seen) in out.chunks_exact_mut(width).zip(seen(cells, reading, std::iter::empty())) {
                let seconds = if let Seen::Value(seconds) = seen { Some(seconds) } else { None };
                row[at..at + 2].copy_from_slice(&week.encode(seconds.map(day_of_week)));
                row[at + 2..at + 4].copy_from_slice(&day.encode(seconds.map(time_of_day)));
            }
        }
        oddity
    }

    /// Whether the numbers can be computed with.
    pub fn is_sound(&self) -> bool {
        self.position.is_sound() && self.circles.iter().flatten().all(Circle::is_sound)
    }
}

impl TimeOfDay {
    /// Learns from the training cells; `None` when no cell has a time.
    pub fn fit(columns: &[Cells], reading: &Reading, marks: &[String]) -> Option<(Self, Counts)> {
        let (number, counts) = Number::fit(columns, reading, marks)?;
        let turn = turn_of(reading);
        let circle =
            Circle::fit(values(columns, reading).into_iter().map(|value| value.rem_euclid(turn) / turn));
        Some((Self { number, circle }, counts))
    }

    /// How many seconds or days are once around the circle.
    pub fn turn(&self) -> f64 {
        turn_of(&self.number.reading)
    }

    /// Features this column becomes: two for the circle, then the flags.
    pub fn width(&self) -> usize {
        self.number.width() + 1
    }

    /// Writes the features of `cells` into the columns from `at` of the row-major `out` of `width` columns.
    pub fn encode(&self, cells: &Cells, out: &mut [f32], width: usize, at: usize) -> Oddity {
        let whole = self.turn();
        // The number's value comes first and is written over.
        let oddity = self.number.encode(cells, out, width, at + 1);
        for (row, seen) in
            out.chunks_exact_mut(width).zip(seen(cells, &self.number.reading, std::iter::empty()))
        {
            let turn =
                if let Seen::Value(value) = seen { Some(value.rem_euclid(whole) / whole) } else { None };
            row[at..at + 2].copy_from_slice(&self.circle.encode(turn));
        }
        Oddity { beyond: 0, ..oddity }
    }

    /// Whether the numbers can be computed with.
    pub fn is_sound(&self) -> bool {
        self.number.is_sound() && self.circle.is_sound()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preprocess::cells::Sort;
    use crate::preprocess::reading::DateOrder;

    fn strings(cells: &[&str]) -> Cells {
        Cells::Strings(cells.to_vec().into())
    }

    fn distance(out: &[f32], a: usize, b: usize) -> f32 {
        out[2 * a..2 * a + 2]
            .iter()
            .zip(&out[2 * b..2 * b + 2])
            .map(|(x, y)| (x - y).powi(2))
            .sum::<f32>()
            .sqrt()
    }

    #[test]
    fn midnight_is_one_place() {
        let cells = strings(&["00:01", "06:00", "12:00", "18:00", "23:59"]);
        let (time, _) = TimeOfDay::fit(std::slice::from_ref(&cells), &Reading::TimeOfDay, &[]).unwrap();
        assert_eq!(time.width(), 2);
        let mut out = vec![0.0; 10];
        time.encode(&cells, &mut out, 2, 0);
        assert!(distance(&out, 0, 4) < 0.02 && distance(&out, 0, 2) > 1.5, "{out:?}");
    }

    #[test]
    fn an_odd_hour_lies_far_out() {
        let office: Vec<String> = (0..200).map(|i| format!("{:02}:{:02}", 9 + i % 8, i % 60)).collect();
        let mut cells: Vec<&str> = office.iter().map(String::as_str).collect();
        cells.push("03:00");
        let (time, _) = TimeOfDay::fit(&[strings(&cells)], &Reading::TimeOfDay, &[]).unwrap();
        let mut out = vec![0.0; 2 * 201];
        time.encode(&strings(&cells), &mut out, 2, 0);
        let length = |i: usize| out[2 * i].hypot(out[2 * i + 1]);
        assert!((0..200).all(|i| length(i) < length(200)), "{}", length(200));
    }

    #[test]
    fn new_year_is_one_place() {
        let cells = strings(&["31.12.", "1.1.", "17.3.", "1.7.", "17.9."]);
        let (days, _) = TimeOfDay::fit(std::slice::from_ref(&cells), &Reading::DayOfYear, &[]).unwrap();
        let mut out = vec![0.0; 10];
        days.encode(&cells, &mut out, 2, 0);
        assert!(distance(&out, 0, 1) < 0.05 && distance(&out, 0, 3) > 1.5, "{out:?}");
    }

    #[test]
    fn weekday_and_hour_count_where_there_is_a_time() {
        let order = Reading::Moment(DateOrder::YearFirst);
        let dates = strings(&["2024-01-01", "2024-01-06", "2024-01-07"]);
        assert_eq!(Moment::fit(&[dates], &order, &[]).unwrap().0.width(), 1);
        let stamps = strings(&["2024-01-01 08:00", "2024-01-08 08:00", "2024-01-13 20:00"]);
        let (moment, _) = Moment::fit(std::slice::from_ref(&stamps), &order, &[]).unwrap();
        assert_eq!(moment.width(), 5);
        let mut out = vec![0.0; 15];
        moment.encode(&stamps, &mut out, 5, 0);
        assert_eq!(out[1..5], out[6..10], "two Mondays at eight");
        assert_ne!(out[1..3], out[11..13]);
        assert!(moment.is_sound());
    }

    #[test]
    fn typed_moments_are_those_of_the_text() {
        let order = Reading::Moment(DateOrder::YearFirst);
        let texts = strings(&["2024-01-01", "2024-01-04", "2024-02-01"]);
        let (moment, _) = Moment::fit(std::slice::from_ref(&texts), &order, &[]).unwrap();
        let seconds = [19_723.0, 19_726.0, 19_754.0].map(|days| days * DAY).to_vec().into();
        let typed = Cells::Moments { seconds, sort: Sort::Date };
        let (mut a, mut b) = (vec![0.0; 3], vec![0.0; 3]);
        moment.encode(&texts, &mut a, 1, 0);
        moment.encode(&typed, &mut b, 1, 0);
        assert_eq!(a, b);
        assert_eq!(Moment::fit(&[typed], &order, &[]).unwrap().0, moment);
    }
}

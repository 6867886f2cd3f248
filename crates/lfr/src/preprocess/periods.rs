//! Scaling of a column whose cells have a start and an end.

use serde::{Deserialize, Serialize};

use super::cells::Cells;
use super::moment::{Moment, TimeOfDay};
use super::number::{Counts, Number};
use super::reading::{DAY, Period, Reading, shown_clock, shown_date};
use super::seen::{Oddity, Seen, seen};

/// When something starts, encoded as a column of dates or of times of day would be, and how long it takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Periods {
    /// When it starts, with the flags.
    pub start: Start,
    /// Seconds from start to end, with a flag where only the end is missing.
    pub length: Number,
}

/// A start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// A date.
    Moment(Moment),
    /// A time of day.
    TimeOfDay(TimeOfDay),
}

impl Start {
    /// Its value as a number, with the flags.
    pub fn number(&self) -> &Number {
        match self {
            Self::Moment(moment) => &moment.position,
            Self::TimeOfDay(time) => &time.number,
        }
    }

    fn width(&self) -> usize {
        match self {
            Self::Moment(moment) => moment.width(),
            Self::TimeOfDay(time) => time.width(),
        }
    }
}

impl Periods {
    /// Learns from the training cells; `None` when no cell has a start and an end. The counts are those of cells, which are
    /// constant if both their start and their length are.
    pub fn fit(columns: &[Cells], period: Period, marks: &[String]) -> Option<(Self, Counts)> {
        let reading = |length| Reading::Period(Period { length, ..period });
        let (start, mut counts) = match period.order {
            Some(_) => Moment::fit(columns, &reading(false), marks)
                .map(|(moment, counts)| (Start::Moment(moment), counts))?,
            None => TimeOfDay::fit(columns, &reading(false), marks)
                .map(|(time, counts)| (Start::TimeOfDay(time), counts))?,
        };
        let (length, own) = Number::fit(columns, &reading(true), marks)?;
        length.range?;
        // Most have no end where they have no start.
        let alike = own.missing + own.unread == counts.missing + counts.unread;
        let missing = if alike { 0.0 } else { length.missing };
        counts.constant &= own.constant;
        Some((Self { start, length: Number { missing, marks: Vec::new(), ..length } }, counts))
    }

    /// The earliest and shortest (0), or the latest and longest (1), for people: `2024-03-01 (4 days)`.
    pub fn end(&self, end: usize) -> Option<String> {
        let (start, length) = (self.start.number().range?[end], self.length.range?);
        let start = match self.start {
            Start::Moment(_) => shown_date(start),
            Start::TimeOfDay(_) => shown_clock(start),
        };
        let days = length[end] / DAY;
        let whole = length.iter().all(|length| length.rem_euclid(DAY) == 0.0);
        Some(match whole {
            true if days == 1.0 => format!("{start} (1 day)"),
            true => format!("{start} ({days} days)"),
            false if days < 0.0 => format!("{start} (-{})", shown_clock(-length[end])),
            false => format!("{start} ({})", shown_clock(length[end])),
        })
    }

    /// Features this column becomes.
    pub fn width(&self) -> usize {
        self.start.width() + self.length.width()
    }

    /// Writes the features of `cells` into the columns from `at` of the row-major `out` of `width` columns.
    pub fn encode(&self, cells: &Cells, out: &mut [f32], width: usize, at: usize) -> Oddity {
        let oddity = match &self.start {
            Start::Moment(moment) => moment.encode(cells, out, width, at),
            Start::TimeOfDay(time) => time.encode(cells, out, width, at),
        };
        let length = self.length.encode(cells, out, width, at + self.start.width());
        let open = self.open_ends(cells, length.gaps);
        let missing = oddity.missing + open.len();
        let mut gaps = [oddity.gaps, open].concat();
        gaps.sort_unstable();
        Oddity { beyond: oddity.beyond + length.beyond, missing, gaps, ..oddity }
    }

    /// Those of the rows without a length that have a start. A mark (`closed`) has none, nor has a cell without a value, and
    /// what is odd about these the start tells.
    fn open_ends(&self, cells: &Cells, gaps: Vec<usize>) -> Vec<usize> {
        if gaps.is_empty() {
            return gaps;
        }
        let start = self.start.number();
        let marks = start.marks.iter().map(|mark| mark.text.as_str());
        let starts = seen(cells, &start.reading, marks).map(|seen| matches!(seen, Seen::Value(_)));
        let starts: Vec<bool> = starts.collect();
        gaps.into_iter().filter(|&row| starts[row]).collect()
    }

    /// Whether the numbers can be computed with.
    pub fn is_sound(&self) -> bool {
        let start = match &self.start {
            Start::Moment(moment) => moment.is_sound(),
            Start::TimeOfDay(time) => time.is_sound(),
        };
        let dated = matches!(self.start, Start::Moment(_));
        let fits = |number: &Number, length: bool| match number.reading {
            Reading::Period(period) => period.length == length && period.order.is_some() == dated,
            _ => false,
        };
        start && self.length.is_sound() && fits(self.start.number(), false) && fits(&self.length, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preprocess::reading::DateOrder;

    fn fitted(cells: &[&str], order: Option<DateOrder>) -> (Periods, Vec<f32>, Counts) {
        let cells = Cells::Strings(cells.to_vec().into());
        let (periods, counts) =
            Periods::fit(std::slice::from_ref(&cells), Period { order, length: false }, &[]).unwrap();
        let mut out = vec![0.0; cells.len() * periods.width()];
        periods.encode(&cells, &mut out, periods.width(), 0);
        assert!(periods.is_sound());
        (periods, out, counts)
    }

    #[test]
    fn dates_become_a_position_and_a_length() {
        let cells = ["2024-03-01 - 2024-03-05", "2024-03-04 - 2024-03-05", "2024-03-07 - 2024-03-19"];
        let (periods, out, _) = fitted(&cells, Some(DateOrder::YearFirst));
        assert_eq!((periods.width(), out.len()), (2, 6));
        assert!(out[0] < out[2] && out[2] < out[4] && out[3] < out[1] && out[1] < out[5], "{out:?}");
        let ends = [0, 1].map(|end| periods.end(end).unwrap());
        assert_eq!(ends, ["2024-03-01 (1 day)", "2024-03-07 (12 days)"]);
    }

    #[test]
    fn times_lie_on_a_circle_and_open_ends_have_a_flag() {
        let (periods, out, _) = fitted(&["22:00-06:00", "06:00–14:30", "14:00 - 22:00"], None);
        assert_eq!((periods.width(), out.len()), (3, 9));
        assert_eq!(periods.end(1).as_deref(), Some("22:00 (08:30)"));
        let cells = ["Mar 2020 - Present", "Mar 2021 - Jun 2022", "May 2022 - Jun 2023", "no"];
        let (periods, _, counts) = fitted(&cells, Some(DateOrder::YearFirst));
        assert_eq!((counts.unread, periods.length.missing), (1, 0.5));
        assert_eq!(periods.width(), 4);
    }

    #[test]
    fn marks_are_no_gaps_but_the_first_open_end_is_one() {
        let strings = |cells: &[&str]| Cells::Strings(cells.to_vec().into());
        let gaps = |order, marks: &[String], known: &[&str], new: &[&str]| {
            let known = strings(known);
            let period = Period { order, length: false };
            let (periods, _) = Periods::fit(std::slice::from_ref(&known), period, marks).unwrap();
            let mut out = vec![0.0; new.len() * periods.width()];
            let oddity = periods.encode(&strings(new), &mut out, periods.width(), 0);
            (oddity.missing, oddity.gaps)
        };
        let hours = ["09:00-17:30", "08:00-12:00", "closed", "10:00-16:00", "closed"];
        let marks = ["closed".to_owned()];
        assert_eq!(gaps(None, &marks, &hours, &hours), (0, vec![]));
        assert_eq!(gaps(None, &marks, &hours, &["", "closed", "ask", "09:00-12:00"]), (1, vec![0, 2]));
        let dates = ["2024-03-01 - 2024-03-05", "2024-03-04 - 2024-03-05"];
        let new = ["2024-03-02 - present", "2024-03-02 - 2024-03-03", ""];
        assert_eq!(gaps(Some(DateOrder::YearFirst), &[], &dates, &new), (2, vec![0, 2]));
    }
}

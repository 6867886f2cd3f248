//! The footer of a delimited file, which is known when the end is reached.

use std::collections::VecDeque;

use csv::ByteRecord;

use super::rows::{Pending, Rows};
use crate::error::Result;
use crate::input::{Notes, encoding, totals};

/// Holds back the last rows until it is known whether they are a footer.
pub(super) struct Tail {
    /// The first rows, which show what rows are like.
    pub(super) first: Vec<totals::Row>,
    pub(super) last: VecDeque<Pending>,
    /// Whether the end was reached, or rows are not looked at.
    pub(super) judged: bool,
    /// Memory for a record.
    pub(super) spare: Option<ByteRecord>,
}

impl Tail {
    /// The next row that is no part of a footer.
    pub(super) fn next(&mut self, rows: &mut Rows, notes: &Notes) -> Result<Option<Pending>> {
        let most = if self.judged { 1 } else { totals::MOST };
        while self.last.len() < most {
            match rows.next(self.spare.take().unwrap_or_default())? {
                Some(pending) => {
                    if !self.judged && self.first.len() < totals::SHOWN && rows.fits(&pending.record) {
                        self.first.push(row(&pending));
                    }
                    self.last.push_back(pending);
                }
                None => {
                    if !std::mem::replace(&mut self.judged, true) {
                        self.judge(rows, notes)?;
                    }
                    break;
                }
            }
        }
        Ok(self.last.pop_front())
    }

    /// Takes the footer from the last rows.
    fn judge(&mut self, rows: &Rows, notes: &Notes) -> Result<()> {
        let narrow = |pending: &&Pending| pending.record.len() <= *rows.width.end();
        let last: Vec<totals::Row> = self.last.iter().rev().take_while(narrow).map(row).collect();
        let last: Vec<totals::Row> = last.into_iter().rev().collect();
        let end = last.first().map_or(0, |row| row.number);
        let count = totals::count(&self.first, &last, || rows.sums(end))?;
        totals::say(notes, &last[last.len() - count..]);
        self.last.truncate(self.last.len() - count);
        Ok(())
    }
}

/// A record as text.
fn row(pending: &Pending) -> totals::Row {
    let cells = pending.record.iter().map(|field| encoding::text(field).0.into_owned()).collect();
    totals::Row { number: pending.row, cells }
}

//! What was asked of a column that has no such value.

use crate::error::Error;
use crate::preprocess::as_asked::AsAsked;
use crate::preprocess::cells::Cells;
use crate::preprocess::reading::Reading;
use crate::preprocess::seen::{Seen, seen};

/// Longest cell that is quoted whole, in characters.
const QUOTED: usize = 40;

/// The error where no cell of the column `name` can be read `how`, as `asked`, though some hold something; `detected` is what
/// they are. `None` where some cell has a value, or none has text.
pub(super) fn refusal(
    name: &str,
    cells: &[Cells],
    asked: AsAsked,
    how: &Reading,
    detected: Option<&Reading>,
) -> Option<Error> {
    let mut first = None;
    for run in cells {
        for (row, seen) in seen(run, how, std::iter::empty()).enumerate() {
            match (seen, run) {
                (Seen::Missing, _) => {}
                (Seen::Unread, Cells::Strings(strings)) => first = first.or(Some(strings.value(row).trim())),
                _ => return None,
            }
        }
    }
    let quoted: String = first?.chars().take(QUOTED).collect();
    let [wanted, fitting] = [asked, AsAsked::for_reading(detected)].map(String::from);
    let what = super::values::read_as(how).name();
    let problem = format!(
        "`{quoted}` is no {what}, nor is any other of its cells; write {name}={fitting}, or leave it to detection"
    );
    Some(Error::config("columns", format!("{name}={wanted}"), problem))
}

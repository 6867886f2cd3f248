//! Lines of `key=value`.

use crate::input::object::Cell;

/// Most words before the first pair, such as a time and a level.
const MAX_WORDS: usize = 4;

/// The pairs of a line such as `level=info msg="it works"`, at least two; few words may stand before the first, and nothing
/// else in it. The words are called `f0`, `f1`, ...
pub(super) fn cells(line: &str) -> Option<Vec<Cell>> {
    let mut cells: Vec<Cell> = Vec::new();
    let mut rest = line.trim_start();
    while let Some((word, behind)) =
        rest.split_once(char::is_whitespace).filter(|(word, _)| !word.contains('='))
    {
        cells.push((format!("f{}", cells.len()), Some(word.to_owned())));
        rest = behind.trim_start();
    }
    let words = cells.len();
    if words > MAX_WORDS {
        return None;
    }
    while !rest.is_empty() {
        let (key, behind) = rest.split_once('=')?;
        let named = key.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && key.chars().all(|c| c.is_alphanumeric() || "_-./@".contains(c));
        let (value, behind) = value(behind)?;
        if !named {
            return None;
        }
        let value = (!value.is_empty()).then_some(value);
        match cells.iter_mut().find(|(known, _)| known == key) {
            Some(cell) => cell.1 = value,
            None => cells.push((key.to_owned(), value)),
        }
        rest = behind.trim_start();
    }
    (cells.len() > words + 1).then_some(cells)
}

/// A value, in quotation marks or up to a blank, and what stands behind it.
fn value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let (value, behind) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        return Some((value.trim_end_matches([',', ';']).to_owned(), behind));
    };
    let (mut value, mut escaped) = (String::new(), false);
    for (at, c) in quoted.char_indices() {
        match c {
            _ if std::mem::take(&mut escaped) => value.push(if c == 'n' { '\n' } else { c }),
            '\\' => escaped = true,
            '"' => {
                let behind = &quoted[at + 1..];
                let ends = behind.is_empty() || behind.starts_with(|c: char| c.is_whitespace() || c == ',');
                return ends.then(|| (value, behind.trim_start_matches(',')));
            }
            c => value.push(c),
        }
    }
    None
}

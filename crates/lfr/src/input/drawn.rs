//! Tables drawn with bars and lines, as programs show them in a terminal and people write them in Markdown, Org and
//! reStructuredText.

use super::encoding;

/// Lines looked at.
const LINES: usize = 200;
/// Lines that may stand above the first line that is drawn.
const ABOVE: usize = 8;
/// Bars between cells, besides `|`.
const BARS: &[char] = &['│', '┃', '║', '┆', '┇', '┊', '┋', '╎', '╏'];
/// Types of columns that DuckDB and Polars write below the names.
#[rustfmt::skip]
const TYPES: &[&str] = &[
    "int8", "int16", "int32", "int64", "int128", "uint8", "uint16", "uint32", "uint64", "hugeint", "float", "double", "decimal",
    "varchar", "boolean", "date", "time", "timestamp", "interval", "blob", "uuid", "json", "i8", "i16", "i32", "i64", "i128", "u8",
    "u16", "u32", "u64", "f32", "f64", "str", "bool", "datetime", "duration", "cat", "enum", "list", "binary", "null", "object",
];

/// Types of Polars that are values of columns, too.
const WORDS: &[&str] = &["null", "cat", "date", "time", "list", "object", "binary"];

/// How a drawn table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Drawn {
    /// Whether rows begin and end with a bar.
    closed: bool,
    /// Whether a row of types stands below the names.
    typed: bool,
}

/// What stands above a line of a drawn table.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Above {
    /// Rows, that of the names among them.
    rows: usize,
    /// Whether one of types has been passed.
    types: bool,
    /// Lines of dashes alone.
    dashes: usize,
    /// Whether one of them stands above the names.
    framed: bool,
}

/// What a line of a drawn table is.
enum Line<'a> {
    /// Drawn, or the number of rows.
    None,
    Row(&'a str),
    /// A title, a remark.
    Other(&'a str),
}

impl Drawn {
    /// How the table that `sample` begins with is drawn, if it is: a line of names above or below the first drawn line, then
    /// nearly nothing but rows of as many cells.
    pub fn find(sample: &[u8]) -> Option<Self> {
        let lines = sample.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
        let lines: Vec<_> = lines.take(LINES).map(|line| encoding::text(line).0).collect();
        let lines: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
        let first = lines.iter().take(ABOVE + 1).position(|line| is_border(line))?;
        let rows: Vec<&str> = lines.iter().filter_map(|line| row(line)).collect();
        let others = lines.iter().filter(|line| matches!(Line::of(line), Line::Other(_))).count();
        let begun = rows.iter().filter(|row| row.starts_with(is_bar)).count();
        let mut drawn =
            Self { closed: !lines[first].starts_with('-') && 2 * begun > rows.len(), typed: false };
        let near = &lines[first.saturating_sub(1)..];
        let names = near.iter().position(|line| row(line).is_some())?;
        let width = drawn.cells(near[names]).len();
        drawn.typed = drawn.is_typed(&near[names + 1..]);
        let alike = |row: &&&str| {
            let cells = drawn.cells(row);
            cells.len() == width || (cells.len() == 1 && is_count(&cells[0]))
        };
        let alike = rows.iter().filter(alike).count();
        (width > 1 && rows.len() > 1 && 10 * alike >= 9 * rows.len() && others <= ABOVE.max(rows.len() / 5))
            .then_some(drawn)
    }

    /// Whether rows stand for others that are not shown: `…` or `·` in every cell.
    pub fn is_cut(self, sample: &[u8]) -> bool {
        sample.split(|&byte| byte == b'\n').any(|line| {
            let text = encoding::text(line).0;
            row(text.trim()).is_some_and(|row| is_elision(&self.cells(row)))
        })
    }

    /// Whether the lines below the names begin with a row of types, which has a drawn line below it. A first row of data has one
    /// above it.
    fn is_typed(self, below: &[&str]) -> bool {
        let is_dashed = |line: &&&str| {
            let cells = self.cells(line);
            cells.len() > 1 && cells.iter().all(|cell| cell == "---")
        };
        let dashed = below.iter().take(2).any(|line| is_dashed(&line));
        let others: Vec<&&str> = below.iter().filter(|line| !is_dashed(line)).take(3).collect();
        let Some(last) = others.iter().position(|line| is_border(line)).and_then(|line| line.checked_sub(1))
        else {
            return false;
        };
        let cells = self.cells(others[last]);
        let is_certain = |cell: &String| !WORDS.contains(&type_of(cell));
        are_types(&cells) && (dashed || cells.iter().any(is_certain))
    }

    /// The cells of a line below `above`, none of a line that is no row; a title or a remark is one cell.
    pub fn parted(self, line: &str, above: &mut Above) -> Vec<String> {
        let line = line.trim();
        let missing = is_dashes(line) && self.are_missing(above);
        let cells = match Line::of(line) {
            Line::None if missing => self.cells(line),
            Line::None => return Vec::new(),
            Line::Other(text) => {
                // Another table with names and dashes may stand below a title.
                (above.rows, above.dashes) = (0, 0);
                return vec![text.to_owned()];
            }
            Line::Row(row) => self.cells(row),
        };
        let count = cells.len() == 1 && is_count(&cells[0]);
        if count || is_elision(&cells) || self.are_of_types(&cells, above) {
            return Vec::new();
        }
        above.rows += usize::from(cells.len() > 1);
        cells
    }

    /// Whether a line of dashes alone is a row whose values are missing: neither that below the names, or below types, nor one of
    /// a frame.
    fn are_missing(self, above: &mut Above) -> bool {
        let spare = usize::from(self.typed);
        above.framed |= above.rows == 0;
        let is_below_names = above.rows <= 1 + spare && above.dashes <= spare;
        above.dashes += 1;
        !above.framed && !is_below_names
    }

    /// Whether a row is that of types, or one of dashes above it; names may take two rows.
    fn are_of_types(self, cells: &[String], above: &mut Above) -> bool {
        if !self.typed || above.types || !(1..=2).contains(&above.rows) {
            return false;
        }
        above.types = are_types(cells);
        above.types || cells.iter().all(|cell| cell == "---")
    }

    /// The cells of a row, without blanks around them. A bar behind a backslash is part of a cell.
    fn cells(self, row: &str) -> Vec<String> {
        let drawn = row.contains(BARS);
        let is_end = |c: char| if drawn { BARS.contains(&c) } else { c == '|' };
        let inner = match self.closed {
            true => {
                let inner = row.strip_prefix(is_end).unwrap_or(row);
                inner.strip_suffix(is_end).filter(|inner| drawn || !inner.ends_with('\\')).unwrap_or(inner)
            }
            false => row,
        };
        let mut cells = vec![String::new()];
        for c in inner.chars() {
            match cells.last_mut() {
                Some(cell) if is_end(c) && !drawn && cell.ends_with('\\') => {
                    cell.pop();
                    cell.push(c);
                }
                Some(cell) if !is_end(c) => cell.push(c),
                _ => cells.push(String::new()),
            }
        }
        cells.iter().map(|cell| cell.trim().to_owned()).collect()
    }
}

impl<'a> Line<'a> {
    fn of(line: &'a str) -> Self {
        match row(line) {
            _ if line.is_empty() || is_border(line) || is_count(line) => Self::None,
            Some(row) => Self::Row(row),
            None => Self::Other(line),
        }
    }
}

fn is_bar(c: char) -> bool {
    c == '|' || BARS.contains(&c)
}

/// A line with a bar in it that is not drawn as a whole.
fn row(line: &str) -> Option<&str> {
    (line.contains(is_bar) && !is_border(line)).then_some(line)
}

/// Whether a line is drawn: `┌──┬──┐`, `+----+----+`, `----+----`, `|----|:--:|`.
fn is_border(line: &str) -> bool {
    let is_drawn = |c: char| ('\u{2500}'..='\u{257f}').contains(&c);
    let lies = |c: char| "─━═╌╍┄┅┈┉╴╶╸╺".contains(c);
    if line.contains(lies) {
        return line.chars().all(|c| is_drawn(c) || c == ' ');
    }
    let joined = ["--", "==", ":-", "-:"].iter().any(|marks| line.contains(marks));
    let packed = line.starts_with("|-") && line.ends_with("-|");
    let inner = line.trim_matches('|');
    let cells = || inner.split(['|', '+']).map(str::trim);
    let is_line = |cell: &str| {
        let cell = cell.trim_matches(':');
        !cell.is_empty() && (cell.bytes().all(|byte| byte == b'-') || cell.bytes().all(|byte| byte == b'='))
    };
    let closed = line.starts_with('+') && line.ends_with('+') && line.len() > 2;
    let sound = |cell: &str| is_line(cell) || (closed && cell.is_empty());
    (joined || packed) && line.contains(['+', '|']) && cells().all(sound)
}

/// Whether a drawn line is of bars and dashes alone, as rows of missing values are: `| -- | -- |`.
fn is_dashes(line: &str) -> bool {
    is_border(line) && line.chars().all(|c| matches!(c, '|' | '-' | ' '))
}

/// Whether a text is the number of rows, which programs write below or above a table: `(12 rows)`, `3 rows in set (0.01 sec)`,
/// `shape: (3, 2)`.
fn is_count(text: &str) -> bool {
    let text = text.strip_prefix('(').unwrap_or(text);
    let behind = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let counted = behind.len() < text.len() && behind.starts_with(" row");
    counted || text.strip_prefix("shape: (").is_some_and(|shape| shape.ends_with(')'))
}

fn are_types(cells: &[String]) -> bool {
    cells.len() > 1 && cells.iter().all(|cell| TYPES.contains(&type_of(cell)))
}

/// The name of a type without what stands behind it: `decimal(10,2)`, `datetime[μs]`.
fn type_of(cell: &str) -> &str {
    cell.split(['(', '[', ' ']).next().unwrap_or_default()
}

fn is_elision(cells: &[String]) -> bool {
    cells.len() > 1
        && cells.iter().any(|cell| !cell.is_empty())
        && cells.iter().all(|cell| matches!(cell.as_str(), "" | "…" | "·" | "⋮"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The cells of the rows of a drawn table, separated by commas, a row a line.
    fn read(text: &str) -> Option<String> {
        let drawn = Drawn::find(text.as_bytes())?;
        let mut rows: Vec<String> = Vec::new();
        let mut above = Above::default();
        for line in text.lines() {
            let cells = drawn.parted(line, &mut above);
            rows.extend((!cells.is_empty()).then(|| cells.join(",")));
        }
        Some(rows.join("\n"))
    }

    const TABLE: &str = "id,name\n1,Ann\n2,Bob";

    #[test]
    fn tables_of_programs_are_read_without_their_lines() {
        for text in [
            " id | name \n----+------\n  1 | Ann\n  2 | Bob\n(2 rows)\n\n",
            "+----+------+\n| id | name |\n+----+------+\n|  1 | Ann  |\n|  2 | Bob  |\n+----+------+\n2 rows in set (0.00 sec)\n",
            "┌───────┬─────────┐\n│  id   │  name   │\n│ int64 │ varchar │\n├───────┼─────────┤\n│     1 │ Ann     │\n│     2 │ Bob     │\n├───────┴─────────┤\n│ 2 rows          │\n└─────────────────┘\n",
            "shape: (2, 2)\n┌─────┬──────┐\n│ id  ┆ name │\n│ --- ┆ ---  │\n│ i64 ┆ str  │\n╞═════╪══════╡\n│ 1   ┆ Ann  │\n│ …   ┆ …    │\n│ 2   ┆ Bob  │\n└─────┴──────┘\n",
            "┏━━━━┳━━━━━━┓\n┃ id ┃ name ┃\n┡━━━━╇━━━━━━┩\n│ 1  │ Ann  │\n│ 2  │ Bob  │\n└────┴──────┘\n",
            "╔════╦══════╗\n║ id ║ name ║\n╠════╬══════╣\n║ 1  ║ Ann  ║\n╟────╫──────╢\n║ 2  ║ Bob  ║\n╚════╩══════╝\n",
        ] {
            assert_eq!(read(text).as_deref(), Some(TABLE), "{text}");
        }
    }

    #[test]
    fn tables_of_markups_are_read_without_their_lines() {
        for text in [
            "| id | name |\n|----|:----:|\n| 1 | Ann |\n| 2 | Bob |\n",
            "|id|name|\n|-|-|\n|1|Ann|\n|2|Bob|\n",
            "id | name\n---|---\n1 | Ann\n2 | Bob\n",
            "+----+------+\n| id | name |\n+====+======+\n| 1  | Ann  |\n+----+------+\n| 2  | Bob  |\n+----+------+\n",
            "| id | name |\n|----+------|\n| 1 | Ann |\n| 2 | Bob |\n",
        ] {
            assert_eq!(read(text).as_deref(), Some(TABLE), "{text}");
        }
        let titled = "# People\n\n| a | b |\n|--|--|\n| x \\| y | |\n|  | - |\n\nas of May\n";
        assert_eq!(read(titled).as_deref(), Some("# People\na,b\nx | y,\n,-\nas of May"));
        let psql = " a | b \n---+---\n   | 1 \n 2 |   \n";
        assert_eq!(read(psql).as_deref(), Some("a,b\n,1\n2,"));
    }

    #[test]
    fn only_types_below_the_names_are_left_out() {
        for (text, expected) in [
            (
                "+----+----+\n|a   |b   |\n+----+----+\n|null|null|\n|1   |2   |\n+----+----+\n",
                "a,b\nnull,null\n1,2",
            ),
            ("| a | b |\n|---|---|\n| cat | date |\n| dog | time |\n", "a,b\ncat,date\ndog,time"),
            ("| a | b |\n| --- | --- |\n| i64 | str |\n| f64 | str |\n", "a,b\ni64,str\nf64,str"),
            ("| a | b |\n| --- | --- |\n| i64 | str |\n|-----|-----|\n| 1 | x |\n", "a,b\n1,x"),
            (
                "┌──┬──┐\n│ a ┆ b │\n│ --- ┆ --- │\n│ i64 ┆ null │\n╞══╪══╡\n│ null ┆ null │\n│ 1 ┆ null │\n└──┴──┘\n",
                "a,b\nnull,null\n1,null",
            ),
            (
                "┌──┬──┐\n│ a ┆ b │\n│ --- ┆ --- │\n│ cat ┆ date │\n╞══╪══╡\n│ null ┆ null │\n└──┴──┘\n",
                "a,b\nnull,null",
            ),
            ("┌──┬──┐\n│ a │ b │\n│ date │ varchar │\n├──┼──┤\n│ x │ y │\n└──┴──┘\n", "a,b\nx,y"),
            ("┌──┬──┐\n│ a │ b │\n├──┼──┤\n│ float │ double │\n└──┴──┘\n", "a,b\nfloat,double"),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn rows_of_dashes_are_rows() {
        for (text, expected) in [
            ("| a | b |\n|---|---|\n| 1 | 2 |\n| -- | -- |\n| 3 | 4 |\n", "a,b\n1,2\n--,--\n3,4"),
            ("| a | b |\n|---|---|\n| -- | -- |\n| 3 | 4 |\n| 5 | 6 |\n", "a,b\n--,--\n3,4\n5,6"),
            ("|---|---|\n| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n|---|---|\n", "a,b\n1,2\n3,4"),
            (
                "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\nOthers\n| a | b |\n|---|---|\n| 5 | 6 |\n",
                "a,b\n1,2\n3,4\nOthers\na,b\n5,6",
            ),
            ("| a | b |\n|---+---|\n| 1 | 2 |\n|---+---|\n| 3 | 4 |\n", "a,b\n1,2\n3,4"),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn other_texts_are_not_drawn() {
        for text in [
            "a|b\n1|2\n3|4\n",
            "a,b\n1,2\n--,--\n",
            "-----------\n|Konto|Betrag|\n-----------\n|1|2|\n-----------\n",
            "===== =====\na     b\n===== =====\n1     2\n===== =====\n",
            "one\n---\ntwo\n",
            "# Title\n\nSome words | and more.\n\n---\n\nOthers.\n",
            "",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn rows_that_are_not_shown_are_told() {
        let text = "┌───┬───┐\n│ a ┆ b │\n╞═══╪═══╡\n│ 1 ┆ 2 │\n│ … ┆ … │\n└───┴───┘\n";
        assert!(Drawn::find(text.as_bytes()).unwrap().is_cut(text.as_bytes()));
        let text = text.replace('…', "3");
        assert!(!Drawn::find(text.as_bytes()).unwrap().is_cut(text.as_bytes()));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "([-+|:=│┃─┼ \\\\\n]|[a-z0-9]|\\PC){0,60}") {
            let _ = read(&text);
        }
    }
}

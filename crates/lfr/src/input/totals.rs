//! Rows below a table that are no part of it: totals, means, a balance, the date of an export.

use super::figures::Sums;
use super::header::has_digit;
use super::notes::Notes;
use crate::error::Result;
use crate::preprocess::both_values;

/// Rows at the end of a table that are looked at.
pub(super) const MOST: usize = 16;
/// Rows at its start that show what its rows are like.
pub(super) const SHOWN: usize = 100;
/// Fewest rows above a footer.
const FEWEST: usize = 3;
/// Letters of a row in a message.
const EXCERPT: usize = 40;

/// Words for totals and balances, in lower case, separated by commas.
const TOTALS: &str = "total, totals, grand total, subtotal, sub-total, sum, sums, balance, closing balance, summe, gesamt, \
    gesamtsumme, gesamtbetrag, insgesamt, zwischensumme, endsumme, kontostand, saldo, endsaldo, somme, \
    total général, sous-total, solde, totale, somma, suma, soma, totaal, totalt, i alt, yhteensä, razem, \
    gesamtergebnis, zwischenergebnis, teilergebnis, résultat, total geral, subtotale, totale complessivo, subtotaal, eindtotaal, \
    ogółem, celkem, összesen, toplam, итого, всего, сумма, 合計, 总计, 小计, 总和, 합계";

/// What spreadsheet programs write below a pivot table and people hardly elsewhere, in lower case.
const PIVOTS: &str =
    "grand total, gesamtergebnis, total général, total general, totale complessivo, eindtotaal, total geral";

/// Words for means and other figures of a column, in lower case.
const FIGURES: &str = "mean, average, avg, median, minimum, maximum, std, std dev, stdev, standard deviation, count, mittelwert, \
    durchschnitt, mittel, standardabweichung, anzahl, moyenne, médiane, écart-type, media, mediana, promedio, \
    média, gemiddelde, medelvärde, gennemsnitt, średnia, průměr, ortalama, среднее, 平均";

/// First words of remarks, in lower case.
const REMARKS: &str = "note, notes, source, export, exported, created, generated, printed, report, as of, end of, page, hinweis, \
    quelle, stand, erstellt, exportiert, druck, seite, ende, remarque, exporté, généré, fuente, nota, fonte, ©, \
    (c)";

/// A row with its number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    pub number: u64,
    pub cells: Vec<String>,
}

impl Row {
    /// Places and texts of the cells that hold something.
    fn filled(&self) -> impl Iterator<Item = (usize, &str)> {
        self.cells.iter().map(|cell| cell.trim()).enumerate().filter(|(_, cell)| !cell.is_empty())
    }

    /// The word for a total or a figure in one of the first two cells, and its place.
    fn word(&self) -> Option<(usize, &str)> {
        self.filled().take(2).find(|(_, cell)| is_word(cell, TOTALS) || is_word(cell, FIGURES))
    }
}

/// Whether a text is one of `words`, alone or with more behind it, which begins with a mark or a blank.
fn is_word(cell: &str, words: &str) -> bool {
    let cell = cell.trim_start_matches(['*', '-', '=', ' ']).to_lowercase();
    let ends = |rest: &str| rest.chars().next().is_none_or(|c| c.is_whitespace() || ":=.(*-".contains(c));
    cell.chars().count() <= EXCERPT && words.split(", ").any(|word| cell.strip_prefix(word).is_some_and(ends))
}

/// How many of the `last` rows, all of them rows of `width` cells or fewer, are no part of the table. `first` are rows at its
/// start; `sums` gives the figures of all rows before `last`, and is asked only where they decide.
///
/// A row is taken for a footer on evidence alone: a word for a total beside hardly anything or beside the figures of
/// its columns; the figures of the columns where most cells are empty; or one cell with a remark.
///
/// # Errors
/// Those of `sums`.
pub(super) fn count(first: &[Row], last: &[Row], sums: impl FnOnce() -> Result<Sums>) -> Result<usize> {
    if let Some(legend) = legend(first, last) {
        return Ok(last.len() - legend + count(first, &last[..legend], sums)?);
    }
    let mut like = Likeness::of(first, u64::MAX);
    let mut start = last.iter().rposition(|row| !like.may_be_footer(row)).map_or(0, |place| place + 1);
    let (mut sums, mut known) = (Some(sums), None);
    let mut place = start;
    while place < last.len() {
        like = Likeness::of(first, last[start].number);
        let row = &last[place];
        let told = like.rows >= FEWEST && (like.tells(row) || follows(last, start, place));
        let proven = !told && like.rows >= FEWEST && like.may_be_footer(row) && {
            if let Some(sums) = sums.take() {
                let mut all = sums()?;
                last[..start].iter().for_each(|row| all.add(row.cells.iter().map(String::as_str)));
                known = Some(all);
            }
            known.as_ref().is_some_and(|sums| like.proves(row, sums))
        };
        place += 1;
        if !told && !proven {
            // It is data, and so is what stands above it.
            if let Some(sums) = &mut known {
                last[start..place].iter().for_each(|row| sums.add(row.cells.iter().map(String::as_str)));
            }
            start = place;
        }
    }
    Ok(last.len() - start)
}

/// Where a legend begins: rows behind empty ones, without a digit in any column of numbers.
fn legend(first: &[Row], last: &[Row]) -> Option<usize> {
    let gap = last.windows(2).rposition(|pair| pair[1].number > pair[0].number + 1)? + 1;
    let like = Likeness::of(first, last[gap].number);
    let figures: Vec<usize> = (0..like.columns.len()).filter(|&place| like.is_of_digits(place)).collect();
    let plain =
        |row: &Row| figures.iter().all(|&place| row.cells.get(place).is_none_or(|cell| !has_digit(cell)));
    let few = last.len() - gap <= MOST / 2 && last.len() - gap < like.rows;
    (like.rows >= FEWEST && few && !figures.is_empty() && last[gap..].iter().all(plain)).then_some(gap)
}

/// Whether the row at `place` is a figure that cannot be checked here, below one that was.
fn follows(last: &[Row], start: usize, place: usize) -> bool {
    let word = |place: usize| last[place].word();
    place > start
        && word(place)
            .zip(word(place - 1))
            .is_some_and(|((column, word), (above, _))| column == above && is_word(word, FIGURES))
}

/// Says which rows are left out.
pub(super) fn say(notes: &Notes, footer: &[Row]) {
    let text = |row: &Row| {
        let text = row.filled().map(|(_, cell)| cell).collect::<Vec<_>>().join(" ");
        let short: String = text.chars().take(EXCERPT).collect();
        if short.len() < text.len() { format!("`{short}...`") } else { format!("`{short}`") }
    };
    let texts = footer.iter().take(3).map(text).collect::<Vec<_>>().join(", ");
    match footer {
        [] => {}
        [row] => notes.add(format!(
            "row {} ({texts}) is a footer of the table, not data, and is left out; --keep-footer keeps it",
            row.number
        )),
        [row, .., end] => notes.add(format!(
            "rows {} to {} ({texts}) are a footer of the table, not data, and are left out; --keep-footer keeps them",
            row.number, end.number
        )),
    }
}

/// What the rows of a table are like.
#[derive(Default)]
struct Likeness {
    rows: usize,
    /// Cells filled in most rows, at most.
    typical: usize,
    columns: Vec<Column>,
}

/// What the cells of a column are like.
#[derive(Default)]
struct Column {
    filled: usize,
    /// Cells with a digit.
    digits: usize,
    /// Letters of the longest cell.
    longest: usize,
    /// Words for totals and the like in it.
    words: usize,
}

impl Likeness {
    /// Of those of `rows` before row number `end`.
    fn of(rows: &[Row], end: u64) -> Self {
        let rows: Vec<&Row> = rows.iter().filter(|row| row.number < end).collect();
        let mut like = Self { rows: rows.len(), ..Self::default() };
        let mut counts: Vec<usize> = rows.iter().map(|row| row.filled().count()).collect();
        counts.sort_unstable();
        like.typical = counts.get(counts.len() / 2).copied().unwrap_or(0);
        for (place, cell) in rows.iter().flat_map(|row| row.filled()) {
            if like.columns.len() <= place {
                like.columns.resize_with(place + 1, Column::default);
            }
            let column = &mut like.columns[place];
            column.filled += 1;
            column.digits += usize::from(has_digit(cell));
            column.longest = column.longest.max(cell.chars().count());
            column.words += usize::from(is_word(cell, TOTALS) || is_word(cell, FIGURES));
        }
        like
    }

    fn may_be_footer(&self, row: &Row) -> bool {
        row.word().is_some() || 2 * row.filled().count() <= self.typical
    }

    /// The word of a row that stands nowhere else in its column.
    fn word<'a>(&self, row: &'a Row) -> Option<(usize, &'a str)> {
        row.word().filter(|&(place, _)| self.columns.get(place).is_none_or(|column| column.words == 0))
    }

    /// Whether the column at `place` holds numbers, dates or codes.
    fn is_of_digits(&self, place: usize) -> bool {
        self.columns
            .get(place)
            .is_some_and(|column| column.filled > 0 && 10 * column.digits >= 9 * column.filled)
    }

    /// Whether the words of a row tell that it is a footer, whatever its numbers are.
    fn tells(&self, row: &Row) -> bool {
        let filled: Vec<(usize, &str)> = row.filled().collect();
        if let Some((place, word)) = self.word(row) {
            if PIVOTS.split(", ").any(|pivot| word.to_lowercase() == pivot) {
                return true;
            }
            let usual =
                |place: usize| self.columns.get(place).is_some_and(|c| 10 * c.filled >= 9 * self.rows);
            let gap = (0..self.columns.len())
                .any(|place| usual(place) && row.cells.get(place).is_none_or(|cell| cell.trim().is_empty()));
            // Dashes stand for what has no total.
            let held = filled.iter().filter(|(_, cell)| cell.contains(|c: char| !"-–—".contains(c))).count();
            let sparse = self.typical > 2 && 2 * held <= self.typical;
            return sparse || (gap && self.is_of_digits(place));
        }
        match filled.as_slice() {
            &[(place, cell)] => self.is_remark(place, cell, row.cells.len()),
            _ => false,
        }
    }

    /// Whether the only cell of a row of `width` cells is a remark.
    fn is_remark(&self, place: usize, cell: &str, width: usize) -> bool {
        let words = cell.split_whitespace().count();
        let short = width < self.columns.len();
        if !cell.contains(char::is_alphabetic) || self.typical < if short { 2 } else { 3 } {
            return false;
        }
        let longest = self.columns.get(place).map_or(0, |column| column.longest);
        let odd = self.is_of_digits(place) && !has_digit(cell);
        (words > 2 && cell.chars().count() > longest)
            || (words > 1 && (odd || cell.starts_with('*') || is_word(cell, REMARKS)))
            || (short && words > 1 && cell.chars().count() > longest)
    }

    /// Whether the numbers of a row are figures of its columns.
    fn proves(&self, row: &Row, sums: &Sums) -> bool {
        let word = self.word(row);
        let (mut numbers, mut total, mut figures) = (0, 0, 0);
        for (place, cell) in row.filled() {
            if both_values(cell).iter().any(Option::is_some) {
                numbers += 1;
                let (is_total, is_figure) = sums.has(place, cell);
                total += usize::from(is_total);
                figures += usize::from(is_total || is_figure);
            }
        }
        match word {
            Some((_, word)) if is_word(word, FIGURES) => {
                2 * figures >= numbers && (figures > 1 || numbers == 1 && figures == 1)
            }
            Some(_) => total > 0 && 2 * figures >= numbers,
            None => {
                total > 0
                    && total == numbers
                    && row.filled().count() == numbers
                    && 2 * numbers <= self.typical
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: u64, line: &str) -> Row {
        Row { number, cells: line.split(';').map(str::to_owned).collect() }
    }

    /// How many of the last rows of a table are its footer.
    fn footer(table: &str) -> usize {
        let rows: Vec<Row> = (0..).zip(table.lines()).map(|(number, line)| row(number, line)).collect();
        let (before, last) = rows.split_at(rows.len().saturating_sub(MOST));
        let sums = || {
            let mut sums = Sums::default();
            before.iter().for_each(|row| sums.add(row.cells.iter().map(String::as_str)));
            Ok(sums)
        };
        count(&rows[..rows.len().min(SHOWN)], last, sums).unwrap()
    }

    /// Days, words and amounts, which sum to 100.50 and have a mean of 20.10.
    const SALES: &str = "1.2.24;tea;10,50;1\n2.2.24;nuts;20,00;2\n3.2.24;tea;30,00;1\n4.2.24;rice;15,00;2\n5.2.24;tea;25,00;1\n";

    #[test]
    fn totals_are_told_by_a_word_and_gaps_or_numbers() {
        for line in [
            "Summe;;100,50;7",
            "Summe;;;",
            "TOTAL:;;100,50;",
            ";Total;100,50;7",
            ";Gesamt;100,50;",
            "Kontostand;;1.234,56;",
            "Kontostand am 5.2.;1.234,56;;",
            "Mittelwert;;20,10;1,4",
            "Average;;20,1;1",
            "Total amount (EUR);;100,50;",
            "Summe;x;100,50;7",
            "Total: Account;--;--;--",
            "Итого;;100,50;7",
            "合計;;100,50;7",
            ";;100,50;",
            "Gesamtergebnis;x;101,00;8",
            "Exportiert am 6.2.2024;;;",
            "Source: the till of the shop in the High Street;;;",
            "Export created on 6.2.2024",
        ] {
            assert_eq!(footer(&format!("{SALES}{line}")), 1, "{line}");
        }
    }

    #[test]
    fn several_rows_and_remarks_among_them() {
        assert_eq!(footer(&format!("{SALES}Summe;;100,50;7\nMittelwert;;20,10;1,4\nMedian;;20,00;1")), 3);
        assert_eq!(footer(&format!("{SALES}Summe;;100,50;7\nExport created on 6 Feb 2024")), 2);
        let long = SALES.repeat(10);
        assert_eq!(
            footer(&format!("{long};Total;1.005,00;70")),
            1,
            "sums of rows that are no longer at hand"
        );
    }

    #[test]
    fn a_legend_below_empty_rows_is_left_out() {
        let rows = |text: &str| -> Vec<Row> {
            (0..)
                .zip(text.lines())
                .map(|(n, line)| row(n, line))
                .filter(|row| row.filled().count() > 0)
                .collect()
        };
        let count = |text: &str| count(&rows(text), &rows(text), || Ok(Sums::default())).unwrap();
        let table = "a;1,5\nb;2,5\nc;3,5\nd;2,0\n";
        assert_eq!(count(&format!("{table};\n;\nLegende;\nred;critical\ngreen;fine\n")), 3);
        assert_eq!(count(&format!("{table};\ne;99\n")), 0);
        assert_eq!(count(&format!("{table};\nred;critical\ne;99\n")), 0);
    }

    #[test]
    fn odd_rows_of_data_are_kept() {
        for line in [
            // A shop called Total, and an amount far off.
            "6.2.24;Total;99.999,00;1",
            "6.2.24;Total;;1",
            ";tea;99.999,00;1",
            ";;99.999,00;",
            "6.2.24;;;",
            "6.2.24;tea;-100,50;1",
            "6.2.24;tea;100,50;7",
            "1.1.1900;Summer dress;9,00;1",
            "6.2.24;rice pudding;;",
            ";rice;;",
            "Total;rice;99.999,00;1",
            "6.2.24;sum;3,00;2",
        ] {
            assert_eq!(footer(&format!("{SALES}{line}")), 0, "{line}");
        }
        assert_eq!(
            footer(&format!("{SALES}Summe;;100,50;7\n6.2.24;tea;9.000,00;1")),
            0,
            "only the last rows"
        );
        assert_eq!(footer("Average;3\nGood;5\nPoor;1\nAverage;3"), 0, "a level");
        assert_eq!(footer("1;2\nSumme;2"), 0, "too few rows");
        assert_eq!(footer("1\n2\n3\n6"), 0, "a sum without a word, alone in its row");
        assert_eq!((footer(""), footer("a"), footer(";")), (0, 0, 0));
    }

    #[test]
    fn rows_are_named_in_the_note() {
        let notes = Notes::default();
        say(&notes, &[row(40, "Summe;;100,50")]);
        say(&notes, &[row(40, "Summe;;1"), row(43, "Exported on a day that is far too long to be shown;")]);
        let [one, two] = notes.list().try_into().unwrap();
        assert!(one.starts_with("row 40 (`Summe 100,50`) is a footer of the table"), "{one}");
        assert!(
            two.starts_with("rows 40 to 43 (`Summe 1`, `Exported on a day that is far too long t...`)"),
            "{two}"
        );
    }

    proptest::proptest! {
        #[test]
        fn no_table_makes_it_panic(lines in proptest::collection::vec("(Summe|Total|[0-9,.;-]|é){0,12}", 0..24)) {
            let found = footer(&lines.join("\n"));
            proptest::prop_assert!(found <= lines.len());
        }
    }
}

//! How the columns of a table were read.

use maud::{Markup, html};

use super::Report;
use crate::preprocess::ColumnReading;
use crate::readable::{count, counted};

/// Columns that are listed without opening the rest.
const OPEN: usize = 12;

/// Columns that are listed at most.
const MOST: usize = 1000;

pub(super) fn section(report: &Report) -> Option<Markup> {
    let columns = &report.columns;
    (!columns.is_empty()).then(|| {
        let used = columns.iter().filter(|column| column.left_out.is_none()).count();
        html! {
            p class="intro" {
                (counted(used, "column")) " of " (count(columns.len())) " take part in the scores. If one is read wrongly, say how with "
                code { "--columns NAME=number" } " (or date, time, boolean, category, ignore)."
            }
            @if columns.len() <= OPEN {
                (table(columns))
            } @else {
                details {
                    summary { "All " (count(columns.len())) " columns" }
                    (table(columns))
                    @if columns.len() > MOST { p class="hint" { "The rest is in run.json." } }
                }
            }
        }
    })
}

fn table(columns: &[ColumnReading]) -> Markup {
    html! {
        div class="scroll" { table class="plain" {
            thead { tr {
                th scope="col" { "Column" } th scope="col" { "Read as" } th scope="col" { "From" } th scope="col" { "To" }
                th scope="col" { "Missing" } th scope="col" { "Remarks" }
            } }
            tbody { @for column in columns.iter().take(MOST) { tr {
                th scope="row" { bdi { (column.name) } }
                td { (kind(column)) }
                @match &column.range {
                    Some([low, high]) => { td { bdi { (low) } } td { bdi { (high) } } }
                    None => { td {} td {} }
                }
                td { @if column.missing > 0 { (count(column.missing)) } }
                td { (remarks(column)) }
            } } }
        } }
    }
}

fn kind(column: &ColumnReading) -> String {
    match column.levels {
        0 => column.kind(),
        levels => format!("{}, {}", column.kind(), counted(levels, "level")),
    }
}

fn remarks(column: &ColumnReading) -> String {
    let left_out = column.left_out.iter().map(|reason| format!("left out: {reason}"));
    left_out.chain(column.remarks()).collect::<Vec<_>>().join("; ")
}

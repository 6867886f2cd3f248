//! Tables as markdown, LaTeX and CSV.

use std::fmt::Write;

use crate::table::{Block, Cell, Table};
use lfr::error::{Error, Result};

impl Table {
    /// Markdown: a section a data set.
    pub fn markdown(&self) -> String {
        let mut out = format!("## {}: {}\n", self.title, self.metric.title());
        for block in &self.blocks {
            let _ = write!(out, "\n### {}\n\n| Method |", block.dataset);
            for ratio in &block.ratios {
                let _ = write!(out, " c = {ratio} |");
            }
            let _ = write!(out, "\n|---|{}\n", "---|".repeat(block.ratios.len()));
            for (label, cells) in &block.rows {
                let _ = write!(out, "| {} |", label.replace('|', "\\|").replace('_', "\\_"));
                for (cell, best) in cells.iter().zip(block.best()) {
                    let _ = write!(out, " {} |", markdown_cell(cell, best));
                }
                out.push('\n');
            }
        }
        let _ = write!(out, "\n{}\n\n", self.legend());
        for note in self.notes.iter().chain(&self.audit.sentences()) {
            let _ = writeln!(out, "- {note}");
        }
        out
    }

    fn legend(&self) -> String {
        let published = self.source.as_ref().map_or(String::new(), |source| {
            format!("In parentheses: the published value ({source}) and the difference of ours from it. ")
        });
        let cells = || self.blocks.iter().flat_map(|block| &block.rows).flat_map(|(_, cells)| cells);
        let partial = match cells().any(|cell| cell.classes > 0 && cell.is_partial()) {
            true => "; means over part of the classes say of how many, and are not compared",
            false => "",
        };
        let dead = match cells().any(|cell| cell.dead > 0) {
            true => {
                " † a network died in one or more of these runs: all items have the same latent or score."
            }
            false => "",
        };
        format!(
            "Mean over seeds, then classes, ± standard deviation from seed to seed where there are several. {published}\
             After × the number of runs, of those planned where some are missing{partial}. Bold: the best of its column.{dead}"
        )
    }

    /// LaTeX: a `tabular` a data set, for documents that load `booktabs`.
    pub fn latex(&self) -> String {
        let mut out = format!("% {}: {}\n", self.title, self.metric.title());
        let _ = write!(out, "% {}", self.legend().replace('×', "x").replace('±', "+-").replace('†', "\\dag"));
        for note in self.notes.iter().chain(&self.audit.sentences()) {
            let _ = write!(out, "\n% {note}");
        }
        for block in &self.blocks {
            latex_block(&mut out, block);
        }
        out.push('\n');
        out
    }

    /// CSV: one line per cell.
    ///
    /// # Errors
    /// None that depends on the data.
    pub fn csv(&self) -> Result<String> {
        let bad = |error: String| Error::config("table", &self.title, error);
        let mut writer = csv::Writer::from_writer(Vec::new());
        let header = [
            "dataset",
            "method",
            "ratio",
            "metric",
            "mean",
            "sd_seeds",
            "sd_classes",
            "classes",
            "runs",
            "planned",
            "published",
            "difference",
            "all_classes",
            "dead_runs",
        ];
        writer.write_record(header).map_err(|e| bad(e.to_string()))?;
        for block in &self.blocks {
            for (label, cells) in &block.rows {
                for (cell, ratio) in cells.iter().zip(&block.ratios) {
                    let number = |value: Option<f64>| value.map_or(String::new(), |v| format!("{v:.6}"));
                    let line = [
                        block.dataset.to_string(),
                        label.clone(),
                        ratio.to_string(),
                        self.metric.key().to_owned(),
                        number(cell.mean),
                        number(cell.sd_seeds),
                        number(cell.sd_classes),
                        cell.classes.to_string(),
                        cell.runs.to_string(),
                        cell.planned.to_string(),
                        cell.published.map_or(String::new(), |v| v.to_string()),
                        number(cell.difference()),
                        cell.all_classes.to_string(),
                        cell.dead.to_string(),
                    ];
                    writer.write_record(line).map_err(|e| bad(e.to_string()))?;
                }
            }
        }
        let bytes = writer.into_inner().map_err(|e| bad(e.to_string()))?;
        String::from_utf8(bytes).map_err(|e| bad(e.to_string()))
    }
}

/// For instance `**0.883** ±0.012 (0.88, +0.003) ×50`, or `0.924 (0.88) ×2, 2/10 classes`.
fn markdown_cell(cell: &Cell, best: Option<i64>) -> String {
    if cell.planned == 0 && cell.published.is_none() {
        return "–".into();
    }
    let mut out = match cell.mean {
        None => "–".into(),
        Some(mean) if cell.is_best(best) => format!("**{mean:.3}**"),
        Some(mean) => format!("{mean:.3}"),
    };
    if cell.dead > 0 {
        out.push('†');
    }
    if let Some(sd) = cell.sd_seeds {
        let _ = write!(out, " ±{sd:.3}");
    }
    out.push_str(&published(cell));
    let _ = write!(out, " ×{}", runs(cell));
    out
}

fn latex_block(out: &mut String, block: &Block) {
    let columns = "l".repeat(block.ratios.len());
    let _ = write!(out, "\n\n% {}\n\\begin{{tabular}}{{l{columns}}}\n\\toprule\nMethod", block.dataset);
    for ratio in &block.ratios {
        let _ = write!(out, " & $c = {ratio}$");
    }
    out.push_str(" \\\\\n\\midrule\n");
    for (label, cells) in &block.rows {
        out.push_str(&latex_text(label));
        for (cell, best) in cells.iter().zip(block.best()) {
            let mean = cell.mean.map_or("--".into(), |mean| format!("{mean:.3}"));
            let mean = if cell.is_best(best) { format!("\\textbf{{{mean}}}") } else { mean };
            let mean = if cell.dead > 0 { mean + "$^\\dag$" } else { mean };
            let sd = cell.sd_seeds.map_or(String::new(), |sd| format!(" $\\pm$ {sd:.3}"));
            let rest = published(cell).replace('−', "$-$").replace('+', "$+$");
            let _ = write!(out, " & {mean}{sd}{{\\scriptsize{rest} $\\times${}}}", runs(cell));
        }
        out.push_str(" \\\\\n");
    }
    out.push_str("\\bottomrule\n\\end{tabular}");
}

/// For instance ` (0.88, +0.003)`.
fn published(cell: &Cell) -> String {
    match (cell.published, cell.difference()) {
        (Some(value), Some(difference)) => format!(" ({value:.2}, {})", signed(difference)),
        (Some(value), None) => format!(" ({value:.2})"),
        (None, _) => String::new(),
    }
}

/// With a sign that is as wide as a plus.
fn signed(value: f64) -> String {
    let sign = if value < 0.0 { '−' } else { '+' };
    format!("{sign}{:.3}", value.abs())
}

/// For instance `50`, `3/5` where two are missing, or `2, 2/10 classes`.
fn runs(cell: &Cell) -> String {
    let mut out = match cell.runs == cell.planned {
        true => cell.runs.to_string(),
        false => format!("{}/{}", cell.runs, cell.planned),
    };
    if cell.classes > 0 && cell.is_partial() {
        let _ = write!(out, ", {}/{} classes", cell.classes, cell.all_classes);
    }
    out
}

/// `text` with LaTeX's own characters escaped.
fn latex_text(text: &str) -> String {
    let escape = |c: char| match c {
        '\\' => "\\textbackslash{}".into(),
        '~' => "\\textasciitilde{}".into(),
        '^' => "\\textasciicircum{}".into(),
        '_' | '&' | '%' | '#' | '$' | '{' | '}' => format!("\\{c}"),
        other => other.to_string(),
    };
    text.chars().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::Metric;
    use crate::table;

    fn example() -> Table {
        let (grid, records) = table::tests::small();
        table::table(&grid, &records, Metric::Auroc).unwrap()
    }

    #[test]
    fn markdown_shows_the_paper_the_difference_and_the_runs() {
        let text = example().markdown();
        assert!(
            text.starts_with(
                "## T: AUROC\n\n### caltech101\n\n| Method | c = 0.1 | c = 0.5 |\n|---|---|---|\n"
            )
        );
        let cell = "0.725 ±0.071 (0.75) ×3/4, 2/11 classes";
        assert!(text.contains(&format!("| L\\_A S\\_B | {cell} | ")), "{text}");
        assert!(text.contains("| GEOM | 0.725 ±0.071 (0.75) ×3/4, 2/11 classes |"), "{text}");
        assert!(text.contains("| L\\_A S\\_B | **0.850** ±0.071 ×10 | **0.850** ±0.071 ×10 |"), "{text}");
        let source =
            "(Lin et al. 2023, Table 1, means over classes and five seeds; Lin et al. 2023, Table 2, ";
        assert!(text.contains(source) && !text.contains('†'), "{text}");
        assert!(text.contains("- 32 of the 32 records do not name the commit"), "{text}");
    }

    #[test]
    fn cells_over_all_classes_are_compared_and_dead_networks_marked() {
        let whole = Cell {
            mean: Some(0.883),
            classes: 11,
            all_classes: 11,
            runs: 11,
            planned: 11,
            published: Some(0.88),
            ..Cell::default()
        };
        assert_eq!(markdown_cell(&whole, Some(883)), "**0.883** (0.88, +0.003) ×11");
        let dead = Cell { dead: 2, ..whole };
        assert_eq!(markdown_cell(&dead, Some(900)), "0.883† (0.88, +0.003) ×11");
        let mut table = example();
        table.blocks[0].rows[0].1[0] = dead;
        assert!(table.markdown().contains("† a network died"));
        assert!(table.latex().contains("\\textbf{0.883}$^\\dag$"));
    }

    #[test]
    fn latex_is_escaped() {
        let text = example().latex();
        let cell = "0.725 $\\pm$ 0.071{\\scriptsize (0.75) $\\times$3/4, 2/11 classes}";
        assert!(text.contains(&format!("L\\_A S\\_B & {cell} &")), "{text}");
        assert_eq!(text.matches("\\begin{tabular}{lll}").count(), 2);
        assert_eq!(
            latex_text("a_b & 50 % {x} \\^~"),
            "a\\_b \\& 50 \\% \\{x\\} \\textbackslash{}\\textasciicircum{}\\textasciitilde{}"
        );
    }

    #[test]
    fn csv_has_a_line_a_cell() {
        let text = example().csv().unwrap();
        let mut lines = text.lines();
        assert!(lines.next().unwrap().starts_with("dataset,method,ratio,metric,mean,"));
        assert_eq!(lines.clone().count(), 2 * 3 + 2 * 2);
        let line = "caltech101,L_A S_B,0.1,auroc,0.725000,0.070711,0.176777,2,3,4,0.75,,11,0";
        assert_eq!(lines.find(|line| line.contains("S_B")), Some(line));
    }

    #[test]
    fn empty_cells_are_dashes() {
        assert_eq!(markdown_cell(&Cell::default(), None), "–");
        let planned = Cell { planned: 5, published: Some(0.9), ..Cell::default() };
        assert_eq!(markdown_cell(&planned, None), "– (0.90) ×0/5");
    }
}

//! The published numbers, from `published.toml`, each with its source.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::metric::Metric;
use lfr::dataset::Name;
use lfr::error::{Error, Result};

/// All published numbers that this project sets its own beside.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    #[serde(rename = "table")]
    tables: Vec<PublishedTable>,
    #[serde(rename = "curve")]
    curves: Vec<PublishedCurve>,
    elsewhere: Vec<Elsewhere>,
}

/// A table, or a figure against c, of the paper.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedTable {
    /// What grids call it.
    pub id: String,
    /// What it reports.
    pub metric: Metric,
    /// Where it is from.
    pub source: String,
    ratio: Vec<f64>,
    values: BTreeMap<Name, BTreeMap<String, Vec<f64>>>,
}

/// A training curve of the paper.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PublishedCurve {
    /// What grids call it.
    pub id: String,
    /// The row it belongs to.
    pub label: String,
    /// Where it is from.
    pub source: String,
    /// The epochs it was read at; 0 is before training.
    pub epoch: Vec<u32>,
    /// AUROC at these, if known.
    #[serde(default)]
    pub auroc: Vec<f64>,
    /// AUPR at these, if known.
    #[serde(default)]
    pub aupr_trapezoid: Vec<f64>,
    /// Mean score of the inliers.
    pub inliers: Vec<f64>,
    /// Mean score of the outliers.
    pub outliers: Vec<f64>,
}

/// What a rival's own paper reports.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Elsewhere {
    /// The row it belongs to.
    pub label: String,
    /// Where it is from.
    pub source: String,
    /// How it was measured.
    pub protocol: String,
    /// The paper's c, where the protocol has one.
    pub ratio: Option<f64>,
    /// AUROC by data set.
    pub auroc: BTreeMap<Name, f64>,
}

impl Published {
    /// Reads the data file, which is part of the program.
    ///
    /// # Errors
    /// [`Error::Config`] when it is not in order; a test sees to it that it is.
    pub fn read() -> Result<Self> {
        toml::from_str(include_str!("published.toml"))
            .map_err(|error| Error::config("published", "published.toml", error.to_string()))
    }

    /// Whether grids may refer to `id`.
    ///
    /// # Errors
    /// [`Error::Config`] that lists those there are.
    pub fn check(&self, id: &str) -> Result<()> {
        let tables = self.tables.iter().map(|table| table.id.as_str());
        let mut known: Vec<_> = tables.chain(self.curves.iter().map(|curve| curve.id.as_str())).collect();
        known.dedup();
        match known.contains(&id) {
            true => Ok(()),
            false => Err(Error::config("published", id, format!("there are {}", known.join(", ")))),
        }
    }

    /// The value of the row `label`, and its source: from the table called `id`, else from another one that has the row.
    pub fn value(
        &self,
        id: &str,
        metric: Metric,
        dataset: Name,
        label: &str,
        ratio: f64,
    ) -> Option<(f64, &str)> {
        let others = self.tables.iter().filter(|table| table.metric == metric);
        let value = |table: &'_ PublishedTable| table.value(dataset, label, ratio);
        self.table(id, metric)
            .into_iter()
            .chain(others)
            .find_map(|table| Some((value(table)?, table.source.as_str())))
    }

    /// The table called `id` of `metric`.
    pub fn table(&self, id: &str, metric: Metric) -> Option<&PublishedTable> {
        self.tables.iter().find(|table| table.id == id && table.metric == metric)
    }

    /// The curve of the row `label` in `id`.
    pub fn curve(&self, id: &str, label: &str) -> Option<&PublishedCurve> {
        self.curves.iter().find(|curve| curve.id == id && curve.label == label)
    }

    /// What other papers say of the row `label` on `dataset`.
    pub fn elsewhere(&self, label: &str, dataset: Name) -> impl Iterator<Item = (&Elsewhere, f64)> {
        let mine = self.elsewhere.iter().filter(move |other| other.label == label);
        mine.filter_map(move |other| Some((other, *other.auroc.get(&dataset)?)))
    }
}

impl PublishedTable {
    /// The value of the row `label` on `dataset` at `ratio`.
    pub fn value(&self, dataset: Name, label: &str, ratio: f64) -> Option<f64> {
        let at = self.ratio.iter().position(|&c| (c - ratio).abs() < 1e-9)?;
        self.values.get(&dataset)?.get(label)?.get(at).copied()
    }
}

impl PublishedCurve {
    /// What the curve holds of `metric`.
    pub fn metric(&self, metric: Metric) -> &[f64] {
        match metric {
            Metric::Auroc => &self.auroc,
            Metric::AuprTrapezoid => &self.aupr_trapezoid,
            Metric::AveragePrecision | Metric::AuprInliers => &[],
        }
    }

    /// `values` with their epochs.
    pub fn points(&self, values: &[f64]) -> Vec<(f64, f64)> {
        self.epoch.iter().map(|&epoch| f64::from(epoch)).zip(values.iter().copied()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_its_place() {
        let published = Published::read().unwrap();
        for table in &published.tables {
            let rows = table.values.values().flatten();
            for (label, values) in rows {
                assert_eq!(values.len(), table.ratio.len(), "{} {label}", table.id);
                assert!(values.iter().all(|v| (0.1..1.0).contains(v)), "{} {label}", table.id);
            }
        }
        for curve in &published.curves {
            for list in [&curve.auroc, &curve.aupr_trapezoid, &curve.inliers, &curve.outliers] {
                assert!(list.is_empty() || list.len() == curve.epoch.len(), "{} {}", curve.id, curve.label);
            }
        }
    }

    /// The cells of a second transcription: ids of tables, metric, row, data set and the values against c.
    fn transcription() -> Vec<(String, Metric, String, Name, Vec<f64>)> {
        let (mut heading, mut names, mut cells) = (Vec::new(), Vec::new(), Vec::new());
        for line in include_str!("../tests/data/published.md").lines() {
            if let Some(words) = line.strip_prefix("## ") {
                heading = words.split(' ').collect();
            }
            let Some(row) = line.strip_prefix('|').filter(|_| !line.starts_with("|---")) else { continue };
            let fields: Vec<_> = row.trim_end_matches('|').split('|').map(str::trim).collect();
            if fields[0].is_empty() {
                names = fields[1..].iter().map(|name| name.parse::<Name>().unwrap()).collect();
                continue;
            }
            let (metric, ids) = heading.split_last().unwrap();
            for (name, values) in names.iter().zip(&fields[1..]).filter(|(_, values)| **values != "-") {
                let values = values.split(' ').map(|value| value.parse().unwrap()).collect();
                cells.push((ids.join(" "), metric.parse().unwrap(), fields[0].to_owned(), *name, values));
            }
        }
        cells
    }

    #[test]
    fn all_410_values_agree_with_a_second_transcription() {
        let published = Published::read().unwrap();
        let cells = transcription();
        let ratios = [0.1, 0.3, 0.5, 0.7, 0.9];
        for (ids, metric, label, name, values) in &cells {
            assert_eq!(values.len(), ratios.len());
            let rows = ids.split(' ').filter_map(|id| published.table(id, *metric));
            let theirs = |c| rows.clone().find_map(|table| table.value(*name, label, c));
            for (&c, value) in ratios.iter().zip(values) {
                assert_eq!(theirs(c), Some(*value), "{ids} {label} on {name} at {c}");
            }
        }
        let count =
            |table: &PublishedTable| -> usize { table.values.values().flatten().map(|(_, v)| v.len()).sum() };
        let held: usize = published.tables.iter().map(count).sum();
        assert_eq!((cells.len() * ratios.len(), held), (410, 410));
    }

    #[test]
    fn values_are_found_by_table_data_set_row_and_ratio() {
        let published = Published::read().unwrap();
        let value =
            |id, metric, dataset, label, ratio| published.table(id, metric)?.value(dataset, label, ratio);
        assert_eq!(value("table1", Metric::Auroc, Name::FashionMnist, "L_A S_B", 0.1), Some(0.88));
        assert_eq!(value("table2", Metric::Auroc, Name::Caltech101, "GT L_A S_B", 0.3), Some(0.88));
        assert_eq!(value("figure3-4", Metric::AuprTrapezoid, Name::Reuters, "RSRAE", 0.9), Some(0.76));
        assert_eq!(value("figure3-4", Metric::Auroc, Name::Reuters, "GEOM", 0.9), None);
        assert_eq!(value("table1", Metric::Auroc, Name::Cifar10, "AE/CAE", 0.2), None);
        assert_eq!(value("table1", Metric::AveragePrecision, Name::Cifar10, "AE/CAE", 0.1), None);
    }

    #[test]
    fn a_row_of_another_table_has_the_source_of_that() {
        let published = Published::read().unwrap();
        let find = |label| published.value("figure3-4", Metric::Auroc, Name::Caltech101, label, 0.1);
        assert!(find("GEOM").is_some_and(|(value, source)| value == 0.75 && source.contains("Fig. 3")));
        assert!(find("GT L_A S_A").is_some_and(|(value, source)| value == 0.8 && source.contains("Table 2")));
        assert_eq!(find("LVAD"), None);
    }

    // The paper's text: AE-LFR beats RSRAE by 4 % AUROC on Fashion-MNIST.
    #[test]
    fn the_figures_agree_with_the_text() {
        let published = Published::read().unwrap();
        let table = published.table("figure3-4", Metric::Auroc).unwrap();
        let mean = |label| {
            let values =
                [0.1, 0.3, 0.5, 0.7, 0.9].map(|c| table.value(Name::FashionMnist, label, c).unwrap());
            values.iter().sum::<f64>() / 5.0
        };
        assert!((mean("AE-LFR") - mean("RSRAE") - 0.04).abs() < 0.005);
    }
}

//! The true labels of a pile, and how well scores agree with them.

use super::record::metrics;
use crate::error::Result;
use crate::metrics::Agreement;
use crate::output::RunRecord;
use crate::readable::counted;

/// Labels to measure scores by. The items that guide a fit by their labels are left out: a method would be measured by
/// what it was told.
#[derive(Clone, Debug)]
pub(super) struct Truth {
    outlier: Vec<bool>,
    /// Places of the guiding items, ascending.
    guides: Vec<usize>,
}

impl Truth {
    /// `outlier` is one flag per item, `known` the guiding items and their labels.
    ///
    /// # Errors
    /// [`crate::Error::Labels`] when the items to measure are of one kind only, which is found before the fit.
    pub fn new(outlier: Vec<bool>, known: Option<&[(usize, bool)]>) -> Result<Self> {
        let mut guides: Vec<usize> = known.unwrap_or_default().iter().map(|&(place, _)| place).collect();
        guides.sort_unstable();
        guides.dedup();
        let truth = Self { outlier, guides };
        truth.agreement(&vec![0.0; truth.outlier.len()])?;
        Ok(truth)
    }

    /// One flag an item.
    pub fn outlier(&self) -> &[bool] {
        &self.outlier
    }

    /// How `scores`, one an item, agree with the labels.
    ///
    /// # Errors
    /// As [`Agreement::new`].
    pub fn agreement(&self, scores: &[f32]) -> Result<Agreement> {
        Agreement::new(&unguided(scores, &self.guides), &self.measured())
    }

    /// The same for `scores` without those of the guiding items, as a fit sees them.
    ///
    /// # Errors
    /// As [`Agreement::new`].
    pub fn agreement_in_training(&self, scores: &[f32]) -> Result<Agreement> {
        Agreement::new(scores, &self.measured())
    }

    /// Puts the agreement of `scores` into the record, and a word on what is left out of it.
    ///
    /// # Errors
    /// As [`Agreement::new`].
    pub fn report(&self, scores: &[f32], record: &mut RunRecord) -> Result<()> {
        record.metrics = Some(metrics(&self.agreement(scores)?));
        if !self.guides.is_empty() {
            let text = format!(
                "AUROC and AUPR leave out {} whose labels guided the fit",
                counted(self.guides.len(), "item")
            );
            record.warnings.push(text);
        }
        Ok(())
    }

    fn measured(&self) -> Vec<bool> {
        unguided(&self.outlier, &self.guides)
    }
}

/// `values`, one an item, without those of the items `guides`, whose places ascend.
pub(super) fn unguided<T: Copy>(values: &[T], guides: &[usize]) -> Vec<T> {
    let left = values.iter().enumerate().filter(|(place, _)| guides.binary_search(place).is_err());
    left.map(|(_, &value)| value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guiding_items_are_not_measured() {
        let outlier = vec![false, true, false, true];
        let scores = [1.0, 0.0, 2.0, 3.0];
        let all = Truth::new(outlier.clone(), None).unwrap();
        assert_eq!(all.agreement(&scores).unwrap().auroc(), 0.5);
        let guided = Truth::new(outlier.clone(), Some(&[(1, true)])).unwrap();
        assert_eq!(guided.agreement(&scores).unwrap().auroc(), 1.0);
        assert_eq!(guided.agreement_in_training(&[1.0, 2.0, 3.0]).unwrap().auroc(), 1.0);
        assert!(Truth::new(outlier, Some(&[(3, true), (1, true)])).is_err());
        assert!(Truth::new(vec![false; 3], None).is_err());
    }
}

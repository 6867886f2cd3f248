//! What a reader of a table should know about the records behind it.

use crate::job::Job;
use crate::store::Records;

/// Counts over the records of a plan.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Audit {
    /// Records there are.
    pub records: usize,
    /// Of them without self-checks, made before the bench had any.
    pub unchecked: usize,
    /// Of them without the commit they were made from.
    pub without_commit: usize,
    /// Sentences on the records that are left out, see [`Records::stale`].
    pub stale: Vec<String>,
}

impl Audit {
    /// Counts over the records of `plan`.
    pub fn of(plan: &[Job], records: &Records) -> Self {
        let mut audit = Self { stale: records.stale().to_vec(), ..Self::default() };
        for record in plan.iter().filter_map(|job| records.get(job)) {
            audit.records += 1;
            audit.unchecked += usize::from(record.checks.is_none());
            audit.without_commit += usize::from(record.commit.is_none());
        }
        audit
    }

    /// What is not as it should be, in sentences.
    pub fn sentences(&self) -> Vec<String> {
        let mut all: Vec<String> = self.stale.iter().map(|sentence| format!("{sentence}.")).collect();
        let mut tell = |count: usize, what: &str| {
            if count > 0 {
                all.push(format!("{count} of the {} records {what}.", self.records));
            }
        };
        tell(self.unchecked, "are older than the self-checks of the bench: not checked for dead networks");
        tell(self.without_commit, "do not name the commit they were made from");
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{job, record};

    #[test]
    fn only_what_is_not_in_order_is_told() {
        let plan: Vec<_> = (0..3).map(|seed| Job { seed, ..job::example() }).collect();
        let mut good = record::example(&plan[0], 0.5);
        (good.commit, good.checks) = (Some("c0ffee".into()), Some(Vec::new()));
        let records: Records = [good.clone(), record::example(&plan[1], 0.5)].into_iter().collect();
        let audit = Audit::of(&plan, &records);
        assert_eq!((audit.records, audit.unchecked, audit.without_commit), (2, 1, 1));
        assert!(audit.sentences()[1].starts_with("1 of the 2 records do not name the commit"));
        let records: Records = [good].into_iter().collect();
        assert!(Audit::of(&plan, &records).sentences().is_empty());
    }
}

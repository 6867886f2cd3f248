//! A part of a plan, for one of several machines.

use std::fmt;
use std::str::FromStr;

use crate::job::Job;
use lfr::error::{Error, Result};

/// The `index`-th of `count` parts, from 1; written `index/count`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    index: usize,
    count: usize,
}

impl Shard {
    /// All of it.
    pub const WHOLE: Shard = Shard { index: 1, count: 1 };

    /// The jobs of this part: every `count`-th, so that all parts cost about the same.
    pub fn of(self, plan: &[Job]) -> Vec<Job> {
        plan.iter().skip(self.index - 1).step_by(self.count).cloned().collect()
    }
}

impl FromStr for Shard {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let parts = text.split_once('/').and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
        match parts {
            Some((index, count)) if 1 <= index && index <= count => Ok(Self { index, count }),
            _ => Err(Error::config("shard", text, "write i/n with i from 1 to n, as in 1/8")),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job;

    #[test]
    fn shards_share_a_plan_out() {
        let plan: Vec<_> = (0..10).map(|seed| Job { seed, ..job::example() }).collect();
        let seeds = |text: &str| {
            text.parse::<Shard>().unwrap().of(&plan).iter().map(|job| job.seed).collect::<Vec<_>>()
        };
        assert_eq!(seeds("1/3"), [0, 3, 6, 9]);
        assert_eq!(seeds("3/3"), [2, 5, 8]);
        assert_eq!(seeds("11/12"), Vec::<u64>::new());
        assert_eq!(Shard::WHOLE.of(&plan), plan);
    }

    #[test]
    fn texts_read_and_print_and_mistakes_are_named() {
        assert_eq!("2/8".parse::<Shard>().unwrap().to_string(), "2/8");
        for text in ["0/4", "5/4", "1", "1/0", "a/b", "", "-1/2", "1/2/3"] {
            assert!(text.parse::<Shard>().unwrap_err().to_string().contains("i/n"), "{text}");
        }
    }
}

//! How long the rest of a sweep will take.

use std::collections::HashMap;

use crate::job::Job;
use lfr::dataset::Name;

/// Times of finished jobs and numbers of open ones, by method and data set.
#[derive(Clone, Debug, Default)]
pub(super) struct Forecast {
    groups: HashMap<(String, Name), Group>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Group {
    seconds: f64,
    timed: usize,
    open: usize,
}

impl Forecast {
    /// Takes the time of a finished job into account.
    pub(super) fn time(&mut self, job: &Job, seconds: f64) {
        let group = self.group(job);
        group.seconds += seconds;
        group.timed += 1;
    }

    /// Adds an open job.
    pub(super) fn open(&mut self, job: &Job) {
        self.group(job).open += 1;
    }

    /// Takes an open job away, however it ended.
    pub(super) fn close(&mut self, job: &Job) {
        let group = self.group(job);
        group.open = group.open.saturating_sub(1);
    }

    /// Seconds that `workers` need for the open jobs, each as long as the mean of its group, else of all; the number of
    /// outliers hardly matters beside the method. `None` before the first time is known.
    pub(super) fn seconds(&self, workers: usize) -> Option<f64> {
        let (sum, timed) = self.groups.values().fold((0.0, 0), |(s, n), g| (s + g.seconds, n + g.timed));
        let mean = |sum: f64, count: usize| (count > 0).then(|| sum / count as f64);
        let left = self.groups.values().filter(|group| group.open > 0).map(|group| {
            let each = mean(group.seconds, group.timed).or_else(|| mean(sum, timed))?;
            Some(each * group.open as f64)
        });
        // Without open jobs the sum is -0.
        left.sum::<Option<f64>>().map(|sum| sum.abs() / workers.max(1) as f64)
    }

    fn group(&mut self, job: &Job) -> &mut Group {
        self.groups.entry((job.method.name.clone(), job.dataset)).or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job;

    #[test]
    fn like_jobs_count_before_others() {
        let mut forecast = Forecast::default();
        assert!(forecast.seconds(1).is_some_and(|left| left == 0.0 && left.is_sign_positive()));
        let (a, b) = (job::example(), Job { dataset: Name::Reuters, ..job::example() });
        [&a, &a, &b].into_iter().for_each(|job| forecast.open(job));
        assert_eq!(forecast.seconds(1), None);
        forecast.time(&a, 1.0);
        forecast.time(&a, 3.0);
        assert_eq!(forecast.seconds(2), Some(3.0));
        forecast.time(&b, 11.0);
        assert_eq!(forecast.seconds(1), Some(15.0));
        forecast.close(&b);
        assert_eq!(forecast.seconds(1), Some(4.0));
    }
}

//! Who watches a fit, and what is told.

use serde::{Deserialize, Serialize};

use crate::error::Result;

/// The outcome of one pass over the data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// From 1.
    pub epoch: usize,
    /// Passes planned.
    pub epochs: usize,
    /// Mean loss per item.
    pub loss: f32,
    /// Its summands by name.
    pub parts: Vec<(String, f32)>,
    /// Mean error of the worst tenth over the median error; falls towards 1 when outliers are learnt too.
    pub gap: Option<f32>,
}

/// Watches a fit. Returning an error, such as [`crate::Error::Interrupted`], ends it.
pub trait Observer {
    /// Before member `member` (from 1) of the `members` of a combination, a method called `name`, is fitted.
    ///
    /// # Errors
    /// Whatever should end the fit.
    fn member(&mut self, name: &str, member: usize, members: usize) -> Result<()> {
        let _ = (name, member, members);
        Ok(())
    }

    /// Before step `step` (from 0) of `steps` in an epoch.
    ///
    /// # Errors
    /// Whatever should end the fit.
    fn step(&mut self, step: usize, steps: usize) -> Result<()> {
        let _ = (step, steps);
        Ok(())
    }

    /// After an epoch; `scores` computes the training items' scores as of now, when asked.
    ///
    /// # Errors
    /// Whatever should end the fit.
    fn epoch(&mut self, epoch: &Epoch, scores: &dyn Fn() -> Result<Vec<f32>>) -> Result<()> {
        let _ = (epoch, scores);
        Ok(())
    }

    /// What it keeps of the fit so far, for a fit that goes on later.
    fn held(&self) -> serde_json::Value {
        serde_json::Value::Null
    }

    /// Takes back what [`Observer::held`] gave, in place of what it keeps.
    ///
    /// # Errors
    /// Whatever should end the fit.
    fn restore(&mut self, held: &serde_json::Value) -> Result<()> {
        let _ = held;
        Ok(())
    }
}

/// Watches nothing.
pub struct Silent;

impl Observer for Silent {}

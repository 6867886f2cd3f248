//! PyTorch's Adam.

use std::collections::BTreeMap;

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{Bytes, Tensor};
use burn_optim::{GradientsParams, ModuleOptimizer};
use lfr_kernels::ops::{LateAdam, Moments};

use super::Rows;
use crate::data::Weights;
use crate::error::{Error, Result};

/// Adam (betas .9 and .999) whose weight decay is an L2 term added to the gradient.
pub struct Adam {
    inner: ModuleOptimizer,
    learning_rate: f64,
    late: Late,
}

/// The weights that are brought up to date when they are read, by the identities of their parameters.
struct Late {
    /// PyTorch's `lr`, `eps` and `weight_decay`.
    settings: [f32; 3],
    weights: BTreeMap<u64, LateAdam>,
}

impl Adam {
    /// An optimiser with fresh moments.
    pub fn new(learning_rate: f64, epsilon: f32, weight_decay: f32) -> Self {
        let inner = ModuleOptimizer::from(lfr_kernels::ops::Adam::new(epsilon, weight_decay));
        let settings = [learning_rate as f32, epsilon, weight_decay];
        Self { inner, learning_rate, late: Late { settings, weights: BTreeMap::new() } }
    }

    /// Its moments, by the identities of the parameters, those of [`Adam::late_moments`] aside.
    ///
    /// # Errors
    /// [`Error::Device`] when they cannot be read back.
    pub(crate) fn moments(&self) -> Result<Vec<u8>> {
        let bytes = self.inner.into_bytes().map_err(|e| unreadable(&e))?;
        Ok(bytes.to_vec())
    }

    /// The moments of the weights that [`Adam::settle`] brought up to date.
    pub(crate) fn late_moments(&self) -> Weights {
        let mut arrays = Weights::default();
        for (id, late) in &self.late.weights {
            let Moments { time, columns, moments } = late.moments();
            arrays.put_u32(format!("{id}/time"), &[1], vec![time.unsigned_abs()]);
            for (name, numbers) in ["first", "second"].into_iter().zip(moments) {
                let shape = [columns, numbers.len() / columns.max(1)];
                arrays.put_f32(format!("{id}/{name}"), &shape, numbers);
            }
        }
        arrays
    }

    /// Goes on with `moments` and what [`Adam::late_moments`] gave.
    ///
    /// # Errors
    /// [`Error::Device`] when they are no moments, [`Error::Mismatch`] when an array is not one of them.
    pub(crate) fn restore(&mut self, moments: Vec<u8>, mut late: Weights) -> Result<()> {
        self.inner =
            self.inner.clone().from_bytes(Bytes::from_bytes_vec(moments)).map_err(|e| unreadable(&e))?;
        let ids: Vec<u64> =
            late.iter().filter_map(|(name, _)| name.strip_suffix("/time")?.parse().ok()).collect();
        for id in ids {
            let (_, time) = late.take_u32(&format!("{id}/time"), &[Some(1)])?;
            let (shape, first) = late.take_f32(&format!("{id}/first"), &[None, None])?;
            let (_, second) = late.take_f32(&format!("{id}/second"), &[Some(shape[0]), Some(shape[1])])?;
            let time = i32::try_from(time[0]).unwrap_or(i32::MAX);
            let moments = Moments { time, columns: shape[0], moments: [first, second] };
            self.late.weights.insert(id, LateAdam::of(moments, self.late.settings));
        }
        late.finish()
    }

    /// Brings up to date what `model` reads of its weights when it is given `x`, before [`Adam::step_late`].
    pub(crate) fn catch_up<M: Module>(&mut self, model: M, x: &Rows) -> M {
        match x {
            Rows::Sparse(x) if !self.late.weights.is_empty() => {
                model.map(&mut Act { late: &mut self.late, does: Does::CatchUp(x.rows().columns()) })
            }
            _ => model,
        }
    }

    /// Brings all weights up to date, before anybody else than the next step reads them.
    pub(crate) fn settle<M: Module>(&mut self, model: M) -> M {
        match self.late.weights.is_empty() {
            true => model,
            false => model.map(&mut Act { late: &mut self.late, does: Does::Settle }),
        }
    }

    /// One step down the gradient of `loss`.
    pub fn step<M: Module>(&mut self, model: M, loss: &Tensor<1>) -> M {
        let gradients = GradientsParams::from_grads(loss.backward(), &model);
        self.inner.step(self.learning_rate, model, gradients)
    }

    /// The same; weights whose gradient says which columns it is of are updated in these alone, and in the others when they
    /// are read.
    pub(crate) fn step_late<M: Module>(&mut self, model: M, loss: &Tensor<1>) -> M {
        let mut gradients = GradientsParams::from_grads(loss.backward(), &model);
        let model = model.map(&mut Act { late: &mut self.late, does: Does::Step(&mut gradients) });
        self.inner.step(self.learning_rate, model, gradients)
    }
}

/// What is done to every late weight of a module.
struct Act<'a> {
    late: &'a mut Late,
    does: Does<'a>,
}

enum Does<'a> {
    Step(&'a mut GradientsParams),
    CatchUp(&'a [u32]),
    Settle,
}

impl ModuleMapper for Act<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Late { settings, weights } = &mut *self.late;
        let (id, key) = (param.id.val(), param.id);
        if let Does::Step(gradients) = &self.does
            && !weights.contains_key(&id)
            && let Some(gradient) = gradients.get::<D>(param.id)
            && let Some(late) = LateAdam::new(&param.val(), &gradient, *settings)
        {
            weights.insert(id, late);
        }
        let Some(late) = weights.get_mut(&id) else { return param };
        let mut change = |weight: Tensor<D>| match &mut self.does {
            Does::Step(gradients) => match gradients.remove::<D>(key) {
                Some(gradient) => late.step(weight, gradient),
                None => weight,
            },
            Does::CatchUp(columns) => late.catch_up(weight, columns),
            Does::Settle => late.settle(weight),
        };
        param.map(|weight| Tensor::from_inner(change(weight.inner()))).set_require_grad(true)
    }
}

fn unreadable(error: &dyn std::fmt::Debug) -> Error {
    Error::Device {
        name: "in use".into(),
        problem: format!("the optimiser's moments cannot be kept: {error:?}"),
    }
}

//! The LFR layer z' = AᵀAz and its penalties (Lin et al. 2023, Eq. 1 and 2), one matrix for all items or one a group.

use rayon::prelude::*;

use crate::check;
use crate::scratch::Scratch;
use crate::simd::{add_scaled, inner, vectorised};

/// The layer's sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lfr {
    /// Numbers of a latent z: the columns of A.
    pub latent: usize,
    /// Dimensions kept: the rows of A.
    pub kept: usize,
}

/// What the layer adds to a loss, before weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Penalties {
    /// Mean over the items of ‖z - AᵀAz‖.
    pub distance: f32,
    /// Mean over the items of ‖AAᵀ - I‖² (summed over the kept² entries), each with its group's A.
    pub orthogonality: f32,
}

/// Latents and the matrices they meet.
#[derive(Clone, Copy, Debug)]
pub struct Latents<'a> {
    /// `[items, latent]`.
    pub z: &'a [f32],
    /// `[groups, kept, latent]`.
    pub a: &'a [f32],
    /// The group of each item; without, the first matrix is everyone's.
    pub groups: Option<&'a [u32]>,
}

/// Where the layer's gradients go; they replace what is there.
pub struct LfrGradients<'a> {
    /// Of the latents.
    pub z: &'a mut [f32],
    /// Of the matrices.
    pub a: &'a mut [f32],
}

impl Lfr {
    /// Writes AᵀAz of every item into `to` (`[items, latent]`).
    ///
    /// # Panics
    /// If a length does not fit or a group has no matrix.
    pub fn reconstruct(&self, latents: Latents<'_>, to: &mut [f32]) {
        self.check(&latents);
        check("the reconstructed latents", to, latents.z.len());
        to.par_chunks_mut(self.latent).zip(latents.z.par_chunks(self.latent)).enumerate().for_each(
            |(i, (to, z))| {
                let mut p = Scratch::dirty(self.kept);
                to.fill(0.0);
                through(self.matrix(&latents, i), z, &mut p, to);
            },
        );
    }

    /// Computes the gradients from `d_to`, those of [`Lfr::reconstruct`]'s output.
    ///
    /// # Panics
    /// If a length does not fit or a group has no matrix.
    pub fn reconstruct_backward(&self, latents: Latents<'_>, d_to: &[f32], gradients: LfrGradients<'_>) {
        self.check(&latents);
        check("the gradient of the reconstructed latents", d_to, latents.z.len());
        gradients.z.fill(0.0);
        self.backward(&latents, d_to, 0.0, gradients);
    }

    /// The penalties of a batch; 0 without items.
    ///
    /// # Panics
    /// If a length does not fit or a group has no matrix.
    pub fn penalties(&self, latents: Latents<'_>) -> Penalties {
        let items = self.check(&latents).max(1) as f64;
        let distances = latents.z.par_chunks(self.latent).enumerate().map(|(i, z)| {
            let mut apart = Scratch::dirty(self.latent);
            self.apart(&latents, i, z, &mut apart)
        });
        let distance: f64 = distances.collect::<Vec<_>>().iter().sum();
        let square = |(a, weight): (&[f32], f64)| weight * deviation(a, self.latent);
        let matrices = latents.a.par_chunks(self.kept * self.latent).zip(self.weights(&latents));
        let squares: f64 = matrices.map(square).collect::<Vec<_>>().iter().sum();
        Penalties { distance: (distance / items) as f32, orthogonality: squares as f32 }
    }

    /// Computes the gradients of `by.distance * distance + by.orthogonality * orthogonality`. That of a norm at 0 is 0.
    ///
    /// # Panics
    /// If a length does not fit or a group has no matrix.
    pub fn penalties_backward(&self, latents: Latents<'_>, by: Penalties, gradients: LfrGradients<'_>) {
        let items = self.check(&latents).max(1) as f32;
        check("the gradient of z", gradients.z, latents.z.len());
        let mut directions = Scratch::dirty(latents.z.len());
        let parts = gradients.z.par_chunks_mut(self.latent).zip(directions.par_chunks_mut(self.latent));
        parts.zip(latents.z.par_chunks(self.latent)).enumerate().for_each(|(i, ((dz, direction), z))| {
            let distance = self.apart(&latents, i, z, direction) as f32;
            let factor = if distance > 0.0 { by.distance / items / distance } else { 0.0 };
            direction.iter_mut().for_each(|v| *v *= -factor);
            dz.iter_mut().zip(direction).for_each(|(dz, v)| *dz = -*v);
        });
        self.backward(&latents, &directions, by.orthogonality, gradients);
    }

    /// `dz += AᵀAg`, and of A: `(Az) gᵀ + (Ag) zᵀ` summed over the items of a group, plus the orthogonality's part.
    fn backward(&self, latents: &Latents<'_>, g: &[f32], orthogonality: f32, gradients: LfrGradients<'_>) {
        check("the gradient of z", gradients.z, latents.z.len());
        check("the gradient of A", gradients.a, latents.a.len());
        let items = latents.z.len() / self.latent;
        let mut projections = Scratch::dirty(2 * items * self.kept);
        let (of_z, of_g) = projections.split_at_mut(items * self.kept);
        let rows = of_z.par_chunks_mut(self.kept).zip(of_g.par_chunks_mut(self.kept));
        let rows = rows.zip(gradients.z.par_chunks_mut(self.latent)).zip(latents.z.par_chunks(self.latent));
        rows.zip(g.par_chunks(self.latent)).enumerate().for_each(|(i, ((((pz, pg), dz), z), g))| {
            let a = self.matrix(latents, i);
            project(a, z, pz);
            through(a, g, pg, dz);
        });
        let weights = self.weights(latents);
        gradients.a.par_chunks_mut(self.latent).enumerate().for_each(|(row, da)| {
            let (group, r) = (row / self.kept, row % self.kept);
            let mine = |i: &usize| latents.groups.map_or(group == 0, |groups| groups[*i] as usize == group);
            let a = &latents.a[group * self.kept * self.latent..][..self.kept * self.latent];
            let factor = 4.0 * orthogonality * weights[group] as f32;
            da.fill(0.0);
            for i in (0..items).filter(mine) {
                let item = i * self.latent..(i + 1) * self.latent;
                let by = [of_z[i * self.kept + r], of_g[i * self.kept + r]];
                add_both(da, by, [&g[item.clone()], &latents.z[item]]);
            }
            if factor != 0.0 {
                add_deviation(da, factor, a, r);
            }
        });
    }

    /// Writes z - AᵀAz and returns its length.
    fn apart(&self, latents: &Latents<'_>, i: usize, z: &[f32], to: &mut [f32]) -> f64 {
        let mut p = Scratch::dirty(self.kept);
        to.fill(0.0);
        through(self.matrix(latents, i), z, &mut p, to);
        to.iter_mut().zip(z).for_each(|(t, z)| *t = z - *t);
        length(to)
    }

    fn matrix<'a>(&self, latents: &Latents<'a>, item: usize) -> &'a [f32] {
        let group = latents.groups.map_or(0, |groups| groups[item] as usize);
        &latents.a[group * self.kept * self.latent..][..self.kept * self.latent]
    }

    /// The share of the items that each matrix meets.
    fn weights(&self, latents: &Latents<'_>) -> Vec<f64> {
        let mut weights = vec![0.0; latents.a.len() / (self.kept * self.latent)];
        match latents.groups {
            None => weights[0] = 1.0,
            Some(groups) => {
                groups.iter().for_each(|&g| weights[g as usize] += 1.0);
                weights.iter_mut().for_each(|w| *w /= groups.len().max(1) as f64);
            }
        }
        weights
    }

    /// Items in the batch.
    fn check(&self, latents: &Latents<'_>) -> usize {
        assert!(self.latent * self.kept > 0, "a size of {self:?} is 0");
        let items = latents.z.len() / self.latent;
        check("z", latents.z, items * self.latent);
        let matrix = self.kept * self.latent;
        check("A", latents.a, (latents.a.len() / matrix).max(1) * matrix);
        if let Some(groups) = latents.groups {
            assert_eq!(groups.len(), items, "groups of {items} latents");
        }
        items
    }
}

vectorised! {
    /// `p = Av`.
    fn project(a: &[f32], v: &[f32], p: &mut [f32]) {
        for (a, p) in a.chunks_exact(v.len()).zip(p) {
            *p = inner(a, v) as f32;
        }
    }
}

vectorised! {
    /// `p = Av` and `to += Aᵀp`.
    fn through(a: &[f32], v: &[f32], p: &mut [f32], to: &mut [f32]) {
        for (a, p) in a.chunks_exact(v.len()).zip(p) {
            *p = inner(a, v) as f32;
            add_scaled(to, *p, a);
        }
    }
}

vectorised! {
    fn length(v: &[f32]) -> f64 {
        inner(v, v).sqrt()
    }
}

vectorised! {
    /// `to += by[0] v[0] + by[1] v[1]`.
    fn add_both(to: &mut [f32], by: [f32; 2], v: [&[f32]; 2]) {
        add_scaled(to, by[0], v[0]);
        add_scaled(to, by[1], v[1]);
    }
}

vectorised! {
    /// `to += factor (AAᵀ - I)A`, of which it is row `r`.
    fn add_deviation(to: &mut [f32], factor: f32, a: &[f32], r: usize) {
        let latent = to.len();
        let row = &a[r * latent..][..latent];
        for (s, other) in a.chunks_exact(latent).enumerate() {
            let entry = inner(row, other) as f32 - f32::from(u8::from(r == s));
            add_scaled(to, factor * entry, other);
        }
    }
}

vectorised! {
    /// ‖AAᵀ - I‖².
    fn deviation(a: &[f32], latent: usize) -> f64 {
        let mut total = 0.0;
        for (r, row) in a.chunks_exact(latent).enumerate() {
            for (s, other) in a.chunks_exact(latent).enumerate() {
                total += (inner(row, other) - f64::from(u8::from(r == s))).powi(2);
            }
        }
        total
    }
}

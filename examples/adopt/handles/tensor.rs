//! `ndarray`: a tensor whose methods return further tensors. They stay in the child too, with
//! `handles(Self)`, so a long computation sends only its last result.

use anyhow::{Context, Result, ensure};
use concurrent_object::concurrent_object;
use ndarray::{ArrayD, Axis, Ix2, ShapeError};

use crate::assert_gone;

struct Tensor(ArrayD<f64>);

#[concurrent_object(handles(Self))]
impl Tensor {
    #[concurrent_object(rename = new)]
    pub fn from_shape_vec(shape: Vec<usize>, values: Vec<f64>) -> Result<Self, ShapeError> {
        ArrayD::from_shape_vec(shape, values).map(Self)
    }

    pub fn shape(&self) -> &[usize] {
        self.0.shape()
    }

    pub fn add(&self, rhs: &Self) -> Self {
        Self(&self.0 + &rhs.0)
    }

    pub fn scaled(&self, by: f64) -> Self {
        Self(&self.0 * by)
    }

    pub fn t(&self) -> Self {
        Self(self.0.t().to_owned())
    }

    /// The product of two matrices.
    pub fn dot(&self, rhs: &Self) -> Result<Self, ShapeError> {
        let (left, right) = (self.0.view().into_dimensionality::<Ix2>()?, rhs.0.view().into_dimensionality::<Ix2>()?);
        Ok(Self(left.dot(&right).into_dyn()))
    }

    pub fn outer_iter(&self) -> impl Iterator<Item = Self> {
        self.0.axis_iter(Axis(0)).map(|part| Self(part.to_owned()))
    }

    pub fn sum(&self) -> f64 {
        self.0.sum()
    }

    pub fn to_vec(&self) -> Vec<f64> {
        self.0.iter().copied().collect()
    }
}

/// Computes with tensors, and kills the child while it multiplies. Returns how many handles
/// answered then.
pub(crate) fn kill() -> Result<usize> {
    let size = 400;
    let identity = (0..size * size).map(|at| if at % (size + 1) == 0 { 1.0 } else { 0.0 }).collect();
    let object = TensorProxy::builder("tensor").start(vec![size, size], identity)?;
    let twice = object.add(&object.scaled(1.0).wait()?).wait()?;
    ensure!(twice.sum().wait()? == 2.0 * size as f64);
    let product = twice.dot(&twice.t().wait()?).wait()??;
    ensure!((product.shape().wait()?, product.sum().wait()?) == (vec![size, size], 4.0 * size as f64));
    let mut tensors = product.outer_iter().wait()?;
    ensure!(tensors.len() == size && tensors[7].to_vec().wait()?[7] == 4.0);
    let shape = tensors[0].dot(&product).wait()?.err().context("a row is no matrix")?;
    println!("tensors: {} in the child; its own error: {shape}", object.handle().statistics().handles);

    tensors.extend([twice, product]);
    let busy = tensors[size].dot(&tensors[size + 1]);
    object.kill()?;
    // The product may have been finished before the kill.
    if let Ok(finished) = busy.wait() {
        tensors.push(finished?);
    }
    tensors.iter().try_for_each(|tensor| assert_gone(tensor.sum().wait()))?;
    Ok(tensors.len())
}

//! `candle-core` 0.9 (000db73c), `Tensor`. Shapes, devices and element types stand in without
//! contents. The first 60 functions; those from `add` to `sign` are written by macros there.
//! Constructor: `fn open(path: &Path) -> Result<Self>`.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use concurrent_object::concurrent_object;

#[derive(Clone)]
pub struct Tensor(Arc<()>);

impl AsRef<Tensor> for Tensor {
    fn as_ref(&self) -> &Tensor {
        self
    }
}

impl fmt::Debug for Tensor {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        unimplemented!()
    }
}

#[derive(Clone, PartialEq, Eq)]
pub struct Shape(Vec<usize>);

impl From<usize> for Shape {
    fn from(_: usize) -> Self {
        unimplemented!()
    }
}

impl From<(usize, usize)> for Shape {
    fn from(_: (usize, usize)) -> Self {
        unimplemented!()
    }
}

impl From<Vec<usize>> for Shape {
    fn from(_: Vec<usize>) -> Self {
        unimplemented!()
    }
}

impl From<&Shape> for Shape {
    fn from(_: &Shape) -> Self {
        unimplemented!()
    }
}

#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
pub enum DType {
    U8,
    U32,
    F32,
    F64,
}

#[derive(Debug, Clone)]
pub enum Device {
    Cpu,
    Cuda(Arc<()>),
}

pub type Result<T> = std::result::Result<T, Error>;

#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    Msg(String),
    Wrapped(Box<dyn std::error::Error + Send + Sync>),
}

impl fmt::Display for Error {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        unimplemented!()
    }
}

impl std::error::Error for Error {}

pub trait WithDType: Sized + Copy + Send + Sync + 'static {}

impl WithDType for u8 {}

impl WithDType for f32 {}

impl WithDType for f64 {}

pub trait FloatDType: WithDType {}

impl FloatDType for f32 {}

impl FloatDType for f64 {}

pub trait ShapeWithOneHole {}

impl<S: Into<Shape>> ShapeWithOneHole for S {}

pub mod scalar {
    #[derive(Debug, Clone, Copy, PartialEq)]
    pub enum Scalar {
        U8(u8),
        F32(f32),
        F64(f64),
    }
}

pub mod device {
    pub trait NdArray {}

    impl<S: super::WithDType> NdArray for S {}

    impl<S: super::WithDType> NdArray for &[S] {}

    impl<S: super::WithDType> NdArray for Vec<S> {}
}

pub trait TensorOrScalar {}

impl TensorOrScalar for &Tensor {}

impl<T: WithDType> TensorOrScalar for T {}

impl Tensor {
    pub fn open(path: &Path) -> Result<Self> {
        unimplemented!()
    }
}

#[concurrent_object]
impl Tensor {
    pub fn ones<S: Into<Shape>>(shape: S, dtype: DType, device: &Device) -> Result<Self> {
        unimplemented!()
    }

    pub fn const_set(&self, value: scalar::Scalar) -> Result<()> {
        unimplemented!()
    }

    pub fn zero_set(&self) -> Result<()> {
        unimplemented!()
    }

    pub fn one_set(&self) -> Result<()> {
        unimplemented!()
    }

    pub fn ones_like(&self) -> Result<Self> {
        unimplemented!()
    }

    pub fn zeros<S: Into<Shape>>(shape: S, dtype: DType, device: &Device) -> Result<Self> {
        unimplemented!()
    }

    pub fn zeros_like(&self) -> Result<Self> {
        unimplemented!()
    }

    pub fn rand<S: Into<Shape>, T: FloatDType>(lo: T, up: T, s: S, device: &Device) -> Result<Self> {
        unimplemented!()
    }

    pub fn rand_like(&self, lo: f64, up: f64) -> Result<Self> {
        unimplemented!()
    }

    pub fn randn_like(&self, mean: f64, stdev: f64) -> Result<Self> {
        unimplemented!()
    }

    pub fn randn<S: Into<Shape>, T: FloatDType>(mean: T, std: T, s: S, device: &Device) -> Result<Self> {
        unimplemented!()
    }

    pub fn new<A: device::NdArray>(array: A, device: &Device) -> Result<Self> {
        unimplemented!()
    }

    pub fn full<D: WithDType, S: Into<Shape>>(value: D, shape: S, device: &Device) -> Result<Self> {
        unimplemented!()
    }

    pub fn from_iter<D: WithDType>(iter: impl IntoIterator<Item = D>, device: &Device) -> Result<Self> {
        unimplemented!()
    }

    pub fn arange<D: WithDType>(start: D, end: D, device: &Device) -> Result<Self> {
        unimplemented!()
    }

    pub fn arange_step<D: WithDType>(start: D, end: D, step: D, device: &Device) -> Result<Self> {
        unimplemented!()
    }

    pub fn from_vec<S: ShapeWithOneHole, D: WithDType>(data: Vec<D>, shape: S, device: &Device) -> Result<Self> {
        unimplemented!()
    }

    pub fn from_slice<S: ShapeWithOneHole, D: WithDType>(array: &[D], shape: S, device: &Device) -> Result<Self> {
        unimplemented!()
    }

    pub fn track_op(&self) -> bool {
        unimplemented!()
    }

    pub fn add(&self, rhs: &Self) -> Result<Self> {
        unimplemented!()
    }

    pub fn mul(&self, rhs: &Self) -> Result<Self> {
        unimplemented!()
    }

    pub fn sub(&self, rhs: &Self) -> Result<Self> {
        unimplemented!()
    }

    pub fn div(&self, rhs: &Self) -> Result<Self> {
        unimplemented!()
    }

    pub fn maximum<T: TensorOrScalar>(&self, rhs: T) -> Result<Self> {
        unimplemented!()
    }

    pub fn minimum<T: TensorOrScalar>(&self, rhs: T) -> Result<Self> {
        unimplemented!()
    }

    pub fn broadcast_add(&self, rhs: &Self) -> Result<Self> {
        unimplemented!()
    }

    pub fn broadcast_mul(&self, rhs: &Self) -> Result<Self> {
        unimplemented!()
    }

    pub fn broadcast_sub(&self, rhs: &Self) -> Result<Self> {
        unimplemented!()
    }

    pub fn broadcast_div(&self, rhs: &Self) -> Result<Self> {
        unimplemented!()
    }

    pub fn broadcast_maximum(&self, rhs: &Self) -> Result<Self> {
        unimplemented!()
    }

    pub fn broadcast_minimum(&self, rhs: &Self) -> Result<Self> {
        unimplemented!()
    }

    pub fn broadcast_eq(&self, rhs: &Self) -> Result<Self> {
        unimplemented!()
    }

    pub fn broadcast_ne(&self, rhs: &Self) -> Result<Self> {
        unimplemented!()
    }

    pub fn broadcast_lt(&self, rhs: &Self) -> Result<Self> {
        unimplemented!()
    }

    pub fn broadcast_le(&self, rhs: &Self) -> Result<Self> {
        unimplemented!()
    }

    pub fn broadcast_gt(&self, rhs: &Self) -> Result<Self> {
        unimplemented!()
    }

    pub fn broadcast_ge(&self, rhs: &Self) -> Result<Self> {
        unimplemented!()
    }

    pub fn recip(&self) -> Result<Self> {
        unimplemented!()
    }

    pub fn neg(&self) -> Result<Self> {
        unimplemented!()
    }

    pub fn exp(&self) -> Result<Self> {
        unimplemented!()
    }

    pub fn log(&self) -> Result<Self> {
        unimplemented!()
    }

    pub fn sin(&self) -> Result<Self> {
        unimplemented!()
    }

    pub fn cos(&self) -> Result<Self> {
        unimplemented!()
    }

    pub fn tanh(&self) -> Result<Self> {
        unimplemented!()
    }

    pub fn abs(&self) -> Result<Self> {
        unimplemented!()
    }

    pub fn sqr(&self) -> Result<Self> {
        unimplemented!()
    }

    pub fn sqrt(&self) -> Result<Self> {
        unimplemented!()
    }

    pub fn gelu(&self) -> Result<Self> {
        unimplemented!()
    }

    pub fn gelu_erf(&self) -> Result<Self> {
        unimplemented!()
    }

    pub fn erf(&self) -> Result<Self> {
        unimplemented!()
    }

    pub fn relu(&self) -> Result<Self> {
        unimplemented!()
    }

    pub fn silu(&self) -> Result<Self> {
        unimplemented!()
    }

    pub fn ceil(&self) -> Result<Self> {
        unimplemented!()
    }

    pub fn floor(&self) -> Result<Self> {
        unimplemented!()
    }

    pub fn round(&self) -> Result<Self> {
        unimplemented!()
    }

    pub fn sign(&self) -> Result<Self> {
        unimplemented!()
    }

    pub fn round_to(&self, decimals: i32) -> Result<Self> {
        unimplemented!()
    }

    pub fn to_scalar<S: WithDType>(&self) -> Result<S> {
        unimplemented!()
    }

    pub fn to_vec0<S: WithDType>(&self) -> Result<S> {
        unimplemented!()
    }

    pub fn repeat<S: Into<Shape>>(&self, shape: S) -> Result<Tensor> {
        unimplemented!()
    }
}

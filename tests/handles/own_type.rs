//! A type whose methods return and take further values of it.

use concurrent_object::concurrent_object;
use concurrent_object_tests::deadline::{SOON, within};

/// A value that a program computes with, and that stays in the child.
#[derive(Clone, Debug)]
pub struct Tensor(Vec<f64>);

#[concurrent_object(handles(Self))]
impl Tensor {
    pub fn zeros(len: usize) -> Self {
        Self(vec![0.0; len])
    }

    pub fn filled(&self, with: f64) -> Self {
        Self(vec![with; self.0.len()])
    }

    pub fn add(&self, other: &Self) -> Result<Self, String> {
        if self.0.len() != other.0.len() {
            return Err(format!("{} and {} numbers", self.0.len(), other.0.len()));
        }
        Ok(Self(self.0.iter().zip(&other.0).map(|(a, b)| a + b).collect()))
    }

    pub fn add_assign(&mut self, other: &Tensor) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a += b);
    }

    pub fn split(self, at: usize) -> (Self, Self) {
        (Self(self.0[..at].to_vec()), Self(self.0[at..].to_vec()))
    }

    pub fn values(&self) -> Vec<f64> {
        self.0.clone()
    }
}

#[test]
fn a_type_can_return_and_take_itself() {
    within(SOON, || {
        let zeros = TensorProxy::builder("tensor").start_zeros(3).expect("it starts");
        let (one, two) = (zeros.filled(1.0).wait().expect("a tensor"), zeros.filled(2.0).wait().expect("a tensor"));
        let three: TensorHandle = one.add(&two).wait().expect("it answers").expect("of one size");
        assert_eq!(three.values().wait().expect("it answers"), [3.0; 3]);
        three.add_assign(&one).wait().expect("it answers");
        zeros.add_assign(&three).wait().expect("it answers");
        assert_eq!(zeros.values().wait().expect("it answers"), [4.0; 3]);
        let (left, right) = three.split(1).wait().expect("it answers");
        assert_eq!(
            left.add(&right).wait().expect("it answers").expect_err("not of one size").to_string(),
            "1 and 2 numbers"
        );
        zeros.push_filled(5.0).expect("a slot is free");
        let Some(TensorOutput::Filled(five)) = zeros.wait_pull().expect("it answers") else { panic!("a tensor") };
        assert_eq!(five.values().wait().expect("it answers"), [5.0; 3]);
    });
}

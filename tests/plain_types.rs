//! Lists of types that are declared plain travel as raw bytes: as arguments and results, nested,
//! lent and shared.
#![allow(missing_docs, missing_debug_implementations, unreachable_pub, clippy::new_without_default)]

use bytemuck::{Pod, Zeroable};
use concurrent_object::{LoanError, Shared, concurrent_object};
use serde::{Deserialize, Serialize};

concurrent_object::init_before_main!();

// Placed after `init_before_main!`, which does not return in a child: the child knows the types
// nevertheless.
concurrent_object::plain!(Pixel, Complex);

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable, Serialize, Deserialize, PartialEq, Debug)]
pub struct Pixel {
    red: u8,
    green: u8,
    blue: u8,
}

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable, Serialize, Deserialize, PartialEq, Debug)]
pub struct Complex {
    re: f64,
    im: f64,
}

/// A type that is not declared plain.
#[repr(transparent)]
#[derive(Clone, Copy, Pod, Zeroable, Serialize, Deserialize, PartialEq, Debug)]
pub struct Meters(f32);

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
pub struct Scene {
    name: String,
    layers: Vec<Vec<Pixel>>,
    #[serde(flatten)]
    form: Form,
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
pub struct Form {
    points: Option<Vec<[f32; 4]>>,
    wave: Vec<Complex>,
}

pub struct Studio;

#[concurrent_object]
impl Studio {
    pub fn new() -> Self {
        Self
    }

    /// Returns the address of the elements in the child, and the sum of the reds.
    pub fn reds(&self, image: &[Pixel]) -> (usize, u64) {
        (image.as_ptr() as usize, image.iter().map(|pixel| u64::from(pixel.red)).sum())
    }

    pub fn length(&self, points: &[[f32; 4]]) -> (usize, f32) {
        (points.as_ptr() as usize, points.iter().flatten().sum())
    }

    pub fn inverted(&self, image: Vec<Pixel>) -> Vec<Pixel> {
        image.iter().map(|pixel| Pixel { red: !pixel.red, green: !pixel.green, blue: !pixel.blue }).collect()
    }

    pub fn conjugate(&self, wave: &mut [Complex]) {
        wave.iter_mut().for_each(|value| value.im = -value.im);
    }

    pub fn echo(&self, scene: Scene) -> Scene {
        scene
    }

    pub fn share(&self, image: Shared<[Pixel]>) -> Result<Shared<[[f32; 4]]>, String> {
        let points: Vec<_> = image.iter().map(|pixel| [f32::from(pixel.red), 0.0, 0.0, 1.0]).collect();
        Shared::<[[f32; 4]]>::new(&points).map_err(|error| error.to_string())
    }

    pub fn measure(&self, lengths: &[Meters]) -> f32 {
        lengths.iter().map(|length| length.0).sum()
    }

    pub fn measure_shared(&self, lengths: Shared<[Meters]>) -> usize {
        lengths.len()
    }
}

fn studio() -> StudioProxy {
    StudioProxy::builder("studio").start().expect("a child starts")
}

fn image(len: usize) -> Vec<Pixel> {
    (0..len).map(|at| Pixel { red: at as u8, green: 7, blue: (at >> 8) as u8 }).collect()
}

fn reds(len: usize) -> u64 {
    image(len).iter().map(|pixel| u64::from(pixel.red)).sum()
}

#[test]
fn arguments_and_results_return_at_every_length() {
    let studio = studio();
    for len in [0, 1, 42, 43, 5000] {
        assert_eq!(studio.reds(&image(len)).wait().expect("alive").1, reds(len));
        let twice = studio.inverted(studio.inverted(image(len)).wait().expect("alive"));
        assert_eq!(twice.wait().expect("alive"), image(len));
        let mut wave = vec![Complex { re: 1.0, im: 2.0 }; len];
        studio.conjugate(&mut wave).wait().expect("alive");
        assert_eq!(wave, vec![Complex { re: 1.0, im: -2.0 }; len]);
    }
}

#[test]
fn nested_and_flattened_lists_return() {
    let studio = studio();
    for len in [0, 3, 3000] {
        let wave = vec![Complex { re: 0.5, im: f64::MAX }; len];
        let form = Form { points: Some(vec![[1.0, 2.0, 3.0, 4.0]; len]), wave };
        let scene = Scene { name: "dawn".to_owned(), layers: vec![image(len); 3], form };
        assert_eq!(studio.echo(scene.clone()).wait().expect("alive"), scene);
    }
}

#[test]
fn lent_lists_are_read_in_place() {
    let studio = studio();
    let mut loan = studio.loan::<Pixel>(5000).expect("a slot");
    loan.copy_from_slice(&image(5000));
    let lent = loan.freeze();
    let (first, sum) = studio.reds(&lent).wait().expect("alive");
    assert_eq!(sum, reds(5000));
    assert_eq!(studio.reds(&lent[100..]).wait().expect("alive").0, first + 300, "the same memory");

    let mut loan = studio.loan::<[f32; 4]>(1000).expect("a slot");
    loan.fill([0.25; 4]);
    let lent = loan.freeze();
    let (first, sum) = studio.length(&lent).wait().expect("alive");
    assert_eq!(sum, 1000.0);
    assert_eq!(studio.length(&lent[10..]).wait().expect("alive").0, first + 160, "the same memory");
}

#[test]
fn shared_lists_are_mapped_and_not_copied() {
    let studio = studio();
    let shared = Shared::<[Pixel]>::new(&image(5000)).expect("memory");
    let (first, sum) = studio.reds(&shared).wait().expect("alive");
    assert_eq!(sum, reds(5000));
    assert_eq!(studio.reds(&shared.part(3000..)).wait().expect("alive").0, first + 9000, "the same mapping");
    let points = studio.share(shared.clone()).wait().expect("alive").expect("memory");
    assert_eq!((points.len(), points[3]), (5000, [3.0, 0.0, 0.0, 1.0]));
    assert_eq!(studio.length(&points).wait().expect("alive").1, reds(5000) as f32 + 5000.0);
}

#[test]
fn undeclared_types_are_sent_by_element_and_neither_lent_nor_shared() {
    let studio = studio();
    assert_eq!(studio.measure(&[Meters(0.5); 1000]).wait().expect("alive"), 500.0);
    let Err(error @ LoanError::Undeclared { .. }) = studio.loan::<Meters>(1000) else { panic!("it is lent") };
    assert!(error.to_string().contains("plain!(plain_types::Meters)"), "{error}");
    let shared = Shared::<[Meters]>::new(&[Meters(0.5); 1000]).expect("memory");
    let error = studio.measure_shared(shared).wait().expect_err("it is copied element by element").to_string();
    assert!(error.contains("plain!(plain_types::Meters)"), "{error}");
}

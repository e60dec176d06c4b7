//! The types of arguments and results, the same in every variant.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Size {
    pub width: u32,
    pub height: u32,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Region {
    pub origin: Point,
    pub size: Size,
    pub label: Option<String>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Detection {
    pub region: Region,
    pub score: f32,
    pub outline: Vec<Point>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub enum Mode {
    #[default]
    Fast,
    Exact {
        tolerance: f64,
    },
    Custom(String, u32),
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Settings {
    pub mode: Mode,
    pub threads: Option<usize>,
    pub names: BTreeMap<String, u32>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Report {
    pub title: String,
    pub detections: Vec<Detection>,
    pub mean: f64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Fault {
    Empty,
    TooLarge { limit: Size },
    Other(String),
}

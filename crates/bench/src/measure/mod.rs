//! Figures: percentiles, processor time, memory.

mod percentiles;
mod process;
mod spread;

pub(crate) use percentiles::Percentiles;
pub(crate) use process::{Meter, memory};
pub(crate) use spread::Spread;

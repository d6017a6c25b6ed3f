//! What would happen: pure functions over a [`crate::machine::Machine`]. Every step and every result carries its cause.

pub mod activation;
pub mod import;
pub mod lookup;
pub mod packages;
pub mod startup;

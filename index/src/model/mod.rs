//! The words of the field as types: ESCO's concepts and credentials.

pub mod accreditors;
pub mod credential;
pub mod esco;
pub mod quality;
pub mod rates;

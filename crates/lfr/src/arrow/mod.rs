//! The parts of Arrow that the library takes and gives tables in, so that a program that uses it has the same version.

mod convert;
mod shown;

pub(crate) use convert::{numbers, strings, unpacked};
pub(crate) use shown::shown;

/// Arrays and tables.
pub mod array {
    pub use arrow_array::builder::*;
    pub use arrow_array::cast::*;
    pub use arrow_array::*;
}

/// Types of columns and of tables.
pub mod datatypes {
    pub use arrow_array::types::*;
    pub use arrow_schema::*;
}

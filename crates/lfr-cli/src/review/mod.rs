//! The review of a ranking in the browser: a server on the loopback address, and the marks it keeps in `labels.csv`.
//!
//! The server is the only writer of the marks ([`marks`]); browsers ask for what changed since the version they know.
//! Items go by their place in the score file, never by a path.

mod desk;
mod gallery;
mod guard;
mod items;
#[cfg(test)]
mod marking;
mod marks;
mod near;
mod next;
mod order;
mod pictures;
mod precision;
mod server;
mod sheet;
mod state;
#[cfg(test)]
mod tests;

pub use desk::Desk;
pub use server::Server;

//! The program as its users meet it: words in, files and exit codes out.

mod config;
mod documents;
mod fixture;
mod help;
mod inspect;
mod pictures;
mod rank;
mod threshold;
mod usage;

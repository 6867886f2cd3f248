//! The program as its users meet it: words in, files and exit codes out.

mod bench;
mod bench_killed;
mod bench_refusals;
mod config;
mod data;
mod dataset;
mod documents;
mod fixture;
mod help;
mod inspect;
mod methods;
mod mnist;
mod odd_ones;
mod pictures;
mod rank;
mod threshold;
mod usage;

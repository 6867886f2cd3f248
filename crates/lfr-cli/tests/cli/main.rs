//! The program as its users meet it: words in, files and exit codes out.

mod bench;
mod bench_killed;
mod bench_refusals;
mod config;
mod data;
mod dataset;
mod documents;
mod encoders;
mod everyday;
mod files;
mod fixture;
mod help;
mod hostile;
mod inspect;
mod joins;
mod methods;
mod mnist;
mod odd_ones;
mod odd_pictures;
mod pictures;
mod places;
mod rank;
mod reading;
mod streams;
mod threshold;
mod usage;

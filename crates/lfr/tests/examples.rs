//! The examples do what they say.

#[path = "../examples/own_method.rs"]
mod own_method;
#[path = "../examples/rank_rows.rs"]
mod rank_rows;
#[path = "../examples/score_stream.rs"]
mod score_stream;

#[test]
fn rows_in_memory_are_ranked() {
    rank_rows::main().unwrap();
}

#[test]
fn a_file_is_scored_as_a_stream() {
    score_stream::main().unwrap();
}

#[test]
fn a_method_of_ones_own_is_fitted_combined_and_saved() {
    own_method::main().unwrap();
}

//! The examples do what they say.

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

//! What programs print in a terminal, saved as a text: the planted row comes first, and columns are what they seem.

use crate::fixture::Place;

/// Ranks `content`, checks how many rows there are and that row 17 is first, and gives what `lfr columns` prints.
#[track_caller]
fn columns(name: &str, content: &str, count: usize, names: &[&str]) -> String {
    let place = Place::with(name, content);
    let (ids, said) = place.ranking(name);
    let columns = place.lfr(&format!("columns {name}")).ok();
    assert_eq!((ids.len(), ids[0].as_str()), (count, "17"), "{name}: {said}\n{columns}\n{content}");
    for name in names {
        assert!(columns.lines().any(|line| line.starts_with(&format!("{name} "))), "{name:?}: {columns}");
    }
    columns
}

#[track_caller]
fn assert_line(columns: &str, name: &str, words: &str) {
    let line = columns.lines().find(|line| line.starts_with(&format!("{name} "))).unwrap_or_default();
    assert!(line.contains(words), "{name} {words:?}: {columns}");
}

/// A value for row `i`: a few dozens, but 900 in row 17.
fn value(i: usize) -> usize {
    if i == 17 { 900 } else { 40 + i * 7 % 13 }
}

fn rows(row: impl Fn(usize) -> String) -> String {
    (0..40).map(|i| row(i) + "\n").collect()
}

#[test]
fn processes_and_files() {
    let command =
        |i: usize| ["/sbin/init splash", "[kthreadd]", "python3 -m http.server", "sh -c \"a b\""][i * 3 % 4];
    let ps = rows(|i| {
        let memory = value(i) * 1000;
        format!(
            "{:<8} {:>7} {:>4.1} {:>4.1} {memory:>6} {:>5} ?        Ss   Mar{:02}   {}:{:02} {}",
            ["root", "ann", "www-data"][i % 3],
            i * i + 300,
            (i % 7) as f64 / 10.0,
            (i % 5) as f64 / 10.0,
            memory / 10,
            i % 28 + 1,
            i % 4,
            i * 7 % 60,
            command(i)
        )
    });
    let names = "USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND";
    let found = columns("ps.txt", &format!("{names}\n{ps}"), 40, &["USER", "VSZ", "RSS", "TIME", "COMMAND"]);
    assert_line(&found, "VSZ", "40000 to 900000");
    assert_line(&found, "COMMAND", "4 different");
    let ls = rows(|i| {
        let name = ["notes.txt", "my holiday.jpg", "a report of May.pdf"][i % 3];
        format!("-rw-r--r--  1 ann staff {:>7} Mar {:>2} 10:{:02} {name}", value(i) * 100, i % 28 + 1, i % 60)
    });
    let found = columns("ls.txt", &format!("total 4812\n{ls}"), 40, &["f0", "f8"]);
    assert_line(&found, "f4", "4000 to 90000");
}

#[test]
fn disks_containers_and_pods() {
    let df = rows(|i| {
        let mount = if i == 0 { "/".to_owned() } else { format!("/data/{i}") };
        let (size, used, left) = (value(i), 10 + i % 5, 20 + i % 7);
        format!("{:<15} {size:>4}G {used:>4}G {left:>4}G {:>3}% {mount}", format!("/dev/sd{i}"), 30 + i % 9)
    });
    let names = "Filesystem       Size  Used Avail Use% Mounted on";
    let found =
        columns("df.txt", &format!("{names}\n{df}"), 40, &["Filesystem", "Size", "Use%", "Mounted on"]);
    assert_line(&found, "Size", "40 to 900");
    assert_line(&found, "Use%", "percent");
    let docker = rows(|i| {
        let created = if i == 17 { "9 months ago".to_owned() } else { format!("{} hours ago", i % 9 + 2) };
        let ports = ["", "0.0.0.0:80->80/tcp"][i % 2];
        format!(
            "{:012x}   {:<14} {:<24} {created:<14} Up {:<10} {ports:<20} web_{i}",
            0xabcd_ef01_2345_u64 + i as u64 * 7_654_321_987,
            ["nginx:latest", "redis"][i % 2],
            "\"/docker-entrypoint.…\"",
            format!("{} hours", i % 9 + 1),
        )
    });
    let names = format!(
        "{:<14} {:<14} {:<24} {:<14} {:<13} {:<20} NAMES",
        "CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS"
    );
    let found = columns("docker.txt", &format!("{names}\n{docker}"), 40, &["CONTAINER ID", "PORTS", "NAMES"]);
    assert_line(&found, "CREATED", "02:00 to ");
    let pods = rows(|i| {
        let restarts = if i % 6 == 1 { format!("{} ({i}h ago)", i % 5 + 1) } else { "0".into() };
        let age = if i == 17 { "2y45d".to_owned() } else { format!("{}d{}h", i % 9 + 1, i % 24) };
        format!("web-6d4cf5-{i:<5} 1/1     Running   {restarts:<14} {age}")
    });
    let names = format!("{:<16} READY   STATUS    {:<14} AGE", "NAME", "RESTARTS");
    let found = columns("pods.txt", &format!("{names}\n{pods}"), 40, &["NAME", "RESTARTS", "AGE"]);
    assert_line(&found, "RESTARTS", "0 to 5");
    assert_line(&found, "AGE", "number, hours:minutes:seconds");
}

/// Rows of three cells between bars.
fn drawn(bar: &str, inner: &str) -> String {
    rows(|i| format!("{bar} {i:>5} {inner} {:<8} {inner} {:>8}.5 {bar}", ["Ann", "Bob Lee"][i % 2], value(i)))
}

#[test]
fn tables_of_databases_and_frames() {
    let line = |[left, middle, right]: [&str; 3], dash: &str| {
        format!("{left}{}{middle}{}{middle}{}{right}\n", dash.repeat(7), dash.repeat(10), dash.repeat(12))
    };
    let head = |bar: &str, inner: &str| {
        format!("{bar} {:^5} {inner} {:^8} {inner} {:^10} {bar}\n", "nr", "name", "amount")
    };
    let ascii = line(["+"; 3], "-");
    let mysql =
        format!("{ascii}{}{ascii}{}{ascii}40 rows in set (0.01 sec)\n", head("|", "|"), drawn("|", "|"));
    let psql = format!(
        "{}\n-------+----------+------------\n{}(40 rows)\n\n",
        "   nr  |   name   |   amount",
        drawn("", "|")
    );
    let types = format!("│ {:^5} │ {:^8} │ {:^10} │\n", "int64", "varchar", "double");
    let duckdb = format!(
        "{}{}{types}{}{}{}│ 40 rows{:>24} │\n└{}┘\n",
        line(["┌", "┬", "┐"], "─"),
        head("│", "│"),
        line(["├", "┼", "┤"], "─"),
        drawn("│", "│"),
        line(["├", "┴", "┤"], "─"),
        "3 columns",
        "─".repeat(31),
    );
    let polars = format!(
        "shape: (40, 3)\n{}{}│ {:<5} ┆ {:<8} ┆ {:<10} │\n│ {:<5} ┆ {:<8} ┆ {:<10} │\n{}{}{}",
        line(["┌", "┬", "┐"], "─"),
        head("│", "┆"),
        "---",
        "---",
        "---",
        "i64",
        "str",
        "f64",
        line(["╞", "╪", "╡"], "═"),
        drawn("│", "┆"),
        line(["└", "┴", "┘"], "─"),
    );
    let rich = format!(
        "{:^33}\n{}{}{}{}{}",
        "Orders of May",
        line(["┏", "┳", "┓"], "━"),
        head("┃", "┃"),
        line(["┡", "╇", "┩"], "━"),
        drawn("│", "│"),
        line(["└", "┴", "┘"], "─"),
    );
    for (name, table) in [
        ("mysql.txt", mysql),
        ("psql.txt", psql),
        ("duckdb.txt", duckdb),
        ("polars.txt", polars),
        ("rich.txt", rich),
    ] {
        let found = columns(name, &table, 40, &["nr", "name", "amount"]);
        assert_line(&found, "name", "category");
        assert_line(&found, "amount", "40.5 to 900.5");
    }
}

#[test]
fn tables_of_markups() {
    let markdown = format!("| nr | name | amount |\n|:--|:-:|--:|\n{}", drawn("|", "|"));
    let ascii = "+-------+----------+------------+\n";
    let rows_of_grid = drawn("|", "|").replace('\n', &format!("\n{ascii}"));
    let grid = format!("{ascii}|  nr   | name     |   amount   |\n{}{rows_of_grid}", ascii.replace('-', "="));
    let latex = rows(|i| format!("{i} & {} & ${}.5$ \\\\", ["Ann", "Bob \\& Lee"][i % 2], value(i)));
    let latex = format!(
        "\\begin{{tabular}}{{rlr}}\n\\toprule\nnr & name & \\textbf{{amount}} \\\\\n\\midrule\n{latex}\\bottomrule\n\\end{{tabular}}\n"
    );
    for (name, table) in [("a.md", markdown), ("grid.txt", grid), ("a.tex", latex)] {
        let found = columns(name, &table, 40, &["nr", "name", "amount"]);
        assert_line(&found, "name", "2 different");
        assert_line(&found, "amount", "40.5 to 900.5");
    }
}

#[test]
fn rows_that_a_program_did_not_print_are_said() {
    let rows = drawn("│", "┆");
    let table = format!(
        "┌───────┬──────────┬────────────┐\n│ nr    ┆ name     ┆ amount     │\n╞═══════╪══════════╪════════════╡\n{rows}│ …     ┆ …        ┆ …          │\n└───────┴──────────┴────────────┘\n"
    );
    let place = Place::with("polars.txt", table);
    let (ids, said) = place.ranking("polars.txt");
    assert_eq!((ids.len(), ids[0].as_str()), (40, "17"), "{said}");
    assert!(said.contains("the program that printed the table left rows out"), "{said}");
}

//! `lfr bench`.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Result;
use lfr::Error;
use lfr::dataset::data_dir;
use lfr_bench::{
    Event, Grid, Progress as Step, Records, Runner, RunnerOptions, Sweep, pack, plot, status, table,
};

use crate::args::bench::{BenchAction, BenchArgs, BenchRunArgs, PackArgs, PlotArgs, RecordsArgs, TableArgs};
use crate::interrupt;
use crate::progress::Progress;
use crate::terminal::{print, say, seconds, shown};

/// Does what is asked with a grid.
pub fn run(args: &BenchArgs) -> Result<()> {
    match &args.action {
        BenchAction::Plan(args) => plan(&args.grid),
        BenchAction::Run(args) => sweep(args),
        BenchAction::Status(args) => tell(args),
        BenchAction::Table(args) => show(args),
        BenchAction::Plot(args) => draw(args),
        BenchAction::Pack(args) => gather(args),
    }
}

fn plan(path: &Path) -> Result<()> {
    let jobs = Grid::read(path)?.jobs();
    let lines: String = jobs.iter().map(|job| format!("{} {job}\n", job.hash())).collect();
    print(lines.as_bytes())
}

fn sweep(args: &BenchRunArgs) -> Result<()> {
    let jobs = Grid::read(&args.records.grid.grid)?.jobs();
    if let Some(jobs) = args.jobs {
        super::check_threads("jobs", jobs.into())?;
    }
    let sweep = Sweep::open(&jobs, &args.records.records, args.shard, args.records.mixed)?;
    interrupt::listen()?;
    let stop = AtomicBool::new(false);
    let options = RunnerOptions {
        unfinished: Some(args.records.records.clone()),
        data_dir: data_dir(args.data_dir.as_deref())?,
        device: args.device.clone(),
        commit: option_env!("LFR_COMMIT").map(str::to_owned),
    };
    let runner = Runner::open(sweep.pending(), options, &stop)?;
    let mut progress = Progress::new(args.quiet);
    sweep.stale().iter().for_each(|sentence| progress.warn(&format!("{sentence}; their runs are made anew")));
    let progress = Mutex::new(progress);
    let watch = |event: Event<'_>, step: Step| {
        if let Ok(mut progress) = progress.lock() {
            follow(&mut progress, &event, step);
        }
    };
    let done = AtomicBool::new(false);
    let outcome = std::thread::scope(|scope| {
        scope.spawn(|| pass_on_signals(&stop, &done));
        let outcome = sweep.run(workers(args), &stop, &|job| runner.run(job), &watch);
        done.store(true, Ordering::Relaxed);
        outcome
    })?;
    if let Ok(mut progress) = progress.lock() {
        let folder = args.records.records.display();
        progress.clear();
        progress.note(&format!("{} of {} runs recorded in {folder}", outcome.done, outcome.planned));
    }
    if outcome.failed > 0 {
        anyhow::bail!(
            "{} of {} runs failed; run the command again to retry them",
            outcome.failed,
            outcome.planned
        );
    }
    Ok(())
}

/// Runs at a time. Independent runs on a thread each are faster than one run on all, whose threads wait for each other.
fn workers(args: &BenchRunArgs) -> usize {
    let threads = || std::thread::available_parallelism().map_or(1, usize::from);
    let unsaid = || if args.device == "cpu" { threads() } else { 1 };
    args.jobs.map_or_else(unsaid, usize::from)
}

/// Sets `stop` when a signal comes, until `done`.
fn pass_on_signals(stop: &AtomicBool, done: &AtomicBool) {
    while !done.load(Ordering::Relaxed) {
        if interrupt::signal().is_some() {
            stop.store(true, Ordering::Relaxed);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn follow(progress: &mut Progress, event: &Event<'_>, step: Step) {
    let left = step.remaining.map(|left| format!(", about {} left", seconds(left))).unwrap_or_default();
    let stand = format!("{} of {} runs recorded{left}", step.done, step.planned);
    match event {
        Event::Broken(error) => progress.warn(&format!("{error}; it runs again")),
        Event::Started(job) => progress.stage(&format!("{job} ({stand})")),
        Event::Finished(_) => progress.clear(),
        Event::Failed(job, why) => progress.warn(&format!("{job} failed: {why}")),
        Event::Elsewhere(job) => progress.note(&format!("{job} runs in another process")),
    }
}

fn tell(args: &RecordsArgs) -> Result<()> {
    let status = status(&Grid::read(&args.grid.grid)?.jobs(), &args.records)?;
    let mut text = line("data set", "method", ["planned", "done", "running", "failed", "mean seconds"]);
    for group in &status.groups {
        let mean = group.seconds.map_or_else(|| "-".into(), |s| format!("{s:.1}"));
        let counts = [group.planned, group.done, group.running, group.failed].map(|n| n.to_string());
        let [planned, done, running, failed] = &counts;
        text += &line(group.dataset.as_str(), &group.method, [planned, done, running, failed, &mean]);
    }
    for broken in &status.broken {
        text += &format!("broken: {}\n", shown(broken));
    }
    for stale in &status.stale {
        text += &format!("stale: {stale}\n");
    }
    if let Some(left) = status.remaining.filter(|&left| left > 0.0) {
        text += &format!("about {} left for one worker\n", seconds(left));
    }
    print(text.as_bytes())
}

/// A line of the status, its cells below those of the line before.
fn line(dataset: &str, method: &str, numbers: [&str; 5]) -> String {
    let [planned, done, running, failed, mean] = numbers;
    format!("{dataset:<14}{method:<26}{planned:>8}{done:>8}{running:>8}{failed:>8}{mean:>14}\n")
}

fn records(args: &RecordsArgs) -> Result<(Grid, Records)> {
    let grid = Grid::read(&args.grid.grid)?;
    let records = Records::read(&args.records, &grid.jobs(), args.mixed)?;
    for sentence in records.stale() {
        say(&format!("lfr: {sentence}"));
    }
    if records.is_empty() {
        let hint = "no record of this grid; make them with `lfr bench run`".into();
        return Err(Error::Empty { path: args.records.clone(), hint }.into());
    }
    Ok((grid, records))
}

fn show(args: &TableArgs) -> Result<()> {
    let (grid, records) = records(&args.records)?;
    let table = table(&grid, &records, args.metric)?;
    let text = match args.form.as_str() {
        "csv" => table.csv()?,
        "latex" => table.latex(),
        _ => table.markdown(),
    };
    print(text.as_bytes())
}

fn draw(args: &PlotArgs) -> Result<()> {
    let (grid, records) = records(&args.records)?;
    std::fs::create_dir_all(&args.output).map_err(|e| Error::io("create", &args.output, e))?;
    for figure in plot(&grid, &records, &args.metric)? {
        for file in figure.write(&args.output, args.png, args.force)? {
            print(format!("{}\n", file.display()).as_bytes())?;
        }
    }
    Ok(())
}

fn gather(args: &PackArgs) -> Result<()> {
    for (file, records) in pack(&args.records)? {
        print(format!("{} {records}\n", file.display()).as_bytes())?;
    }
    Ok(())
}

//! The server: what browsers may ask for.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;

use anyhow::{Context, Result};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::task::spawn_blocking;

use super::desk::Desk;
use super::marks::Refusal;
use super::order::{Wanted, listed};
use super::pictures::{self, Sent};
use super::sheet::Mark;
use super::{gallery, guard, items, state};
use crate::failure::Usage;

/// Lines that are sent at a time.
const LINES: usize = 200;

/// The files of the page.
const FILES: [(&str, &str, &str); 7] = [
    ("review.css", "text/css", include_str!("page/review.css")),
    ("review.js", "text/javascript", include_str!("page/review.js")),
    ("server.js", "text/javascript", include_str!("page/server.js")),
    ("list.js", "text/javascript", include_str!("page/list.js")),
    ("detail.js", "text/javascript", include_str!("page/detail.js")),
    ("cut.js", "text/javascript", include_str!("page/cut.js")),
    ("keys.js", "text/javascript", include_str!("page/keys.js")),
];

const PAGE: &str = include_str!("page/index.html");

/// An error of a request: its status and a sentence.
type Failed = (StatusCode, Json<Value>);

/// A server that has its address, not yet serving.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    token: Arc<str>,
}

impl Server {
    /// Takes `port` of the loopback address, 0 for a free one.
    ///
    /// # Errors
    /// [`Usage`] when the port is in use or not allowed.
    pub fn bind(port: u16) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| {
            let hint = "choose another --port, or leave it out for a free one";
            Usage(format!("cannot listen on port {port}: {error}; {hint}"))
        })?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address, token: guard::token().into() })
    }

    /// The address of the page, token included.
    pub fn address(&self) -> String {
        format!("http://{}/{}/", self.address, self.token)
    }

    /// Serves `desk` on a thread of its own, until the process ends.
    ///
    /// # Errors
    /// The system's, when it gives no thread or no events.
    pub fn start(self, desk: Arc<Desk>) -> Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build()
            .context("starting the server")?;
        let app = app(desk, self.token);
        thread::Builder::new().name("review".into()).spawn(move || {
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::from_std(self.listener)?;
                axum::serve(listener, app).await
            })
        })?;
        Ok(())
    }
}

fn app(desk: Arc<Desk>, token: Arc<str>) -> Router {
    let pages = FILES.iter().fold(Router::new(), |router, &(name, mime, text)| {
        router.route(&format!("/{token}/{name}"), get(move || async move { typed(mime, text) }))
    });
    let report = lfr::report::style();
    let at = |name: &str| format!("/{token}/{name}");
    pages
        .route(&at(""), get(|| async { typed("text/html; charset=utf-8", PAGE) }))
        .route(&at("report.css"), get(move || async move { typed("text/css", report) }))
        .route(&at("run"), get(run))
        .route(&at("list"), get(list))
        .route(&at("lines"), get(lines))
        .route(&at("card/{item}"), get(card))
        .route(&at("whole/{item}"), get(whole))
        .route(&at("small/{item}"), get(small))
        .route(&at("original/{item}"), get(original))
        .route(&at("cut"), get(cut))
        .route(&at("changes"), get(changes))
        .route(&at("mark"), post(mark))
        .route(&at("undo"), post(undo))
        .with_state(desk)
        .fallback(|| async { (StatusCode::NOT_FOUND, "There is nothing at this address.\n") })
        .layer(middleware::from_fn_with_state(token, guard::guard))
}

fn typed(mime: &'static str, text: impl IntoResponse) -> Response {
    ([(CONTENT_TYPE, mime)], text).into_response()
}

fn failed(status: StatusCode, words: impl Into<String>) -> Failed {
    (status, Json(json!({ "error": words.into() })))
}

/// Does work that takes its time on a thread for such.
async fn apart<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> Result<R, Failed> {
    let lost = |_| failed(StatusCode::INTERNAL_SERVER_ERROR, "the server failed; start lfr review again");
    spawn_blocking(work).await.map_err(lost)
}

fn existing(desk: &Desk, item: usize) -> Result<usize, Failed> {
    match item < desk.len() {
        true => Ok(item),
        false => Err(failed(StatusCode::NOT_FOUND, format!("there are {} items, from 0", desk.len()))),
    }
}

async fn run(State(desk): State<Arc<Desk>>) -> Json<Value> {
    Json(state::run(&desk))
}

async fn list(State(desk): State<Arc<Desk>>, Query(wanted): Query<Wanted>) -> Result<Response, Failed> {
    let listed = apart(move || listed(&desk, &wanted)).await?;
    listed.map(|listed| Json(listed).into_response()).map_err(|words| failed(StatusCode::CONFLICT, words))
}

#[derive(Deserialize)]
struct Places {
    /// Numbers with commas between them.
    at: String,
}

async fn lines(State(desk): State<Arc<Desk>>, Query(places): Query<Places>) -> Result<Response, Failed> {
    let numbers = places.at.split(',').map(str::parse::<usize>).collect::<Result<Vec<_>, _>>();
    let numbers = numbers.map_err(|_| failed(StatusCode::BAD_REQUEST, "at=0,1,2 names the items"))?;
    if numbers.len() > LINES {
        return Err(failed(StatusCode::BAD_REQUEST, format!("at most {LINES} items at a time")));
    }
    numbers.iter().try_for_each(|&item| existing(&desk, item).map(drop))?;
    let lines = apart(move || items::lines(&desk, &numbers)).await?;
    Ok(Json(lines).into_response())
}

async fn card(State(desk): State<Arc<Desk>>, Path(item): Path<usize>) -> Result<Json<Value>, Failed> {
    existing(&desk, item)?;
    let card = apart(move || gallery::card(&desk, item)).await?;
    Ok(Json(match card {
        Ok(card) => json!({ "card": card }),
        Err(reason) => json!({ "reason": reason }),
    }))
}

async fn whole(State(desk): State<Arc<Desk>>, Path(item): Path<usize>) -> Result<Response, Failed> {
    existing(&desk, item)?;
    Ok(Json(apart(move || gallery::whole(&desk, item)).await?).into_response())
}

async fn small(State(desk): State<Arc<Desk>>, Path(item): Path<usize>) -> Result<Response, Failed> {
    existing(&desk, item)?;
    picture(apart(move || pictures::small(&desk, item)).await?)
}

async fn original(State(desk): State<Arc<Desk>>, Path(item): Path<usize>) -> Result<Response, Failed> {
    existing(&desk, item)?;
    picture(apart(move || pictures::original(&desk, item)).await?)
}

fn picture(sent: Option<Sent>) -> Result<Response, Failed> {
    let Some(Sent { mime, bytes }) = sent else {
        return Err(failed(StatusCode::NOT_FOUND, "there is no picture of this item, or not yet"));
    };
    let headers = [(CONTENT_TYPE, mime), (CACHE_CONTROL, "private, max-age=86400")];
    Ok((headers, bytes.as_ref().clone()).into_response())
}

#[derive(Deserialize)]
struct Cut {
    /// The score above which items are flagged.
    value: Option<f32>,
    /// Or how many are to be.
    top: Option<usize>,
}

async fn cut(State(desk): State<Arc<Desk>>, Query(cut): Query<Cut>) -> Result<Json<Value>, Failed> {
    let value = match (cut.value, cut.top) {
        (Some(value), _) if value.is_finite() => value,
        (None, Some(top)) => desk.top(top),
        _ => return Err(failed(StatusCode::BAD_REQUEST, "value=SCORE or top=NUMBER names the cut")),
    };
    Ok(Json(apart(move || state::cut(&desk, value)).await?))
}

#[derive(Deserialize)]
struct Since {
    version: usize,
}

async fn changes(State(desk): State<Arc<Desk>>, Query(since): Query<Since>) -> Result<Json<Value>, Failed> {
    let changes = move || {
        // What is wrong with the file is part of the answer.
        let _ = desk.marks().sync();
        state::changes(&desk, since.version)
    };
    Ok(Json(apart(changes).await?))
}

#[derive(Deserialize)]
struct Marking {
    window: String,
    item: usize,
    mark: Option<Mark>,
    expected: Option<Mark>,
    version: usize,
}

async fn mark(State(desk): State<Arc<Desk>>, Json(asked): Json<Marking>) -> Result<Json<Value>, Failed> {
    existing(&desk, asked.item)?;
    let set = move || {
        let id = desk.id(asked.item);
        let done = desk.marks().set(&asked.window, (asked.item, &id), asked.mark, asked.expected);
        answer(&desk, asked.version, done.map(|()| None))
    };
    apart(set).await?
}

#[derive(Deserialize)]
struct Undoing {
    window: String,
    version: usize,
}

async fn undo(State(desk): State<Arc<Desk>>, Json(asked): Json<Undoing>) -> Result<Json<Value>, Failed> {
    let undo = move || {
        let done = desk.marks().undo(&asked.window, &desk.scores.ids);
        answer(&desk, asked.version, done)
    };
    apart(undo).await?
}

/// What changed and, after an undo, the item; after a refusal the reason too.
fn answer(desk: &Desk, version: usize, done: Result<Option<usize>, Refusal>) -> Result<Json<Value>, Failed> {
    let mut changes = state::changes(desk, version);
    match done {
        Ok(item) => {
            changes["item"] = json!(item);
            Ok(Json(changes))
        }
        Err(refusal) => {
            let (status, words) = match refusal {
                Refusal::Changed(words) => (StatusCode::CONFLICT, words),
                Refusal::Item(words) => (StatusCode::UNPROCESSABLE_ENTITY, words),
                Refusal::File(words) => (StatusCode::INTERNAL_SERVER_ERROR, words),
            };
            changes["error"] = json!(words);
            Err((status, Json(changes)))
        }
    }
}

//! Say what files are made of and hear how far the check is: `POST {cas}/v2/shards`, one JSON object per line.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use futures_util::stream;
use serde_json::{Value, json};
use stoa_core::Kind;
use stoa_http::{App, Reply, read_body};
use stoa_hub::{MAX_SHARD, ShardStep};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::session::Session;
use super::store;

/// Silence that no client and no proxy takes for the end.
const SILENCE: Duration = Duration::from_secs(10);
/// Steps waiting for a slow reader; further ones are dropped, the last always comes.
const WAITING: usize = 16;

pub(super) fn route() -> Router<App> {
    store(&["/v2/shards"], &post(put))
}

async fn put(session: Session, body: Body) -> Reply<Response> {
    session.0.check_write()?;
    let slot = session.0.shard_slot().await?;
    let shard = read_body(body, MAX_SHARD as usize).await?;
    let (told, steps) = mpsc::channel(WAITING);
    let task = tokio::spawn(async move {
        let done = session.0.put_shard(shard, |step| drop(told.try_send(frame(step)))).await;
        drop(slot);
        match done {
            Ok(_) => json!({ "type": "result" }),
            Err(failure) => {
                let retryable = matches!(failure.kind, Kind::Busy | Kind::Unavailable | Kind::Internal);
                if failure.kind == Kind::Internal {
                    tracing::error!(error = ?failure, "a shard could not be taken");
                }
                json!({ "type": "error", "message": failure.message, "retryable": retryable })
            }
        }
    });
    let under =
        Under { steps, task: Some(task), last: json!({ "type": "validating", "verified": 0, "total": 0 }) };
    let frames = stream::unfold(under, |mut under| async move {
        let frame = under.next().await?;
        Some((Ok::<_, std::convert::Infallible>(Bytes::from(format!("{frame}\n"))), under))
    });
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(frames)).into_response())
}

fn frame(step: ShardStep) -> Value {
    match step {
        ShardStep::Verified(verified, total) => {
            json!({ "type": "validating", "verified": verified, "total": total })
        }
        ShardStep::Committing => json!({ "type": "committing", "stage": "syncing" }),
    }
}

/// A shard under way. When its reader goes away the task goes on to its end, which leaves nothing half done.
struct Under {
    steps: mpsc::Receiver<Value>,
    task: Option<JoinHandle<Value>>,
    last: Value,
}

impl Under {
    async fn next(&mut self) -> Option<Value> {
        let task = self.task.as_mut()?;
        tokio::select! {
            biased;
            Some(step) = self.steps.recv() => {
                self.last.clone_from(&step);
                Some(step)
            }
            done = task => {
                self.task = None;
                let broken = json!({ "type": "error", "message": "Something went wrong on the server", "retryable": true });
                Some(done.unwrap_or(broken))
            }
            () = tokio::time::sleep(SILENCE) => Some(self.last.clone()),
        }
    }
}

//! Answers that may be a minute old, because finding them takes long: nobody waits for a new one where there was one.

use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use quick_cache::sync::Cache;
use stoa_core::{Reply, Time};
use tokio::sync::Mutex;

/// How old an answer may be.
const FRESH: i64 = 60 * Time::SECOND;
/// How long whoever asks waits for a new answer where there is an old one.
const PATIENCE: Duration = Duration::from_millis(if cfg!(debug_assertions) { 300 } else { 5 });

/// Answers by what was asked. They are looked for one at a time.
pub(crate) struct Recent<K, V> {
    found: Arc<Cache<K, (Time, V)>>,
    turn: Arc<Mutex<()>>,
}

impl<K, V> Recent<K, V>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Keeps answers to `questions` questions.
    pub(crate) fn new(questions: usize) -> Self {
        Self { found: Arc::new(Cache::new(questions)), turn: Arc::default() }
    }

    /// The answer, found with `find` when there is none. One that is too old is given once more when a new one takes
    /// more than a moment; whoever asks next gets that.
    pub(crate) async fn get<F>(&self, key: K, now: Time, find: F) -> Reply<V>
    where
        F: Future<Output = Reply<V>> + Send + 'static,
    {
        let Some((at, old)) = self.found.get(&key) else {
            let _turn = self.turn.lock().await;
            if let Some((_, found)) = self.found.get(&key) {
                return Ok(found);
            }
            let found = find.await?;
            self.found.insert(key, (now, found.clone()));
            return Ok(found);
        };
        if now.0 - at.0 < FRESH {
            return Ok(old);
        }
        let Ok(turn) = Arc::clone(&self.turn).try_lock_owned() else { return Ok(old) };
        let answers = Arc::clone(&self.found);
        let finding = tokio::spawn(async move {
            let _turn = turn;
            match find.await {
                Ok(found) => {
                    answers.insert(key, (now, found.clone()));
                    Some(found)
                }
                Err(failure) => {
                    tracing::warn!(error = ?failure, "an answer is older than it should be");
                    None
                }
            }
        });
        match tokio::time::timeout(PATIENCE, finding).await {
            Ok(Ok(Some(found))) => Ok(found),
            _ => Ok(old),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_first_waits_for_a_slow_answer() {
        let recent = Recent::<&str, i32>::new(8);
        let at = |seconds| Time(seconds * Time::SECOND);
        let at_once = |answer| async move { Ok(answer) };
        let (done, until) = tokio::sync::oneshot::channel::<()>();
        let slowly = async move {
            until.await.expect("an end");
            Ok(2)
        };
        assert_eq!(recent.get("tags", at(0), at_once(1)).await, Ok(1));
        assert_eq!(recent.get("tags", at(59), at_once(9)).await, Ok(1), "it is fresh");
        assert_eq!(recent.get("tags", at(60), slowly).await, Ok(1), "the new one takes its time");
        assert_eq!(recent.get("tags", at(60), at_once(9)).await, Ok(1), "and is looked for once");
        done.send(()).expect("somebody who waits");
        assert_eq!(recent.get("words", at(60), at_once(3)).await, Ok(3), "behind the other one");
        assert_eq!(recent.get("tags", at(61), at_once(9)).await, Ok(2));
        assert_eq!(recent.get("tags", at(200), at_once(4)).await, Ok(4), "a quick one is waited for");
    }
}

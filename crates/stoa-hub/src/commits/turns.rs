//! Turns of commits that lost a race: without them, who is slow could lose again and again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

/// Repositories whose turns are kept before those that nobody waits for are forgotten.
const KEPT: usize = 256;

/// Who may try again, for each repository. The first try needs no turn.
#[derive(Default)]
pub(crate) struct Turns(Mutex<HashMap<i64, Weak<Turn<()>>>>);

impl Turns {
    /// Waits until all who lost earlier are done.
    pub(crate) async fn wait(&self, repo: i64) -> OwnedMutexGuard<()> {
        let turn = self.turn(repo);
        turn.lock_owned().await
    }

    fn turn(&self, repo: i64) -> Arc<Turn<()>> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = turns.get(&repo).and_then(Weak::upgrade) {
            return turn;
        }
        if turns.len() >= KEPT {
            turns.retain(|_, turn| turn.strong_count() > 0);
        }
        let turn = Arc::new(Turn::new(()));
        turns.insert(repo, Arc::downgrade(&turn));
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn those_who_wait_come_one_after_the_other_and_leave_nothing() {
        let turns = Arc::new(Turns::default());
        let first = turns.wait(1).await;
        let (other, order) = (turns.wait(2).await, Arc::new(Mutex::new(Vec::new())));
        let mut waiting = Vec::new();
        for at in 0..5 {
            let (turns, order) = (Arc::clone(&turns), Arc::clone(&order));
            waiting.push(tokio::spawn(async move {
                let _turn = turns.wait(1).await;
                order.lock().expect("no panic").push(at);
            }));
            tokio::task::yield_now().await;
        }
        drop((first, other));
        for task in waiting {
            task.await.expect("no panic");
        }
        assert_eq!(*order.lock().expect("no panic"), [0, 1, 2, 3, 4]);
        for repo in 3..3 + 2 * KEPT as i64 {
            drop(turns.wait(repo).await);
        }
        assert!(turns.0.lock().expect("no panic").len() <= KEPT);
    }
}

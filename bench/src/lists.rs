//! How long list pages and look-ups take in the database, by kind of question.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use stoa_core::{RefName, RepoId, RepoKind};
use stoa_db::list::{self, Ask, Order, Sees};
use stoa_db::{Config, Db, accounts, objects, refs, repos, synthetic};

use crate::Outcome;
use crate::figures::{Times, put, table};
use crate::questions::{Question, Questions, ask};

/// Clients that ask at the same time.
const CLIENTS: usize = 2;
/// Questions that take more milliseconds are shown.
const SLOW: u128 = 50;

/// Look-ups of one repository, among the other questions and without them.
const INFO: &str = "repo info";
const INFO_ALONE: &str = "repo info, without the lists beside it";

/// What is asked, and how often.
pub struct Plan<'a> {
    /// Questions of each kind, for each of the two people who ask.
    pub samples: usize,
    /// Only kinds whose name contains this.
    pub only: &'a str,
    /// One client, and the time of processors instead of the clock's: for machines that are busy otherwise.
    pub cpu: bool,
}

/// Asks everything once to warm up, then again with other numbers, and writes the table.
pub async fn run(config: &Config, plan: &Plan<'_>, readme: Option<&Path>) -> Outcome {
    synthetic::prepare(config).await?;
    let db = Db::open(config).await?;
    let world = Arc::new(World::new(&db).await?);
    measure(&db, &world, world.questions(0x5eed, plan.samples.div_ceil(10), plan.only), plan.cpu).await?;
    let start = Instant::now();
    let mut found = measure(&db, &world, world.questions(0xface, plan.samples, plan.only), plan.cpu).await?;
    // Among questions about lists, a look-up mostly waits for a processor.
    let mut alone = world.questions(0xcafe, plan.samples * 10, INFO);
    alone.retain(|task| task.class.contains(plan.only));
    for ((_, person), times) in measure(&db, &world, alone, plan.cpu).await? {
        found.insert((INFO_ALONE, person), times);
    }
    eprintln!("{:.1} s of questions", start.elapsed().as_secs_f64());
    let text = report(&found);
    println!("{text}");
    if let Some(readme) = readme {
        put(readme, "lists", &text)?;
    }
    db.close().await;
    Ok(())
}

/// Who asks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Person {
    Nobody,
    Member,
}

/// What the catalogue offers to ask about.
struct World {
    questions: Questions,
    names: Vec<RepoId>,
    orgs: Vec<i64>,
}

/// One thing to do, and under which name its time is kept.
struct Task {
    class: &'static str,
    person: Person,
    question: Question,
}

impl World {
    async fn new(db: &Db) -> Result<Self, stoa_db::Error> {
        let mut tx = db.read().await?;
        let member = accounts::by_name(&mut tx, synthetic::MEMBER).await?;
        let member = member.ok_or_else(|| stoa_db::Error::Setup("This is no synthetic catalogue".into()))?;
        let mut orgs: Vec<i64> =
            accounts::orgs_of(&mut tx, member.id).await?.iter().map(|org| org.account.id).collect();
        orgs.push(member.id);
        let tags = [
            repos::tags(&mut tx, RepoKind::Model, 1_000_000).await?,
            repos::tags(&mut tx, RepoKind::Dataset, 1_000_000).await?,
        ];
        // Row ids are dense; these are spread over all of them.
        let newest = ask(RepoKind::Model, Order::Created);
        let last = list::page(&mut tx, &newest, false).await?.repos.iter().map(|one| one.repo.id).max();
        let last = last.unwrap_or(1);
        let ids: Vec<i64> = (0..5_000).map(|i| 1 + i * 7_919 % last).collect();
        let names = repos::by_ids(&mut tx, &ids).await?.into_iter().map(|repo| repo.name).collect();
        let deep = deep(&mut tx).await?;
        Ok(Self { questions: Questions::new(tags, last, deep), names, orgs })
    }

    /// `samples` questions of each class for each person, in an order that mixes them.
    fn questions(&self, seed: u64, samples: usize, only: &str) -> Vec<Task> {
        let mut tasks = Vec::new();
        let mut questions = self.questions.clone();
        questions.dice.seed(seed);
        for _ in 0..samples {
            for (class, question) in questions.one_of_each(self.names.len()) {
                if class.contains(only) {
                    for person in [Person::Nobody, Person::Member] {
                        tasks.push(Task { class, person, question: question.clone() });
                    }
                }
            }
        }
        questions.dice.shuffle(&mut tasks);
        tasks
    }
}

/// Where pages 50 and 1000 of every order begin.
async fn deep(tx: &mut stoa_db::Tx) -> Result<BTreeMap<(u32, &'static str), (f64, i64)>, stoa_db::Error> {
    let mut found = BTreeMap::new();
    for (name, order) in crate::questions::ORDERS {
        let mut next = ask(RepoKind::Model, order);
        for page in 2..=1000 {
            let Some(after) = list::page(tx, &next, false).await?.next else { break };
            next.after = Some(after);
            if page == 50 || page == 1000 {
                found.insert((page, name), after);
            }
        }
    }
    Ok(found)
}

type Found = BTreeMap<(&'static str, Person), Times>;

async fn measure(db: &Db, world: &Arc<World>, tasks: Vec<Task>, cpu: bool) -> Result<Found, stoa_db::Error> {
    let queue = Arc::new(Mutex::new(tasks));
    let mut clients = Vec::new();
    for _ in 0..if cpu { 1 } else { CLIENTS } {
        let (db, world, queue) = (db.clone(), Arc::clone(world), Arc::clone(&queue));
        clients.push(tokio::spawn(async move {
            let mut found = Found::new();
            loop {
                let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let Some(task) = next else { return Ok(found) };
                let (start, worked) = (Instant::now(), processors()?);
                let rows = answer(&db, &world, &task).await?;
                let time = if cpu { processors()?.saturating_sub(worked) } else { start.elapsed() };
                if time.as_millis() > SLOW {
                    eprintln!("{:5} ms, {rows} rows: {} {:?}", time.as_millis(), task.class, task.question);
                }
                found.entry((task.class, task.person)).or_default().add(time);
            }
        }));
    }
    let mut all = Found::new();
    for client in clients {
        let found: Result<Found, stoa_db::Error> = client.await.expect("a client does not panic");
        for (key, times) in found? {
            all.entry(key).or_default().join(&times);
        }
    }
    Ok(all)
}

/// How long this process has been on a processor: all threads that still are.
fn processors() -> Result<Duration, stoa_db::Error> {
    let unread = |e: std::io::Error| stoa_db::Error::Setup(format!("Cannot read /proc/self/task: {e}"));
    let mut nanos = 0;
    for task in std::fs::read_dir("/proc/self/task").map_err(unread)? {
        let text =
            std::fs::read_to_string(task.map_err(unread)?.path().join("schedstat")).unwrap_or_default();
        nanos += text.split(' ').next().and_then(|nanos| nanos.parse::<u64>().ok()).unwrap_or(0);
    }
    Ok(Duration::from_nanos(nanos))
}

async fn answer(db: &Db, world: &World, task: &Task) -> Result<usize, stoa_db::Error> {
    let mut tx = db.read().await?;
    match &task.question {
        Question::List(ask, facts) => {
            let sees = match task.person {
                Person::Nobody => Vec::new(),
                Person::Member => world.orgs.clone(),
            };
            let ask = Ask { sees: Sees::PublicAnd(sees), ..ask.clone() };
            Ok(list::page(&mut tx, &ask, *facts).await?.repos.len())
        }
        Question::Info(at) => {
            // What `Hub::open` and `Repo::info` ask, one after the other.
            let Some(repo) = repos::by_name(&mut tx, &world.names[*at]).await? else { return Ok(0) };
            let head = refs::get(&mut tx, repo.id, RefName::main().as_str()).await?;
            if let Some(head) = head
                && let Some(commit) = objects::commit(&mut tx, repo.id, head.target).await?
            {
                objects::get(&mut tx, repo.id, commit.tree).await?;
            }
            repos::facts(&mut tx, repo.id).await?;
            Ok(1)
        }
    }
}

fn report(found: &Found) -> String {
    let figures = |times: Option<&Times>| {
        [0.5, 0.99, 1.0]
            .map(|part| times.map_or_else(String::new, |times| format!("{:.1}", times.quantile(part))))
    };
    let mut pages = Times::default();
    let mut rows = Vec::new();
    let classes: std::collections::BTreeSet<&str> = found.keys().map(|(class, _)| *class).collect();
    for class in classes {
        let mut row = vec![class.to_owned()];
        for person in [Person::Nobody, Person::Member] {
            let times = found.get(&(class, person));
            row.extend(figures(times));
            if let Some(times) = times.filter(|_| class != INFO && class != INFO_ALONE) {
                pages.join(times);
            }
        }
        rows.push(row);
    }
    let mut all = vec![format!("**all {} list pages**", pages.count())];
    all.extend(figures(Some(&pages)));
    all.extend(["", "", ""].map(str::to_owned));
    rows.push(all);
    table(&["ms", "p50", "p99", "max", "p50, member", "p99, member", "max, member"], &rows)
}
